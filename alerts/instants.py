"""The three instants an incident's clock may start from, and how they are prefilled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.clock import iso, require_aware
from core.errors import InvalidInput
from core.vocabulary import Channel
from storage.database import Row

OCCURRED, FIRST_PUBLIC, FIRST_SEEN = "occurred", "first_public", "first_seen"
_WORDS = {OCCURRED: "发生时间", FIRST_PUBLIC: "首次公开发布时间", FIRST_SEEN: "首次发现时间"}


@dataclass(frozen=True, slots=True)
class Instants:
    """When an incident happened, was first public, and was first seen by the office; all aware.

    The earliest known one starts the clocks; all three are kept and shown.
    """

    occurred_at: datetime | None
    first_public_at: datetime | None
    first_seen_at: datetime

    @property
    def anchor(self) -> str:
        """Name of the earliest known instant."""
        return min(self._known(), key=lambda pair: pair[1])[0]

    @property
    def earliest(self) -> datetime:
        """The earliest known instant."""
        return min(at for _, at in self._known())

    def checked(self, now: datetime) -> Instants:
        """The same in UTC.

        Raises:
            InvalidInput: one is naive or in the future.
        """
        for name, at in self._known():
            if require_aware(at) > now:
                raise InvalidInput(
                    f"{_WORDS[name]}还没有到。",
                    mend="请填写实际的时间。",
                    code="time.in_future",
                    field=f"{name}_at",
                )
        values = {name: require_aware(at) for name, at in self._known()}
        return Instants(values.get(OCCURRED), values.get(FIRST_PUBLIC), values[FIRST_SEEN])

    def facts(self) -> dict[str, str | None]:
        """The three as the audit trail tells them."""
        return {
            "occurred_at": iso(self.occurred_at),
            "first_public_at": iso(self.first_public_at),
            "first_seen_at": iso(self.first_seen_at),
            "earliest": self.anchor,
        }

    def _known(self) -> list[tuple[str, datetime]]:
        named = [
            (OCCURRED, self.occurred_at),
            (FIRST_PUBLIC, self.first_public_at),
            (FIRST_SEEN, self.first_seen_at),
        ]
        return [(name, at) for name, at in named if at is not None]


@dataclass(frozen=True, slots=True)
class Voice:
    """A message as far as the instants need it.

    Attributes:
        received_at: when it was public, on a public channel; when the office got it, on all others.
        stored_at: when it came to this installation.
    """

    channel: Channel
    received_at: datetime
    stored_at: datetime


def instants_of(row: Row | Mapping[str, Any]) -> Instants:
    """The instants of an incident's row."""
    return Instants(row["occurred_at"], row["first_public_at"], row["first_seen_at"])


def prefill(
    voices: Iterable[Voice], *, surge_at: datetime, window: timedelta, public: frozenset[Channel]
) -> Instants:
    """What the messages of an incident suggest, for a person to confirm.

    Only messages within `window` before the surge, or after it, are looked at: a matter that has simmered for
    months is not overdue at birth. When it occurred is never guessed.

    Returns:
        first_public_at: the earliest public message, or None. first_seen_at: the earliest message the office
        got or could see; the surge itself where there is none.
    """
    recent = [voice for voice in voices if voice.received_at >= surge_at - window]
    public_times = [voice.received_at for voice in recent if voice.channel in public]
    seen = [
        max(voice.stored_at, voice.received_at) if voice.channel in public else voice.received_at
        for voice in recent
    ]
    return Instants(None, min(public_times, default=None), min([*seen, surge_at]))
