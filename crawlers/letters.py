"""What was read from a row or a letter as a masked record, or why it is none. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import iso
from core.model import MessageRecord, ReplyRecord
from core.redact import Redactor
from core.vocabulary import Channel, Precision
from crawlers.imports.persons import NOBODY, SECRET_WORDS, masked_person
from crawlers.parsing.dates import Moment
from crawlers.parsing.fingerprints import content_hash, derived_id
from crawlers.parsing.page_times import page_moment
from crawlers.parsing.text import clean_line, clean_text

_TITLE_LENGTH = 40
_LONGEST_ID = 200
_LONGEST_TEXT = 200_000
# Clocks of sites run a little ahead of ours.
_AHEAD = timedelta(minutes=5)
_CUT = ("…", "...")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a row is no record: the field at fault and one Chinese sentence."""

    column: str
    reason: str


class LetterReader:
    """Makes records of one channel at one instant."""

    def __init__(
        self, channel: Channel, redactor: Redactor, now: datetime, *, month_first: bool = False
    ) -> None:
        self._channel = channel
        self._redactor = redactor
        self._mask = redactor.text
        self._now = now
        self._month_first = month_first

    def record(
        self,
        values: Mapping[str, str],
        url: str,
        *,
        created: Moment | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> MessageRecord | Unreadable:
        """The record of `values` (by the names of `catalog.FIELDS`).

        Args:
            url: the letter's public address; may be empty.
            created: the instant, where the source gives one that no text must be read for.
            extra: what else is worth keeping; masked here.
        """
        received = created or self._moment(values.get("created_at", ""))
        if received is None:
            said = values.get("created_at", "")
            return Unreadable("created_at", f"来信时间“{said[:40]}”读不出。" if said else "没有来信时间。")
        if received.at > self._now + _AHEAD:
            return Unreadable("created_at", "来信时间在将来。")
        body = self._mask(clean_text(values.get("body", ""))[:_LONGEST_TEXT])
        title = self._mask(clean_line(values.get("title", ""))) or body.replace("\n", " ")[:_TITLE_LENGTH]
        if not title and not body:
            return Unreadable("title", "标题和正文都是空的。")
        replies = self._replies(values, received)
        if isinstance(replies, Unreadable):
            return replies
        return self._made(values, url, received, title, body, replies, extra or {})

    def _made(
        self,
        values: Mapping[str, str],
        url: str,
        received: Moment,
        title: str,
        body: str,
        replies: tuple[ReplyRecord, ...],
        extra: Mapping[str, str],
    ) -> MessageRecord:
        status = clean_line(values.get("status", ""))
        native_id = clean_line(values.get("native_id", ""))[:_LONGEST_ID]
        author = clean_line(values.get("author", ""))
        person = (
            NOBODY
            if author in SECRET_WORDS
            else masked_person(self._redactor, author, clean_line(values.get("author_key", "")))
        )
        return MessageRecord(
            channel=self._channel,
            native_id=native_id or derived_id(self._channel.value, iso(received.at) or "", title, body),
            native_id_is_derived=not native_id,
            title=title,
            body=body,
            received_at=received.at,
            received_precision=received.precision,
            received_from="created_at",
            content_hash=content_hash(title, body, status=status, replies=replies),
            author_display=person.display,
            author_hash=person.hash,
            section=clean_line(values.get("section", "")),
            area=self._redactor.address(clean_line(values.get("area", ""))),
            category=clean_line(values.get("category", "")),
            kind_src=clean_line(values.get("kind", "")),
            status_src=status,
            url=url or None,
            replies=replies,
            extra={name: self._mask(clean_text(text)) for name, text in extra.items() if text},
        )

    def _moment(self, text: str) -> Moment | None:
        return page_moment(text, self._now, month_first=self._month_first)

    def _replies(self, values: Mapping[str, str], received: Moment) -> tuple[ReplyRecord, ...] | Unreadable:
        text = self._mask(clean_text(values.get("reply", ""))[:_LONGEST_TEXT])
        if not text:
            return ()
        moment = self._moment(values.get("reply_at", ""))
        if moment is not None and moment.at > self._now + _AHEAD:
            moment = None
        if moment is not None and _is_before(moment, received):
            return Unreadable("reply_at", "答复时间早于来信时间。")
        org = clean_line(values.get("reply_org", "")) or clean_line(values.get("section", ""))
        precision = moment.precision if moment else Precision.DAY
        return (ReplyRecord(text, moment.at if moment else None, precision, org),)


def _is_before(reply: Moment, received: Moment) -> bool:
    """Whether a reply is before its message, as exactly as the coarser of both is known."""
    if reply.precision is Precision.DAY:
        return reply.at + timedelta(days=1) <= received.at
    return (
        reply.at + (timedelta(minutes=1) if reply.precision is Precision.MINUTE else timedelta())
        < received.at
    )


def signature(values: Mapping[str, str]) -> str:
    """Hex sha256 of a row of a list: while it stands, the row says what it said before."""
    joined = "\x1f".join(f"{name}={values[name]}" for name in sorted(values))
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


def is_cut(text: str) -> bool:
    """Whether a list shows only the beginning."""
    return text.rstrip().endswith(_CUT)
