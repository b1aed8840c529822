"""What a run's own process and the office say to each other: one JSON object a line, already masked.

The job goes in through stdin, once. Out come records, rows that could not be read, answers that stopped the
run, and at the end how it ended. The process that reads strangers' pages never sees the database.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TextIO

from core.clock import parse_instant
from core.model import MessageRecord, ReplyRecord
from core.vocabulary import Channel, Precision
from crawlers.catalog import Source

_KEPT_CHARACTERS = 65_536


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A row that an earlier run has looked at."""

    url: str
    signature: str
    first_seen_at: datetime
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class Job:
    """Everything a run needs; it reads no settings, no database and no environment.

    Attributes:
        now: when the run began; aware.
        search_key: the key of `core.redact.Redactor`.
        known: rows of earlier runs that are still looked at again, by native id.
        budget: how many requests the run may send.
        check: look at one page and one letter only, and say what each selector found.
    """

    source: Source
    now: datetime
    search_key: bytes
    user_agent: str
    watermark: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, KnownRow] = field(default_factory=dict)
    credential: str = ""
    budget: int = 500
    check: bool = False

    def to_line(self) -> str:
        """The line that `from_line` reads."""
        known = {
            name: [row.url, row.signature, row.first_seen_at.isoformat(), row.checked_at.isoformat()]
            for name, row in self.known.items()
        }
        return _line(
            {
                "source": self.source.model_dump(mode="json"),
                "now": self.now.isoformat(),
                "search_key": self.search_key.hex(),
                "user_agent": self.user_agent,
                "watermark": dict(self.watermark),
                "known": known,
                "credential": self.credential,
                "budget": self.budget,
                "check": self.check,
            }
        )

    @classmethod
    def from_line(cls, line: str) -> Job:
        """The job that `to_line` wrote."""
        given = json.loads(line)
        known = {
            name: KnownRow(url, signature, parse_instant(first), parse_instant(checked))
            for name, (url, signature, first, checked) in given.pop("known").items()
        }
        return cls(
            source=Source.model_validate(given.pop("source")),
            now=parse_instant(given.pop("now")),
            search_key=bytes.fromhex(given.pop("search_key")),
            known=known,
            **given,
        )


class Outlet:
    """The way out of a run's process."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def record(self, record: MessageRecord, url: str, signature: str) -> None:
        """A message, and the row of the list it stands in."""
        self._say({"t": "record", "r": record_to_json(record), "row": [record.native_id, url, signature]})

    def unchanged(self, native_id: str, url: str, signature: str) -> None:
        """A row that says what it said before; its letter was not fetched again."""
        self._say({"t": "unchanged", "row": [native_id, url, signature]})

    def rejected(self, url: str, column: str, reason: str, raw: Mapping[str, Any]) -> None:
        """A row that could not be read, as the site gave it."""
        self._say({"t": "rejected", "url": url, "column": column, "reason": reason, "raw": dict(raw)})

    def page(self, url: str, status: int, verdict: str, body: str) -> None:
        """The answer that stopped the run."""
        kept = body[:_KEPT_CHARACTERS]
        self._say({"t": "page", "url": url, "status": status, "verdict": verdict, "body": kept})

    def words(self, words: list[dict[str, Any]]) -> None:
        """One look at a hot list."""
        self._say({"t": "words", "words": words})

    def found(self, **facts: Any) -> None:
        """What a check found."""
        self._say({"t": "found", **facts})

    def end(self, **facts: Any) -> None:
        """How the run ended; the last line."""
        self._say({"t": "end", **facts})
        self._stream.flush()

    def _say(self, value: dict[str, Any]) -> None:
        self._stream.write(_line(value) + "\n")


def record_to_json(record: MessageRecord) -> dict[str, Any]:
    """A record as JSON values; fields that stand at their default are left out."""
    shown: dict[str, Any] = {}
    for name in MessageRecord._fields:
        value = getattr(record, name)
        if value is None or value in ("", (), {}, False):
            continue
        if isinstance(value, datetime | date):
            value = value.isoformat()
        elif name == "replies":
            value = [
                [reply.text, reply.at.isoformat() if reply.at else None, reply.precision.value, reply.org]
                for reply in value
            ]
        shown[name] = value
    return shown


def record_from_json(given: Mapping[str, Any]) -> MessageRecord:
    """The record that `record_to_json` wrote."""
    values = {"title": "", "body": "", "native_id_is_derived": False, **given}
    values["channel"] = Channel(values["channel"])
    values["received_precision"] = Precision(values["received_precision"])
    for name in ("received_at", "created_at", "order_due_at"):
        if name in values:
            values[name] = datetime.fromisoformat(values[name])
    if "order_due_on" in values:
        values["order_due_on"] = date.fromisoformat(values["order_due_on"])
    values["replies"] = tuple(
        ReplyRecord(text, datetime.fromisoformat(at) if at else None, Precision(precision), org)
        for text, at, precision, org in values.get("replies", ())
    )
    return MessageRecord(**values)


def _line(value: dict[str, Any]) -> str:
    # Escaped: a lone surrogate out of a damaged page must not break the pipe.
    return json.dumps(value, separators=(",", ":"))
