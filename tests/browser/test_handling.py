"""The way of an incident through the office in a real browser: signed at night, answered by the press."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_httpserver import HTTPServer

from alerts.actors import program
from alerts.casework import Law
from alerts.incident_rules import load_incident_rules
from alerts.incidents import NewIncident, open_incident
from alerts.instants import Instants
from alerts.steps import Act
from core.clock import FixedClock, parse_instant
from core.rulebook import rules_folder
from core.vocabulary import Level, Role
from storage.database import Database
from tests.api.office import WebOffice
from tests.browser.serving import DESK, PHONE, served, sign_in
from tests.factories import HOLDING, make_record


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, law: Law, clock: FixedClock) -> Iterator[str]:
    """A real server over an office with two letters and an incident first seen an hour ago."""
    office = WebOffice(sqlite_database, law, clock, data_dir)
    office.person("zhiban", Role.DUTY)
    office.person("xuanchuan", Role.PRESS)
    office.person("shizheng", Role.HANDLER, section="市政科")
    office.receive(
        make_record("2026-11-20T09:00", title="路灯不亮", section="市政科"),
        make_record("2026-11-10T09:00", title="井盖松动", section="市政科"),
    )
    _open_incident(office)
    with served(office) as address:
        yield address


def _open_incident(office: WebOffice) -> None:
    new = NewIncident(
        "柳河路水管爆裂",
        summary="柳河路一处供水管爆裂，路面积水，两个小区停水。",
        message_ids=(1,),
        instants=Instants(None, None, parse_instant("2026-11-23T08:00")),
        suggested_level=Level.II,
        reasons=("两小时内12条来文说同一件事。",),
    )
    rules = load_incident_rules(rules_folder() / "incidents.yml")
    with office.database.write() as connection:
        open_incident(connection, Act(program("triage"), office.clock.now()), office.law, rules, new)


@pytest.mark.parametrize("scripts", [True, False])
def test_an_incident_is_signed_by_the_duty_officer_and_answered_in_time_by_the_press(
    page: Page, site: str, httpserver: HTTPServer, *, scripts: bool
) -> None:
    if not scripts:
        page.route("**/*.js*", lambda route: route.abort())
    httpserver.expect_request("/tongbao").respond_with_data(
        "<h1>情况通报</h1><p>供水已经恢复。</p>", content_type="text/html; charset=utf-8"
    )
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    sign_in(page, site, "zhiban")
    page.get_by_role("link", name="事件").click()
    page.get_by_role("link", name="柳河路水管爆裂").click()
    expect(page.locator(".three")).to_contain_text("两个小区停水")
    page.get_by_role("button", name="签收").click()
    expect(page.get_by_role("status")).to_have_text("已完成：签收。")
    expect(page.locator(".face.is-due_soon, .face.is-later").first).to_contain_text("还剩 4小时")
    page.get_by_role("button", name="退出").click()

    page.set_viewport_size({"width": DESK["width"], "height": DESK["height"]})
    sign_in(page, site, "xuanchuan")
    page.get_by_role("link", name="柳河路水管爆裂").click()
    form = page.locator("#act-publish")
    form.get_by_label("发布时间").fill("2026-11-23T08:48")
    form.get_by_label("链接").fill(httpserver.url_for("/tongbao"))
    form.get_by_label("发布单位").fill("滨江发布")
    form.get_by_label("标题").fill("关于柳河路供水管爆裂的情况通报")
    form.get_by_role("button", name="记录发布").click()
    expect(page.get_by_role("status")).to_have_text("已完成：记录发布。")
    first = page.locator(".face.is-on_time").first
    expect(first.locator(".face__left")).to_contain_text("按时")
    expect(first.locator(".face__spare")).to_have_text("提前4小时12分")
    expect(page.locator(".said")).to_contain_text("已留存")


def test_a_handler_answers_from_the_inbox_and_is_told_what_is_no_answer(page: Page, site: str) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, site, "shizheng")
    page.get_by_role("link", name="收件箱").click()
    expect(page.locator(".clocks__what a").first).to_have_text("井盖松动")
    page.get_by_role("link", name="路灯不亮").click()
    page.locator("#act-reply").get_by_label("答复内容").fill(HOLDING)
    page.get_by_role("button", name="答复").click()
    expect(page.get_by_role("alert")).to_contain_text("不是答复")
    page.get_by_role("link", name="把这段文字登记为“告知收悉”").click()
    holding = page.locator("#act-holding_reply")
    expect(holding.get_by_label("告知内容")).to_have_value(HOLDING)
    holding.get_by_role("button", name="告知收悉").click()
    expect(page.get_by_role("status")).to_have_text("已完成：告知收悉。")
    expect(page.locator(".face").first).to_contain_text("还剩")
    page.locator("#act-reply").get_by_label("答复内容").fill("路灯已于今晨修复，感谢您的反映。")
    expect(page.locator(".points .is-met")).to_have_count(2)
    expect(page.locator(".points li", has_text="找谁")).to_contain_text("还没写到")
    page.get_by_role("button", name="答复").click()
    expect(page.locator(".face").first).to_contain_text("按时")
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_handling_scrolls_sideways_on_a_phone(page: Page, site: str, scheme: str) -> None:
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    sign_in(page, site, "zhiban")
    for address in ("/cases/1", "/cases/2", "/incidents/3", "/incidents", "/inbox"):
        page.goto(site + address)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
