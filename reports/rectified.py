"""Whether a rectification helped: how often its problem was heard of before it and after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import InvalidInput
from reports.concentrated import Common, Heard
from reports.heard import heard_in
from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Effect:
    """What came before the day a rectification was ordered, and what after it was done.

    Attributes:
        days: length of each stretch, at most what has passed since.
    """

    before: int
    after: int
    days: int


def problem_of(text: str) -> tuple[Common, str]:
    """What a problem has in common and its name, from `item:办事窗口`.

    Raises:
        InvalidInput: it is not written so.
    """
    common, _, name = text.partition(":")
    if common not in set(Common) or not name.strip():
        words = "、".join(one.value for one in Common)
        raise InvalidInput(
            f"集中问题“{text}”的写法不对。", mend=f"写作 种类:名称，种类有 {words}。", field="problem"
        )
    return Common(common), name.strip()


def effect(
    connection: Connection,
    problem: str,
    *,
    ordered_at: datetime,
    finished_at: datetime,
    now: datetime,
    days: int = 90,
) -> Effect | None:
    """How often the problem was heard of before and after; None until a whole day has passed since.

    Raises:
        InvalidInput: see `problem_of`.
    """
    common, name = problem_of(problem)
    length = min(days, (now - finished_at).days)
    if length < 1:
        return None
    stretch = timedelta(days=length)
    return Effect(
        _count(connection, common, name, ordered_at - stretch, ordered_at),
        _count(connection, common, name, finished_at, finished_at + stretch),
        length,
    )


def _count(connection: Connection, common: Common, name: str, since: datetime, until: datetime) -> int:
    return sum(_is_about(one, common, name) for one in heard_in(connection, since=since, until=until))


def _is_about(one: Heard, common: Common, name: str) -> bool:
    if common is Common.LOW_RATING:
        return one.item == name and one.grade is not None
    return name == {Common.TOPIC: one.topic, Common.ITEM: one.item, Common.MATTER: one.matter}[common]
