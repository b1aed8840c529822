"""The charts of 时效报告 open what stands behind every bar; a figure proves itself."""

from __future__ import annotations

import re
from html import unescape

import pytest
import sqlalchemy as sa

from storage.tables import events
from tests.api.office import WebOffice
from tests.factories import make_record, make_reply

YEAR = "/reports/response-times?from=2026-01-01&to=2026-12-31&by="


@pytest.fixture
def counted(office: WebOffice) -> WebOffice:
    """Two months: answered the same day, after three and after twenty working days; one unanswered."""
    office.receive(
        make_record("2026-09-07T09:00", title="当日", replies=(make_reply(at="2026-09-07T10:00"),)),
        make_record("2026-09-07T09:00", title="三日", replies=(make_reply(at="2026-09-10T10:00"),)),
        make_record("2026-10-12T09:00", title="二十日", replies=(make_reply(at="2026-11-09T10:00"),)),
        make_record("2026-10-12T09:00", title="没有答复"),
    )
    return office


def bars(page: str) -> dict[str, str]:
    """What each bar says → where it leads; empty for a bar without rows."""
    linked = re.findall(r'<li><a href="([^"]+)" title="([^"]+)" aria-label', page)
    bare = re.findall(r'<span class="bars__one" title="([^"]+)"', page)
    return {unescape(words): unescape(href) for href, words in linked} | dict.fromkeys(bare, "")


def test_every_bar_of_the_distribution_opens_its_rows(counted: WebOffice) -> None:
    browser = counted.signed_in("juzhang")
    found = bars(browser.get(YEAR).text)
    assert found["1个工作日：没有"] == ""
    assert "当日" in browser.get(found["0个工作日：按时1件"]).text
    rows = browser.get(found["15+个工作日：逾期答复1件"]).text
    assert "二十日" in rows
    assert "三日" not in rows


def test_the_months_stand_side_by_side_with_their_rate(counted: WebOffice) -> None:
    browser = counted.signed_in("juzhang")
    found = bars(browser.get(YEAR).text)
    assert "2026-09：按时2件，逾期答复0件，超期未答0件，按时率100%" in found
    october = found["2026-10：按时0件，逾期答复1件，超期未答1件，按时率0%"]
    assert "没有答复" in browser.get(october).text


def test_one_month_is_no_trend_and_both_views_are_named(counted: WebOffice) -> None:
    page = counted.signed_in("juzhang").get("/reports/response-times?from=2026-09-01&to=2026-09-30").text
    assert "各月办理结果" not in page
    assert 'aria-current="true">按收到日</a>' in page
    assert ">按到期日</a>" in page


def test_a_figure_shows_its_rows_their_events_and_where_each_chain_ends(counted: WebOffice) -> None:
    browser = counted.signed_in("juzhang")
    href = re.search(r'href="([^"]+/prove\?[^"]+)"', browser.get(YEAR).text)
    assert href is not None
    page = browser.get(unescape(href[1])).text
    assert "自证：按时率 4 件" in page
    assert page.count("留痕完整") == 4
    with counted.database.read() as connection:
        heads = connection.execute(
            sa.select(events.c.hash).where(events.c.stream > 0, events.c.seq == 1)
        ).scalars()
        assert all(one in page for one in heads)


def test_a_trail_that_was_changed_shows(counted: WebOffice) -> None:
    browser = counted.signed_in("juzhang")
    with counted.database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE events DISABLE TRIGGER USER")
        else:
            names = connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'"
            ).scalars()
            for name in list(names):
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.execute(events.update().where(events.c.stream == 2, events.c.seq == 1).values(actor="某"))
    page = browser.get("/reports/response-times/prove?from=2026-01-01&to=2026-12-31").text
    assert (page.count("留痕完整"), page.count("留痕被改动过")) == (3, 1)
