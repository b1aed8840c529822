from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from analysis.heat import Heard, halves, heat_of
from core.clock import parse_instant
from core.platform_counts import Reach, count_of, reach_of

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
        pytest.param({"reach": Reach(500, 90, 400, 999)}, 16.0, id="a thousand reposts"),
    ],
)
def test_each_factor_counts_as_the_formula_says(more: dict[str, Any], score: float) -> None:
    heat = heat_of(replace(PLAIN, **more))
    assert heat.score == pytest.approx(score)
    assert all(reason.endswith("。") for reason in heat.reasons)


def test_nothing_heard_is_cold() -> None:
    assert heat_of(Heard(0, 0)).score == 0


def test_the_halves_of_a_period_are_its_own() -> None:
    times = [START + timedelta(hours=hour) for hour in (0, 1, 8, 9, 10)]
    assert halves(times) == (3, 2)
    assert halves(times[:1]) == halves([START, START]) == (0, 0)


@pytest.mark.parametrize(
    ("text", "count"),
    [("1234", 1234), ("1,234", 1234), ("1.2万", 12_000), ("10万+", 100_000), ("3亿", 300_000_000)],
)
def test_counts_are_read_as_platforms_write_them(text: str, count: int) -> None:
    assert count_of(text) == count


@pytest.mark.parametrize("text", ["", "转发", "-5", "万", "1e9", "9" * 30])
def test_what_is_no_count_is_passed_over(text: str) -> None:
    assert count_of(text) is None
    assert reach_of([{"转发": text}, None, {}]) == Reach()


def test_a_repost_counts_once_whichever_export_tells_it_and_reads_by_the_hundred() -> None:
    reach = reach_of([{"转发": "12", "赞": "30"}, {"转发数": "8", "点赞数": "1万", "阅读数": "5万"}])
    assert reach == Reach(reposts=20, likes=10_030, reads=50_000)
    assert reach.acts == 20 + 10_030 + 500
    assert reach.told == "转发20、点赞10030、阅读50000"
