"""Channels: how a notice leaves the office, and the five ways in which one attempt may end.

An adapter never raises for what a provider does: it says what it means for the notice, judged by the answer's
body and not by its status alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from core.vocabulary import DeliveryOutcome


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along; only mail carries it."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Payload:
    """What goes out.

    Attributes:
        key: the same on every attempt, so that a receiver can drop a repetition.
        address: the person's address on this channel.
        at: when it is sent.
        attachments: files, for the channels that carry them.
    """

    key: str
    address: str
    subject: str
    body: str
    at: datetime
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended.

    Attributes:
        kind: `accepted` is not `delivered`: only an acknowledgement proves that a person was reached.
            `ambiguous` means that it may have gone out; it is tried again under the same key.
        detail: for the record; without secrets and without the provider's full answer.
        provider_id: the provider's own number of the message, where it gives one.
        retry_after: how long the provider asks to be left alone, for `throttled`.
    """

    kind: DeliveryOutcome
    detail: str = ""
    provider_id: str | None = None
    retry_after: timedelta | None = None


class Channel(Protocol):
    """One way out."""

    def send(self, payload: Payload) -> Outcome:
        """Try once, within a few seconds; never raises for what the other side does."""
        ...
