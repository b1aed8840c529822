"""规则 · 试改: which running clocks another limit would move; nothing is moved by asking."""

from __future__ import annotations

import re

import pytest

from core.vocabulary import Role
from tests.api.office import WebOffice
from tests.factories import make_record, make_reply

ASKED = "/rules?propose=message.first_reply&amount="


@pytest.fixture
def running(office: WebOffice) -> WebOffice:
    """Monday 23 November: one letter of last Friday, one overdue, one answered."""
    office.receive(
        make_record("2026-11-20T09:00", title="路灯不亮", section="市政科"),
        make_record("2026-11-10T09:00", title="井盖松动", section="市政科"),
        make_record("2026-11-11T09:00", title="已答复", replies=(make_reply(at="2026-11-12T10:00"),)),
    )
    return office


def told(page: str) -> str:
    return re.sub(r"\s+", " ", page.split('id="proposal"')[1].split("</section>")[0])


def test_a_longer_limit_moves_what_runs_and_saves_what_is_overdue(running: WebOffice) -> None:
    said = told(running.signed_in("juzhang").get(f"{ASKED}15").text)
    assert "正在走的 2 个时限，会移动 <strong>2</strong> 个" in said
    assert "1 个不再超期" in said
    assert "已答复" not in said
    assert said.index("井盖松动") < said.index("路灯不亮")


def test_a_shorter_limit_says_what_becomes_overdue(running: WebOffice) -> None:
    running.clock.advance(days=1)
    said = told(running.signed_in("juzhang").get(f"{ASKED}1").text)
    assert "1 个立刻超期" in said


def test_the_same_limit_moves_nothing_and_asking_changes_nothing(running: WebOffice) -> None:
    browser = running.signed_in("juzhang")
    before = browser.get("/desk").text.count("clock-")
    assert "没有时限会移动" in told(browser.get(f"{ASKED}5").text)
    browser.get(f"{ASKED}15")
    assert browser.get("/desk").text.count("clock-") == before


@pytest.mark.parametrize("amount", ["0", "-1", "一周", "99999"])
def test_a_limit_that_is_none_is_refused(running: WebOffice, amount: str) -> None:
    answer = running.signed_in("juzhang").get(f"{ASKED}{amount}")
    assert answer.status_code == 422
    assert "期限不对" in answer.text


def test_a_section_does_not_see_the_offices_clocks(running: WebOffice) -> None:
    page = running.signed_in("shizheng", Role.HANDLER, section="房管科").get(f"{ASKED}15").text
    assert "井盖松动" not in page
