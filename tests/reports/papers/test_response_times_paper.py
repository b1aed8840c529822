"""时效报告 as a paper holds the figures of the report, and names what they were counted from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from core.clock import parse_instant
from reports.closing.periods import Standing, close_period, standing_report
from reports.papers.paper import Grid, Paragraph
from reports.papers.response_times import response_times_paper
from reports.papers.scope import Desk
from reports.response_times import GroupBy, Query
from tests.alerts.bureau import ROADS, WATER, Bureau
from tests.factories import make_record, make_reply


@pytest.fixture
def march(bureau: Bureau) -> Bureau:
    bureau.clock.move_to(parse_instant("2026-04-02T09:00"))
    bureau.receive(
        make_record("2026-03-02T09:00", section=ROADS, replies=(make_reply(at="2026-03-03T09:00"),)),
        make_record("2026-03-03T09:00", section=ROADS, replies=(make_reply(at="2026-03-30T09:00"),)),
        make_record("2026-03-04T09:00", section=WATER),
        make_record("2026-03-31T09:00", section=WATER),
    )
    return bureau


def made(bureau: Bureau, desk: Callable[[], Desk], by: GroupBy | None) -> tuple[str, list[list[Any]]]:
    """The paragraphs and the lines of the table, figures as numbers."""
    query = Query(date(2026, 3, 1), date(2026, 3, 31), bureau.clock.now(), by=by, follows_close=True)
    with bureau.database.read() as connection:
        report = standing_report(connection, query, Standing(desk().calendar, desk().rules))
    paper = response_times_paper(report, desk())
    texts = ["".join(_shown(p) for p in one.parts) for one in paper.blocks if isinstance(one, Paragraph)]
    grids = [one.lines for one in paper.blocks if isinstance(one, Grid)]
    return "\n".join(texts), [[_shown(cell) for cell in line] for line in (grids[0] if grids else ())]


def _shown(part: Any) -> str:
    return part if isinstance(part, str) else str(part.value)


def test_the_words_carry_the_figures_of_the_report(march: Bureau, desk: Callable[[], Desk]) -> None:
    text, lines = made(march, desk, None)
    assert "共4件：按时1，逾期答复1，超期未答1，未到期1" in text
    assert "按时率33.3%" in text
    assert "超期1件，未到期1件" in text
    assert "中位10个工作日" in text
    assert lines == []


def test_sections_stand_by_name_and_add_up(march: Bureau, desk: Callable[[], Desk]) -> None:
    _, lines = made(march, desk, GroupBy.SECTION)
    assert [line[0] for line in lines] == [*sorted([ROADS, WATER]), "合计"]
    assert lines[-1][1:6] == ["4", "1", "1", "1", "1"]
    assert [int(a) + int(b) for a, b in zip(lines[0][1:6], lines[1][1:6], strict=True)] == [4, 1, 1, 1, 1]


@pytest.mark.parametrize("by", list(GroupBy))
def test_every_grouping_makes_a_paper_whose_figures_recount(
    march: Bureau, desk: Callable[[], Desk], by: GroupBy
) -> None:
    assert made(march, desk, by)[1][-1][1] == "4"


def test_a_closed_period_says_so(march: Bureau, desk: Callable[[], Desk]) -> None:
    query = Query(date(2026, 3, 1), date(2026, 3, 31), march.clock.now())
    with march.database.write() as connection:
        close_period(
            connection, query, Standing(desk().calendar, desk().rules), march.leader, march.clock.now()
        )
    assert "本期已结账，编号1" in made(march, desk, None)[0]


def test_nothing_is_said_plainly(bureau: Bureau, desk: Callable[[], Desk]) -> None:
    text, _ = made(bureau, desk, None)
    assert "共0件" in text
    assert "按时率不计" in text
