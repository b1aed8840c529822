"""态势大屏: what stands on it, and who has it."""

from __future__ import annotations

import re

import pytest

from core.vocabulary import Channel, Role
from tests.api.office import WebOffice
from tests.browser.walk import fill
from tests.factories import make_record


@pytest.fixture
def filled(office: WebOffice) -> WebOffice:
    fill(office)
    return office


def section(page: str, name: str) -> str:
    return re.sub(r"\s+", " ", page.split(f'wall__{name}"')[1].split("</section>")[0])


def test_the_wall_shows_incidents_clocks_volume_and_who_is_silent(filled: WebOffice) -> None:
    filled.receive(
        make_record("2026-11-23T08:30", title="积水", channel=Channel.WEIBO)._replace(area="柳河路"),
        make_record("2026-11-23T08:40", title="停水", channel=Channel.WEIBO)._replace(area="柳河路"),
    )
    page = filled.signed_in("zhihui").get("/wall").text
    assert "柳河路水管爆裂" in section(page, "incidents")
    assert "建议II级，待定级" in section(page, "incidents")
    assert section(page, "clocks").index("井盖松动") < section(page, "clocks").index("路灯不亮")
    assert "旧事一件" not in page
    assert "<strong>2</strong> 柳河路" in section(page, "places")
    assert '"微博": [2]' in page.replace("\\u5fae\\u535a", "微博")
    assert "没有动静" in page
    counts = re.findall(r'wall__count">([\d,]+)<', page)
    assert counts == ["1", "1", "1", "2"]


def test_a_source_that_has_been_quiet_for_a_day_is_named_with_how_long(filled: WebOffice) -> None:
    filled.clock.advance(days=2)
    filled.receive(make_record("2026-11-25T08:00", title="新来的", channel=Channel.WEIBO))
    silent = section(filled.signed_in("zhihui").get("/wall").text, "silent")
    assert "领导信箱" in silent
    assert "2天没有来文" in silent
    assert "微博" not in silent


def test_an_empty_office_has_an_empty_wall(office: WebOffice) -> None:
    page = office.signed_in("zhihui").get("/wall").text
    assert "现在没有正在处置的事件" in page
    assert "24小时内没有来文" in page
    assert "没有写明地点" in section(page, "places")


def test_a_section_has_no_wall(office: WebOffice) -> None:
    assert office.signed_in("shizheng", Role.HANDLER, section="市政科").get("/wall").status_code == 403
