"""Which clocks a message starts by itself, from when, and what of its export has stopped them. Pure.

A reply stops the clocks that wait for a reply; a step of a request (a decision told, a petition finished)
stops its own clock only where the export prints its date.
"""

from __future__ import annotations

from datetime import datetime

from alerts.answers import Answer
from core.milestones import milestone_in
from core.model import MessageRecord
from core.rulebook import Rule
from core.vocabulary import ClockStart, ClockStop, MessageKind

_STOPPED_BY_REPLY = frozenset({ClockStop.SUBSTANTIVE_REPLY, ClockStop.COMPLETE_ANSWER})
# What each asks for, in the source's own word; a letter may hold both.
_KIND_WORDS = {MessageKind.COMPLAINT: "投诉", MessageKind.TIP_OFF: "举报"}


def concerns(rule: Rule, record: MessageRecord) -> bool:
    """Whether a rule is for this kind of message; where the source names no kind, every rule is."""
    wanted = rule.applies_to.message_kinds
    named = {kind for kind, word in _KIND_WORDS.items() if word in record.kind_src}
    return not wanted or not named or bool(wanted & named)


def started_at(rule: Rule, record: MessageRecord) -> datetime | None:
    """From when the rule's clock runs; None while the fact that starts it is not known."""
    if rule.starts is ClockStart.ACCEPTED:
        accepted = milestone_in(record.extra, ClockStart.ACCEPTED)
        return accepted.at if accepted else None
    return record.received_at


def stopped_by(rule: Rule, record: MessageRecord, answer: Answer, since: datetime) -> Answer:
    """How the rule's clock stands after what the export says.

    Args:
        since: the instant the clock started at; a date without a time counts from it at the earliest.
    """
    if rule.stops in _STOPPED_BY_REPLY:
        return answer
    taken = milestone_in(record.extra, rule.stops)
    if taken is not None:
        at = max(taken.at, since)
        return Answer(True, at, taken.precision, at, answer.holding_at, answer.has_holding_reply)
    if rule.stops is ClockStop.ANSWERED:
        return answer
    return Answer(False, None, None, None, answer.holding_at, answer.has_holding_reply)
