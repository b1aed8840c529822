"""Which of the replies to a message stops its clocks. Pure.

Only a substantive reply stops a clock; a holding reply ("已收悉") is remembered beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from core.vocabulary import Precision, ReplyKind


class JudgedReply(NamedTuple):
    """A reply with the judgement of its text.

    Attributes:
        at: when it was given; None when nobody knows.
        known_at: from when on a report counts it (its own time for imported history).
    """

    kind: ReplyKind
    at: datetime | None
    precision: Precision
    known_at: datetime


class Answer(NamedTuple):
    """How a message stands after its replies.

    Attributes:
        is_answered: a substantive reply stands.
        met_at: the time of the first of them; None when only replies without a time stand.
        met_known_at: from when on a report counts it; None while unanswered.
        holding_at: the first holding reply with a time, or None.
    """

    is_answered: bool
    met_at: datetime | None
    met_precision: Precision | None
    met_known_at: datetime | None
    holding_at: datetime | None
    has_holding_reply: bool

    @property
    def is_time_unknown(self) -> bool:
        """Answered, but nobody knows when: counted apart, never guessed."""
        return self.is_answered and self.met_at is None


UNANSWERED = Answer(False, None, None, None, None, False)


def answer_of(replies: Sequence[JudgedReply]) -> Answer:
    """The first substantive reply by time; one without a time counts only where no other has one."""
    if not replies:
        return UNANSWERED
    substantive = [reply for reply in replies if reply.kind is ReplyKind.SUBSTANTIVE]
    holding = [reply for reply in replies if reply.kind is ReplyKind.HOLDING]
    first = min(substantive, key=_time_then_unknown, default=None)
    return Answer(
        is_answered=first is not None,
        met_at=first.at if first else None,
        met_precision=first.precision if first and first.at else None,
        met_known_at=first.known_at if first else None,
        holding_at=min((reply.at for reply in holding if reply.at), default=None),
        has_holding_reply=bool(holding),
    )


def _time_then_unknown(reply: JudgedReply) -> tuple[bool, datetime]:
    return reply.at is None, reply.at or reply.known_at
