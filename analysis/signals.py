"""What makes a matter stir: a burst, a surge within a day, or a slow burn over weeks. By counts alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from pydantic import Field

from core.clock import local_day
from core.rule_files import RuleFileModel, read_rule_file


class SignalKind(StrEnum):
    """How a matter stirs."""

    BURST = "burst"
    SURGE = "surge"
    SLOW_BURN = "slow_burn"


@dataclass(frozen=True, slots=True)
class Moment:
    """When one voice was heard.

    Attributes:
        voice: the same for messages of one author.
        is_exact: to the minute at least; a bare date says nothing about an hour.
    """

    at: datetime
    voice: str
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class Signal:
    """That a matter stirred, last at `at`; `reason` is a Chinese sentence with the numbers."""

    kind: SignalKind
    at: datetime
    reason: str


class _Burst(RuleFileModel):
    window_hours: int = Field(ge=1)
    against_hours: int = Field(ge=1)
    voices: int = Field(ge=2)
    times: float = Field(ge=1)
    why: str = Field(min_length=1)


class _Surge(RuleFileModel):
    window_hours: int = Field(ge=1)
    voices: int = Field(ge=2)
    why: str = Field(min_length=1)


class _SlowBurn(RuleFileModel):
    weeks: int = Field(ge=2)
    in_weeks: int = Field(ge=2)
    voices: int = Field(ge=2)
    why: str = Field(min_length=1)


class SignalRules(RuleFileModel):
    """The numbers of `rules/matters.yml`, each with its reason."""

    burst: _Burst
    surge: _Surge
    slow_burn: _SlowBurn


def load_signal_rules(path: Path) -> SignalRules:
    """The rules of a file such as `rules/matters.yml`.

    Raises:
        RuleError: the file has a wrong shape, or a number without its reason.
    """
    return read_rule_file(path, SignalRules)


def signals_of(moments: Sequence[Moment], rules: SignalRules) -> list[Signal]:
    """How a matter stirred, each way once, with the last moment at which it did; in the order of the kinds.

    Args:
        moments: in any order.
    """
    ordered = sorted(moments, key=lambda one: one.at)
    found = (_burst(ordered, rules.burst), _surge(ordered, rules.surge), _slow_burn(ordered, rules.slow_burn))
    return [one for one in found if one is not None]


def _burst(moments: Sequence[Moment], rule: _Burst) -> Signal | None:
    exact = [one for one in moments if one.is_exact]
    window, before = timedelta(hours=rule.window_hours), timedelta(hours=rule.against_hours)

    def stirs(place: int, begin: int, voices: int) -> str:
        at = exact[place].at
        earlier = sum(at - window - before < one.at <= at - window for one in exact[:begin])
        usual = earlier * rule.window_hours / rule.against_hours
        if voices < rule.voices or voices < rule.times * usual:
            return ""
        return f"突发：{rule.window_hours}小时内{voices}人反映，此前{rule.against_hours}小时共{earlier}条。"

    return _last(SignalKind.BURST, exact, window, stirs)


def _surge(moments: Sequence[Moment], rule: _Surge) -> Signal | None:
    def stirs(_place: int, _begin: int, voices: int) -> str:
        return f"集中反映：{rule.window_hours}小时内{voices}人反映。" if voices >= rule.voices else ""

    return _last(SignalKind.SURGE, moments, timedelta(hours=rule.window_hours), stirs)


def _slow_burn(moments: Sequence[Moment], rule: _SlowBurn) -> Signal | None:
    def stirs(place: int, begin: int, voices: int) -> str:
        end = local_day(moments[place].at)
        weeks = {(end - local_day(one.at)).days // 7 for one in moments[begin : place + 1]}
        if voices < rule.voices or len(weeks) < rule.in_weeks:
            return ""
        return f"久拖不决：{rule.weeks}周内有{len(weeks)}周都有人反映，累计{voices}人。"

    return _last(SignalKind.SLOW_BURN, moments, timedelta(weeks=rule.weeks), stirs)


def _last(
    kind: SignalKind, moments: Sequence[Moment], window: timedelta, stirs: Callable[[int, int, int], str]
) -> Signal | None:
    """Slides a window over the moments; `stirs` is told its last place, its first, and the voices inside."""
    voices: Counter[str] = Counter()
    begin, found = 0, None
    for place, one in enumerate(moments):
        voices[one.voice] += 1
        while moments[begin].at <= one.at - window:
            gone = moments[begin].voice
            voices[gone] -= 1
            if not voices[gone]:
                del voices[gone]
            begin += 1
        reason = stirs(place, begin, len(voices))
        if reason:
            found = Signal(kind, one.at, reason)
    return found
