"""Ladders as data: who is told when, for each family of rules (`rules/ladders`, `rules/delivery`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from core.clock import SHANGHAI, UTC, local_day, shanghai
from core.errors import RuleError
from core.rule_files import RuleFileModel, read_rule_file
from core.vocabulary import ActionKind, Audience
from core.working_days import WorkCalendar

_LENGTHS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "calendar_day": timedelta(days=1)}


class Step(RuleFileModel):
    """One step: a moment, and who is told what.

    The moment is either a share of the run from start to due, or a length after the clock was opened here or
    after it is due.
    """

    share: float | None = Field(None, gt=0, lt=1)
    after: Literal["opening", "due"] | None = None
    amount: int = Field(0, ge=0)
    unit: Literal["minute", "hour", "calendar_day"] = "minute"
    kind: ActionKind
    audience: Audience
    priority: int = Field(ge=0, le=3)

    @model_validator(mode="after")
    def _one_moment(self) -> Step:
        if (self.share is None) == (self.after is None):
            raise ValueError("一步的时刻写 share 或 after 之一")
        if self.share is not None and self.amount:
            raise ValueError("写了 share 就不能再写 amount")
        if (self.kind in {ActionKind.DUE, ActionKind.ESCALATE}) != (self.after == "due"):
            raise ValueError("到期和升级在期限之后(after: due),提醒和催签在期限之前")
        if self.kind is ActionKind.REMIND and self.after != "opening":
            raise ValueError("催签从开始计时算起(after: opening)")
        return self

    @property
    def length(self) -> timedelta:
        """How long after `after` the moment is."""
        return self.amount * _LENGTHS[self.unit]


class Ladder(RuleFileModel):
    """The steps for some families of rules; a family is the part of a rule's key before the dot."""

    label: str = Field(min_length=1)
    families: tuple[str, ...] = Field(min_length=1)
    delivery: Literal["any_time", "office_hours"]
    steps: tuple[Step, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _breach_is_recorded_once(self) -> Ladder:
        due = [step for step in self.steps if step.kind is ActionKind.DUE]
        if len(due) != 1 or due[0].amount:
            raise ValueError("每个阶梯恰有一步 kind: due,时刻就是到期之时")
        return self


class OfficeHours(RuleFileModel):
    """When people are at work on a working day; half-open, on the office's wall clock."""

    opens: time
    closes: time

    @model_validator(mode="after")
    def _in_order(self) -> OfficeHours:
        if self.opens >= self.closes:
            raise ValueError("opens 应早于 closes")
        return self

    def next_open(self, instant: datetime, calendar: WorkCalendar) -> datetime:
        """`instant` itself when somebody is at work, else the next opening; UTC."""
        local = shanghai(instant)
        day = local_day(instant)
        if calendar.is_working_day(day):
            if self.opens <= local.time() < self.closes:
                return instant
            if local.time() < self.opens:
                return datetime.combine(day, self.opens, SHANGHAI).astimezone(UTC)
        day += timedelta(days=1)
        while not calendar.is_working_day(day):
            day += timedelta(days=1)
        return datetime.combine(day, self.opens, SHANGHAI).astimezone(UTC)


class OffPeak(RuleFileModel):
    """How routine notices keep off the full and half hours."""

    guard_minutes: int = Field(ge=0, le=14)
    spread_minutes: int = Field(ge=1, le=15)


class ChannelAlarm(RuleFileModel):
    """When a channel that fails is told of: so many failures in a row, over so many minutes."""

    failures: int = Field(ge=1)
    minutes: int = Field(ge=0)


class DayOfYear(RuleFileModel):
    """A day that comes every year."""

    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)


class Delivery(RuleFileModel):
    """How notices reach people.

    Attributes:
        fallback: for each audience, who is told at once instead when it has nobody; in order.
        digest_above: more notices than this to one person at once become one.
        late_after_seconds: from this lag on a notice says that it is late.
        failures_allowed: a step that failed so often is quarantined.
        next_channel_after_minutes: by priority, how long the person has to acknowledge before the notice goes
            out on their next channel, too.
        give_up_after_hours: how long a notice that cannot be sent is tried.
        acknowledgement_lasts_minutes: so long after a signature a call for one is pointless; then, if nothing
            was answered meanwhile, the calls go on.
        acknowledge_link_hours: how long the link in a notice signs.
        roster_checked_days_ahead: gaps of the roster within so many days are told of.
        calendar_expected: from this day on the table of the next year is missed.
    """

    office_hours: OfficeHours
    fallback: Mapping[Audience, tuple[Audience, ...]]
    digest_above: int = Field(ge=1)
    late_after_seconds: int = Field(ge=1)
    failures_allowed: int = Field(ge=1)
    next_channel_after_minutes: Mapping[int, int]
    off_peak: OffPeak
    give_up_after_hours: int = Field(ge=1)
    channel_alarm: ChannelAlarm
    acknowledgement_lasts_minutes: int = Field(ge=1)
    acknowledge_link_hours: int = Field(ge=1)
    roster_checked_days_ahead: int = Field(ge=1)
    calendar_expected: DayOfYear

    @property
    def acknowledge_link_lasts(self) -> timedelta:
        """How long the link in a notice signs."""
        return timedelta(hours=self.acknowledge_link_hours)

    @model_validator(mode="after")
    def _ends_with_somebody(self) -> Delivery:
        if set(self.next_channel_after_minutes) != set(range(4)):
            raise ValueError("next_channel_after_minutes 要为优先级 0 到 3 各写一个分钟数")
        if set(self.fallback) != set(Audience):
            raise ValueError("fallback 要为每一类人写明改由谁接收")
        for audience, others in self.fallback.items():
            if audience is not Audience.ADMIN and Audience.ADMIN not in others:
                raise ValueError(f"fallback 中 {audience.value} 的最后应是 admin")
        return self


@dataclass(frozen=True)
class Ladders:
    """Every ladder of the office, by family, and how its notices are delivered."""

    by_family: Mapping[str, Ladder]
    delivery: Delivery

    def for_rule(self, rule_key: str) -> Ladder | None:
        """The ladder of a rule; None for a rule that no longer ships."""
        return self.by_family.get(rule_key.partition(".")[0])

    def send_at(self, rule_key: str, now: datetime, calendar: WorkCalendar) -> datetime:
        """When a notice about this rule may go out: at once, or when the office opens."""
        ladder = self.for_rule(rule_key)
        if ladder is None or ladder.delivery == "any_time":
            return now
        return self.delivery.office_hours.next_open(now, calendar)


def load_ladders(folder: Path, rule_keys: Iterable[str]) -> Ladders:
    """The ladders and the delivery of a rules folder.

    Args:
        rule_keys: every rule that may start a clock; each must have exactly one ladder.

    Raises:
        RuleError: a file has not the right shape, two ladders share a family, or a rule has none.
    """
    by_family: dict[str, Ladder] = {}
    for path in sorted((folder / "ladders").glob("*.yml")):
        ladder = read_rule_file(path, Ladder)
        for family in ladder.families:
            if family in by_family:
                raise RuleError(path, f"{family} 类规则已有另一个阶梯", key=family)
            by_family[family] = ladder
    for key in rule_keys:
        if key.partition(".")[0] not in by_family:
            raise RuleError(folder / "ladders", "没有适用于这条规则的阶梯", key=key)
    return Ladders(by_family, read_rule_file(folder / "delivery" / "office.yml", Delivery))
