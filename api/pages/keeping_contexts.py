"""What the pages of those who look after the installation show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts.channel_list import ChannelLine
from api.pages.contexts import Option, PageContext


@dataclass(frozen=True)
class ChannelsPage(PageContext):
    """通知渠道.

    Attributes:
        said: what came of the last test, or None; `is_good` colours it.
        tested: the channel it was about.
    """

    lines: Sequence[ChannelLine]
    said: str | None
    is_good: bool
    tested: str


@dataclass(frozen=True)
class EventLine:
    """One event of the audit trail.

    Attributes:
        what: the event in Chinese.
        facts: its payload in words, for the fold-out.
    """

    seq: int
    at: datetime
    occurred_at: datetime
    what: str
    tag: str
    actor: str
    hash: str
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class AuditPage(PageContext):
    """留痕: the events of one case or of the office, and the proof that they are whole.

    Attributes:
        stream: number of the case; 0 for the office.
        verdict: what the last verification found, or None when it was not asked for; `is_whole` colours it.
        export_href: address of the same events as a file.
    """

    stream: int
    title: str
    scope: Sequence[Option]
    lines: Sequence[EventLine]
    total: int
    verdict: str | None
    is_whole: bool
    export_href: str
    previous_href: str | None
    next_href: str | None
    error: str | None


def facts_of(payload: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A payload as names and short texts, in its own order."""
    return [(name, _short(value)) for name, value in payload.items() if value not in (None, "", [], {})]


def _short(value: object) -> str:
    text = "、".join(str(one) for one in value) if isinstance(value, list) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


_LONGEST = 300
