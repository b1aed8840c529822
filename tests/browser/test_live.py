"""The desk keeps itself up to date in a real browser, and moves nothing under somebody who reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from alerts.actors import program
from alerts.attention import carry_out
from alerts.casework import Law
from alerts.incident_rules import load_incident_rules
from alerts.steps import Act
from alerts.triage import Decision, Step
from core.clock import FixedClock
from core.rulebook import rules_folder
from core.vocabulary import Level, Role
from storage.database import Database
from tests.api.forms import hidden as hidden_fields
from tests.api.office import WebOffice
from tests.browser.serving import served, sign_in
from tests.factories import make_record

SECONDS = 15_000


class Site:
    """An office and its address."""

    def __init__(self, office: WebOffice, address: str) -> None:
        self.office, self.address = office, address

    def raise_incident(self, title: str, key: str) -> None:
        """Let triage open a grave incident."""
        decision = Decision(
            step=Step.OPEN_INCIDENT,
            key=key,
            title=title,
            message_ids=(1,),
            reasons=("两小时内12条来文说同一件事。",),
            case_id=None,
            suggested_level=Level.II,
        )
        office = self.office
        rules = load_incident_rules(rules_folder() / "incidents.yml")
        office.clock.advance(seconds=1)
        with office.database.write() as connection:
            act = Act(program("triage"), office.clock.now())
            carry_out(connection, decision, act, office.law, rules)


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, law: Law, clock: FixedClock) -> Iterator[Site]:
    """A duty officer's desk with thirty letters."""
    office = WebOffice(sqlite_database, law, clock, data_dir)
    office.person("zhiban", Role.DUTY)
    office.receive(
        *(make_record(f"2026-11-20T09:{n:02d}", title=f"来信{n}", section="市政科") for n in range(30))
    )
    with served(office) as address:
        yield Site(office, address)


def test_a_new_incident_appears_on_an_open_desk_with_a_number_in_the_title(page: Page, site: Site) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, site.address, "zhiban")
    expect(page.locator("#standing")).to_have_text("实时更新中", timeout=SECONDS)
    site.raise_incident("柳河路水管爆裂", "one")
    expect(page.locator(".alerts")).to_contain_text("柳河路水管爆裂", timeout=SECONDS)
    expect(page.locator("tr.is-new")).to_contain_text("柳河路水管爆裂")
    expect(page).to_have_title("（1）重大 值班台 · 滨江局 · 回应")
    page.keyboard.press("Shift")
    expect(page).to_have_title("值班台 · 滨江局 · 回应")
    assert complaints == []


def test_nothing_moves_under_somebody_who_reads_until_they_ask_for_it(page: Page, site: Site) -> None:
    sign_in(page, site.address, "zhiban")
    expect(page.locator("#standing")).to_have_text("实时更新中", timeout=SECONDS)
    page.mouse.wheel(0, 400)
    page.wait_for_function("scrollY > 300")
    row = page.get_by_text("来信7", exact=True)
    before = row.bounding_box()
    site.raise_incident("柳河路水管爆裂", "one")
    expect(page.locator("#news")).to_contain_text("新到", timeout=SECONDS)
    assert row.bounding_box() == before
    expect(page.locator(".alerts")).to_have_count(0)
    page.locator("#news").get_by_role("button", name="显示").click()
    expect(page.locator(".alerts")).to_contain_text("柳河路水管爆裂")
    expect(page.locator("#news")).to_be_hidden()


def test_words_typed_into_a_form_survive_what_happens_meanwhile(page: Page, site: Site) -> None:
    sign_in(page, site.address, "zhiban")
    page.goto(f"{site.address}/cases/1")
    expect(page.locator("#standing")).to_have_text("实时更新中", timeout=SECONDS)
    page.get_by_text("告知收悉", exact=True).first.click()
    page.locator("#act-holding_reply textarea").fill("正在核实。")
    other = site.office.signed_in("lingdao", Role.MANAGER)
    hidden = hidden_fields(other.get("/cases/1").text)
    site.office.clock.advance(seconds=1)
    assert other.post("/cases/1/acknowledge", data=hidden).status_code == 303
    expect(page.locator("#news")).to_be_visible(timeout=SECONDS)
    expect(page.locator("#act-holding_reply textarea")).to_have_value("正在核实。")


def test_a_countdown_is_right_after_the_computer_slept(page: Page, site: Site) -> None:
    page.clock.install(time="2026-11-23T01:00:00Z")
    sign_in(page, site.address, "zhiban")
    left = page.locator("tr.is-later time[data-countdown], tr.is-due_soon time[data-countdown]").first
    expect(left).to_have_text("还剩 4天15小时")
    # Two hours pass while the computer sleeps: its calendar knows, its stopwatch does not.
    site.office.clock.advance(hours=1, minutes=59)
    page.clock.set_system_time("2026-11-23T02:59:00Z")
    page.clock.run_for(1_500)
    expect(left).to_have_text("还剩 4天13小时")


def test_a_countdown_stays_right_when_the_computer_is_set_to_another_day(page: Page, site: Site) -> None:
    page.clock.install(time="2026-11-23T01:00:00Z")
    sign_in(page, site.address, "zhiban")
    left = page.locator("tr.is-later time[data-countdown], tr.is-due_soon time[data-countdown]").first
    page.clock.set_system_time("2027-03-01T03:00:00Z")
    page.clock.run_for(3_000)
    expect(left).to_have_text("还剩 4天14小时")


def test_the_desk_is_worked_by_keyboard_and_several_cases_are_signed_at_once(page: Page, site: Site) -> None:
    sign_in(page, site.address, "zhiban")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="来信0", exact=True)).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.get_by_role("link", name="来信1", exact=True)).to_be_focused()
    page.keyboard.press("a")
    expect(page.get_by_role("status").first).to_have_text("已签收 2 件。")
    page.wait_for_load_state("load")  # the keys are heard once the script of the new page runs
    expect(page.locator("tr", has_text="来信1").first).to_contain_text("张三 11-23 09:00签收")
    page.keyboard.press("/")
    page.keyboard.type("来信2")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    expect(page.locator(".clocks__what a").first).to_have_text("来信2")
