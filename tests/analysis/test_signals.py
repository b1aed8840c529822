from __future__ import annotations

from datetime import timedelta

from analysis.signals import Moment, SignalKind, load_signal_rules, signals_of
from core.clock import parse_instant
from core.rule_files import rules_folder

RULES = load_signal_rules(rules_folder() / "matters.yml")
START = parse_instant("2026-03-02T09:00")


def heard(*hours: float, voice: str | None = None, is_exact: bool = True) -> list[Moment]:
    """One voice at each of these hours after the start; each its own unless one is given."""
    return [
        Moment(START + timedelta(hours=hour), voice or f"{place}", is_exact)
        for place, hour in enumerate(hours)
    ]


def kinds(moments: list[Moment]) -> list[SignalKind]:
    return [one.kind for one in signals_of(moments, RULES)]


def minutes(count: int) -> list[float]:
    return [place / 60 for place in range(count)]


def test_five_voices_within_an_hour_are_a_burst_and_a_surge() -> None:
    assert kinds(heard(*minutes(4))) == []
    found = signals_of(heard(*minutes(5)), RULES)
    assert [one.kind for one in found] == [SignalKind.BURST, SignalKind.SURGE]
    assert found[0].at == START + timedelta(minutes=4)
    assert found[0].reason == "突发：1小时内5人反映，此前12小时共0条。"


def test_what_has_always_been_that_loud_is_no_burst() -> None:
    steady = heard(*[hour / 5 for hour in range(5 * 14)])
    (burst, *_) = signals_of(steady, RULES)
    assert burst.at < START + timedelta(hours=5)  # after that the twelve hours before were as loud


def test_one_author_is_one_voice_however_often_he_writes() -> None:
    assert kinds(heard(*minutes(30), voice="a")) == []


def test_a_bare_date_makes_no_burst() -> None:
    assert kinds(heard(*[0.0] * 6, is_exact=False)) == [SignalKind.SURGE]


def test_four_complaints_a_week_for_months_are_a_slow_burn() -> None:
    weekly = heard(*[24 * (7 * week + 2 * step) for week in range(8) for step in range(4)])
    assert kinds(weekly) == [SignalKind.SLOW_BURN]
    assert kinds(weekly[:12]) == []  # three weeks only


def test_an_old_burst_keeps_its_own_time() -> None:
    (burst, *_) = signals_of([*heard(*minutes(6)), *heard(24 * 40)], RULES)
    assert burst.at == START + timedelta(minutes=5)
