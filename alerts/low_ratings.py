"""差评: a service rated low asks for a look, a call back and a correction; it runs no clock of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from pydantic import Field

from core.clock import local_day, shanghai
from core.model import MessageRecord
from core.rule_files import RuleFileModel, read_rule_file
from core.vocabulary import AlertKind, Channel, Tag
from storage import alerts, events
from storage.database import Connection
from storage.events import OFFICE_STREAM, Draft

_SHOWN = 5
_LONGEST = 60


class _Low(RuleFileModel):
    at_most: int = Field(ge=1, le=5)
    why: str = Field(min_length=1)
    source: str = Field(min_length=1)


class RatingRules(RuleFileModel):
    """Which ratings are low, why they are looked at, and which document says so."""

    low: _Low


def load_rating_rules(path: Path) -> RatingRules:
    """The rules of a file such as `rules/ratings.yml`.

    Raises:
        RuleError: the file has a wrong shape, or a number without its reason.
    """
    return read_rule_file(path, RatingRules)


def raise_low_ratings(
    connection: Connection,
    records: Iterable[MessageRecord],
    rules: RatingRules,
    *,
    go_live_on: date,
    now: datetime,
) -> int:
    """Raise one alert for each item that was rated low among these new records; how many.

    Ratings from before the office went live are history and ask for nothing.
    """
    by_item: dict[str, list[MessageRecord]] = defaultdict(list)
    for one in records:
        if one.channel is Channel.RATING and _is_low(one, rules) and local_day(one.received_at) >= go_live_on:
            by_item[one.title].append(one)
    return sum(_raise(connection, item, low, rules, now) for item, low in sorted(by_item.items()))


def _is_low(record: MessageRecord, rules: RatingRules) -> bool:
    grade = record.extra.get("grade", "")
    return grade.isdecimal() and int(grade) <= rules.low.at_most


def _raise(
    connection: Connection, item: str, low: Sequence[MessageRecord], rules: RatingRules, now: datetime
) -> bool:
    key = f"rating:{low[0].channel.value}:{low[0].native_id}"
    raised = alerts.raise_once(
        connection,
        kind=AlertKind.LOW_RATING,
        case_id=None,
        title=f"差评{len(low)}件：{item}",
        reasons=[
            *(_said(one) for one in low[:_SHOWN]),
            *_rest(low),
            f"{rules.low.why}（{rules.low.source}）",
        ],
        dedupe_key=key[:200],
        now=now,
    )
    if raised is None:
        return False
    facts = {"alert": raised, "kind": AlertKind.LOW_RATING.value, "ratings": [one.native_id for one in low]}
    events.append(connection, [Draft(OFFICE_STREAM, Tag.ALERT_RAISED, "import", "好差评", now, facts)], now)
    return True


def _said(one: MessageRecord) -> str:
    """When, which grade and, cut short, which words; they are masked already."""
    words = one.body.replace("\n", " ")
    cut = f"：{words[:_LONGEST]}{'…' if len(words) > _LONGEST else ''}" if words else ""
    section = f"，{one.section}" if one.section else ""
    return (
        f"{shanghai(one.received_at):%Y-%m-%d} {one.extra['grade_text']}（{one.native_id}{section}）{cut}。"
    )


def _rest(low: Sequence[MessageRecord]) -> list[str]:
    return [f"另有{len(low) - _SHOWN}件。"] if len(low) > _SHOWN else []
