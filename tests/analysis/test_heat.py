from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from analysis.heat import Heard, halves, heat_of
from core.clock import parse_instant

PLAIN = Heard(messages=10, voices=10)
START = parse_instant("2026-03-02T09:00")


def test_ten_voices_are_ten_degrees_and_the_reason_says_so() -> None:
    heat = heat_of(PLAIN)
    assert (heat.score, heat.reasons) == (10.0, ("声量10：10条信息，10人。",))


@pytest.mark.parametrize(
    ("more", "score"),
    [
        pytest.param({"voices": 1}, 2.8, id="one author ten times"),
        pytest.param({"channels": 3}, 15.0, id="three channels"),
        pytest.param({"risky": 10}, 15.0, id="all risky"),
        pytest.param({"recent": 8, "before": 2}, 16.0, id="growing"),
        pytest.param({"recent": 2, "before": 8}, 10.0, id="fading costs nothing"),
        pytest.param({"reach": 999}, 16.0, id="a thousand reposts"),
    ],
)
def test_each_factor_counts_as_the_formula_says(more: dict[str, int], score: float) -> None:
    heat = heat_of(replace(PLAIN, **more))
    assert heat.score == pytest.approx(score)
    assert all(reason.endswith("。") for reason in heat.reasons)


def test_nothing_heard_is_cold() -> None:
    assert heat_of(Heard(0, 0)).score == 0


def test_the_halves_of_a_period_are_its_own() -> None:
    times = [START + timedelta(hours=hour) for hour in (0, 1, 8, 9, 10)]
    assert halves(times) == (3, 2)
    assert halves(times[:1]) == halves([START, START]) == (0, 0)
