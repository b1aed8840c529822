"""Who is on duty at an instant, and where nobody is."""

from __future__ import annotations

from datetime import datetime

from alerts.roster import Absence, Override, Post, Roster, Shift
from core.clock import parse_instant
from core.vocabulary import Audience

POST = Post(1, "duty", "总值班", Audience.DUTY)
SUN, LI, ZHOU = 11, 12, 13


def at(text: str) -> datetime:
    """An instant of the day of the tests."""
    return parse_instant(f"2026-10-01T{text}")


def roster(*overrides: Override, absences: tuple[Absence, ...] = ()) -> Roster:
    """Sun from eight to twenty, Li through the night."""
    shifts = [
        Shift(1, 1, SUN, at("08:00"), at("20:00")),
        Shift(2, 1, LI, at("20:00"), parse_instant("2026-10-02T08:00")),
    ]
    return Roster([POST], shifts, overrides, absences)


def on_duty(found: Roster, when: str) -> list[tuple[int, str]]:
    return [(one.person_id, one.via) for one in found.on_duty(POST, at(when))]


def test_a_turn_holds_from_its_first_instant_and_not_at_its_last() -> None:
    assert on_duty(roster(), "08:00") == [(SUN, "shift/1")]
    assert on_duty(roster(), "20:00") == [(LI, "shift/2")]
    assert on_duty(roster(), "07:59") == []


def test_a_stand_in_takes_the_turn_and_a_later_override_wins() -> None:
    first = Override(5, 1, SUN, ZHOU, at("10:00"), at("12:00"))
    assert on_duty(roster(first), "11:00") == [(ZHOU, "override/5")]
    assert on_duty(roster(first), "12:00") == [(SUN, "shift/1")]
    later = Override(6, 1, None, LI, at("10:00"), at("12:00"))
    assert on_duty(roster(first, later), "11:00") == [(LI, "override/6")]


def test_whoever_is_away_is_stood_in_for_also_by_a_stand_ins_stand_in() -> None:
    away = (
        Absence(SUN, LI, at("08:00"), at("18:00")),
        Absence(LI, ZHOU, at("08:00"), at("09:00")),
    )
    assert on_duty(roster(absences=away), "08:30") == [(ZHOU, f"shift/1+away/{SUN}")]
    assert on_duty(roster(absences=away), "09:30") == [(LI, f"shift/1+away/{SUN}")]


def test_two_who_stand_in_for_each_other_both_get_their_own() -> None:
    away = (Absence(SUN, LI, at("08:00"), at("18:00")), Absence(LI, SUN, at("08:00"), at("18:00")))
    assert on_duty(roster(absences=away), "09:00") == [(LI, f"shift/1+away/{SUN}")]


def test_gaps_are_found_to_the_minute() -> None:
    gaps = roster().gaps(POST, at("06:00"), parse_instant("2026-10-02T10:00"))
    assert gaps == [
        (at("06:00"), at("08:00")),
        (parse_instant("2026-10-02T08:00"), parse_instant("2026-10-02T10:00")),
    ]


def test_a_sections_own_post_comes_before_the_offices() -> None:
    own = Post(2, "roads", "市政科值班", Audience.DUTY, "市政科")
    both = Roster([POST, own])
    assert both.posts_of(Audience.DUTY, "市政科") == [own]
    assert both.posts_of(Audience.DUTY, "水务科") == [POST]
    assert both.posts_of(Audience.MANAGER, "") == []
