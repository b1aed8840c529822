"""One row of a table as a masked record, or why it is none."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from core.clock import iso
from core.flags import FLAGS
from core.model import MessageRecord, ReplyRecord
from core.redact import Redactor
from core.vocabulary import Channel, ImportKind
from crawlers.imports.cells import YES, Cell, as_line, as_text, as_yes_or_no, is_damaged_number
from crawlers.imports.extras import ExtraColumns
from crawlers.imports.flags import FlagColumns
from crawlers.imports.grades import GradeColumns
from crawlers.imports.header import Layout
from crawlers.imports.limits import NO_LIMIT, PrintedLimit, read_limit
from crawlers.imports.persons import NOBODY, SECRET_WORDS, Person, masked_person
from crawlers.imports.steps import StepColumns
from crawlers.imports.times import Received, Refusal, TimeColumns
from crawlers.imports.totals import looks_like_total
from crawlers.parsing.fingerprints import content_hash, derived_id
from crawlers.parsing.order_numbers import parent_of, petition_in
from crawlers.parsing.weibo_ids import mid_from_bid

CHANNELS = {
    ImportKind.MAILBOX: Channel.LEADER_MAILBOX,
    ImportKind.MESSAGE_BOARD: Channel.MESSAGE_BOARD,
    ImportKind.PEOPLES_ADVICE: Channel.PEOPLES_ADVICE,
    ImportKind.HOTLINE_12345: Channel.HOTLINE_12345,
    ImportKind.HOTLINE_12315: Channel.HOTLINE_12315,
    ImportKind.PETITION: Channel.PETITION,
    ImportKind.FOI: Channel.FOI,
    ImportKind.RATINGS: Channel.RATING,
    ImportKind.WEIBO_EXPORT: Channel.WEIBO,
    ImportKind.MEDIA: Channel.MEDIA,
}

_TITLE_LENGTH = 40
_LONGEST_ID = 200
_WORDS_KEPT = 1024
_LEVELS = re.compile(r"\s*(?:->|[-/>→])\s*")
_REPEATED_CELLS = 3
_USER = re.compile(r"[A-Za-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Skip:
    """A row that is no message: a total, or the header again."""

    reason: str


class RowReader:
    """Reads the rows of one table; made once per table, so that nothing is looked up per row."""

    def __init__(
        self,
        kind: ImportKind,
        channel: Channel,
        layout: Layout,
        month_first: frozenset[int],
        redactor: Redactor,
        now: datetime,
        *,
        best_first: bool | None = None,
    ) -> None:
        self._kind = kind
        self._channel = channel
        self._labels = layout.labels
        self._width = len(layout.labels)
        self._columns = defaultdict(tuple[int, ...], layout.columns)
        self._mask = redactor.text
        # The words of an office repeat from row to row: each is cleaned and masked once.
        self._word = lru_cache(_WORDS_KEPT, typed=True)(lambda cell: redactor.text(as_line(cell)))
        self._path = lru_cache(_WORDS_KEPT, typed=True)(lambda cell: redactor.text(_levels(cell)))
        self._limits: dict[tuple[tuple[type, Cell], ...], PrintedLimit] = {}
        limited = ("deadline", "limit_amount", "limit_unit")
        self._limit_columns = tuple(i for name in limited for i in layout.columns.get(name, ()))
        self._has_secret = "secret" in layout.columns
        self._has_parent = "parent_no" in layout.columns
        self._has_url = "url" in layout.columns or "bid" in layout.columns
        self._redactor = redactor
        self._extras = ExtraColumns(layout, redactor)
        self._times = time_columns(kind, layout, month_first, now)
        self._steps = StepColumns(layout.columns, self._times)
        self._flags = FlagColumns(layout.columns) if kind is ImportKind.PETITION else None
        self._grades = None
        if kind is ImportKind.RATINGS:
            self._grades = GradeColumns(layout.columns, layout.labels, best_first=best_first)

    def read(self, cells: list[Cell], warnings: list[str]) -> MessageRecord | Refusal | Skip:
        """The record of a row; what was left empty in it is said in `warnings`."""
        if len(cells) < self._width:
            cells = cells + [""] * (self._width - len(cells))
        received = self._times.received(cells, warnings)
        if isinstance(received, Refusal):
            return self._skip(cells) or received
        replies = self._replies(cells, received, warnings)
        if isinstance(replies, Refusal):
            return replies
        said = (
            self._steps.read(cells, received, warnings) if self._grades is None else self._grades.read(cells)
        )
        if isinstance(said, Refusal):
            return self._skip(cells) or said
        if self._flags is not None and (flags := self._flags.read(cells)):
            said[FLAGS] = flags
        return self._record(cells, received, replies, said, warnings)

    def _record(
        self,
        cells: list[Cell],
        received: Received,
        replies: tuple[ReplyRecord, ...],
        said: dict[str, str],
        warnings: list[str],
    ) -> MessageRecord:
        """The record of a row; `said` is what it says beside the text: steps of a request, flags, a grade."""
        body = self._mask(self._text(cells, "body"))
        title = self._mask(self._line(cells, "title")) or body.replace("\n", " ")[:_TITLE_LENGTH]
        status = self._first_word(cells, "status_src")
        limit = self._limit(cells)
        native_id = self._native_id(cells, warnings)
        name = self._line(cells, "caller_name")
        secret = name in SECRET_WORDS
        if self._has_secret:
            secret = secret or as_yes_or_no(self._line(cells, "secret")) == YES
        person = NOBODY if secret else self._person(cells, name)
        return MessageRecord(
            channel=self._channel,
            native_id=native_id
            or derived_id(self._channel.value, iso(received.moment.at) or "", title, body),
            native_id_is_derived=not native_id,
            title=title,
            body=body,
            received_at=received.moment.at,
            received_precision=received.moment.precision,
            received_from=received.source,
            content_hash=content_hash(
                title,
                body,
                status=status,
                replies=replies,
                limit=" ".join((limit.canonical, *said.values())) if said else limit.canonical,
            ),
            created_at=received.created_at,
            author_display=person.display,
            author_hash=person.hash,
            section=self._first_word(cells, "section"),
            area="".join(dict.fromkeys([self._word(cells[i]) for i in self._columns["area"]])),
            category="/".join([path for i in self._columns["category"] if (path := self._path(cells[i]))]),
            kind_src=self._first_word(cells, "kind_src"),
            status_src=status,
            url=self._url(cells) if self._has_url else None,
            replies=replies,
            order_due_on=limit.on,
            order_due_at=limit.at,
            extra=self._extra(cells, limit, native_id, body, secret=secret, warnings=warnings) | said,
        )

    def _text(self, cells: Sequence[Cell], field: str) -> str:
        for i in self._columns[field]:
            if text := as_text(cells[i]):
                return text
        return ""

    def _line(self, cells: Sequence[Cell], field: str) -> str:
        for i in self._columns[field]:
            if text := as_line(cells[i]):
                return text
        return ""

    def _first_word(self, cells: Sequence[Cell], field: str) -> str:
        for i in self._columns[field]:
            if text := self._word(cells[i]):
                return text
        return ""

    def _replies(
        self, cells: Sequence[Cell], received: Received, warnings: list[str]
    ) -> tuple[ReplyRecord, ...] | Refusal:
        text = self._mask(self._text(cells, "reply"))
        if not text:
            return ()
        org = self._first_word(cells, "reply_org") if "reply_org" in self._columns else ""
        reply = self._times.reply(cells, text, org, received.moment, warnings)
        return reply if isinstance(reply, Refusal) else (reply,)

    def _native_id(self, cells: Sequence[Cell], warnings: list[str]) -> str:
        """The row's own number; empty where it has none or a spreadsheet destroyed it."""
        for i in self._columns["order_no"]:
            cell = cells[i]
            text = as_line(cell)
            if not text:
                continue
            if not is_damaged_number(cell) and len(text) <= _LONGEST_ID:
                return text
            warnings.append(f"“{self._labels[i]}”被存成了数字或过长，不能用作编号。")
            break
        return mid_from_bid(self._line(cells, "bid")) or "" if self._kind is ImportKind.WEIBO_EXPORT else ""

    def _person(self, cells: Sequence[Cell], name: str) -> Person:
        if self._kind is ImportKind.WEIBO_EXPORT:
            return masked_person(self._redactor, name, self._line(cells, "user_id"))
        phone = next((cells[i] for i in self._columns["caller_phone"] if cells[i] != ""), "")
        return masked_person(self._redactor, name, "" if is_damaged_number(phone) else as_line(phone))

    def _limit(self, cells: Sequence[Cell]) -> PrintedLimit:
        """The printed limit; the same few days and amounts come again and again, each is read once."""
        if not self._limit_columns:
            return NO_LIMIT
        key = tuple([(cells[i].__class__, cells[i]) for i in self._limit_columns])
        limit = self._limits.get(key)
        if limit is None:
            columns = self._columns
            limit = read_limit(
                cells, self._times, columns["deadline"], columns["limit_amount"], columns["limit_unit"]
            )
            if len(self._limits) < _WORDS_KEPT:
                self._limits[key] = limit
        return limit

    def _url(self, cells: Sequence[Cell]) -> str | None:
        url = self._line(cells, "url")
        if url.startswith(("https://", "http://")):
            return url
        user, bid = self._line(cells, "user_id"), self._line(cells, "bid")
        if _USER.fullmatch(user) and _USER.fullmatch(bid):
            return f"https://weibo.com/{user}/{bid}"
        return None

    def _extra(
        self,
        cells: Sequence[Cell],
        limit: PrintedLimit,
        native_id: str,
        body: str,
        *,
        secret: bool,
        warnings: list[str],
    ) -> dict[str, str]:
        extra = self._extras.read(cells, secret=secret, warnings=warnings)
        named = self._line(cells, "parent_no") if self._has_parent else ""
        if parent := named or parent_of(native_id) or petition_in(body):
            extra["parent_no"] = parent
        if limit.amount:
            extra["order_limit_amount"], extra["order_limit_unit"] = limit.amount, limit.unit
        if limit.raw:
            extra["order_limit"] = self._mask(limit.raw)
            warnings.append("办理时限看不懂，按原文保存。")
        if secret:
            extra["secret"] = YES
        return extra

    def _skip(self, cells: Sequence[Cell]) -> Skip | None:
        """Asked only about rows without a received time, so that a message is never taken for a total."""
        texts = [as_line(cell) for cell in cells]
        again = sum(text == label for text, label in zip(texts, self._labels, strict=False) if text)
        filled = [text for text in texts if text]
        if again >= min(_REPEATED_CELLS, len(filled)) and again:
            return Skip("重复的表头")
        if looks_like_total(cells) and not self._text(cells, "body"):
            return Skip("合计或制表信息")
        return None


def _levels(cell: Cell) -> str:
    """A category path in one form, whether written `A->B`, `A/B` or `A-B`."""
    return "/".join(filter(None, _LEVELS.split(as_line(cell))))


def time_columns(kind: ImportKind, layout: Layout, month_first: frozenset[int], now: datetime) -> TimeColumns:
    """How the rows of a table tell their times.

    A closing time stands in for a reply time only where the table has no time of replies; the day in an order
    number only on hotline orders without any time column.
    """
    columns = layout.columns
    dispatched, created = columns.get("dispatched_at", ()), columns.get("created_at", ())
    by_number = kind is ImportKind.HOTLINE_12345 and not dispatched and not created
    return TimeColumns(
        labels=layout.labels,
        dispatched=dispatched,
        created=created,
        replied=columns.get("replied_at") or columns.get("closed_at", ()),
        month_first=month_first,
        order_no=columns.get("order_no", ()) if by_number else (),
        now=now,
    )
