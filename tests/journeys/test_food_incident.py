"""A food-safety incident, from the first Weibo posts to the press conference and the special report."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Browser, Page, expect
from pytest_httpserver import HTTPServer

from core.clock import FixedClock
from core.vocabulary import Role
from huiying.demo.moments import Moments
from huiying.demo.posts import read_day, write_export
from tests.journeys.living import LivingOffice, living


@pytest.fixture
def bureau(data_dir: Path, clock: FixedClock, models_folder: Path) -> Iterator[LivingOffice]:
    """Monday, 09:00: a press officer, a duty officer and a manager; nothing has happened yet."""
    with living(data_dir, clock, models=models_folder) as office:
        office.person("xuanchuan", "宣小新", Role.PRESS)
        office.person("zhiban", "值小班", Role.DUTY)
        office.person("juzhang", "局小长", Role.MANAGER)
        yield office


def export(office: LivingOffice, path: Path, count: int) -> Path:
    """The first `count` posts of the invented day, as a Weibo search would export them."""
    day = read_day()
    write_export(day, day.posts[:count], Moments(office.clock.now(), office.office.calendar), path)
    return path


def publish(page: Page, form: str, button: str, at: str, link: str, title: str) -> None:
    """Record what was published, with its link as evidence."""
    place = page.locator(form)
    place.get_by_label("发布时间").fill(at)
    place.get_by_label("链接").fill(link)
    place.get_by_label("发布单位").fill("滨江发布")
    place.get_by_label("标题").fill(title)
    place.get_by_role("button", name=button).click()
    expect(page.get_by_role("status").first).to_have_text(f"已完成：{button}。")


def test_from_the_first_posts_to_the_press_conference_and_the_special_report(
    browser: Browser, bureau: LivingOffice, httpserver: HTTPServer, tmp_path: Path
) -> None:
    for path in ("/tongbao", "/fabuhui"):
        httpserver.expect_request(path).respond_with_data(
            "<h1>情况通报</h1><p>已封存食品，送检。</p>", content_type="text/html; charset=utf-8"
        )
    press = bureau.signed_in(browser, "xuanchuan")
    bureau.upload(press, export(bureau, tmp_path / "微博.xlsx", 24), "微博搜索导出表")
    bureau.work(analyse=True)

    # At once the duty officer is called, and signs on the phone.
    assert any("建议" in line or "事件" in line for line in bureau.lines)
    duty = bureau.signed_in(browser, "zhiban", width=390, height=844)
    duty.get_by_role("link", name="事件", exact=True).click()
    duty.locator("tbody .clocks__what a").first.click()
    address = duty.url
    expect(duty.locator(".three")).to_contain_text("微博24条")
    duty.get_by_role("button", name="签收").click()
    expect(duty.get_by_role("status").first).to_have_text("已完成：签收。")

    # The manager grades it: five hours for the first word, a day for the press conference.
    manager = bureau.signed_in(browser, "juzhang")
    manager.goto(address)
    grade = manager.locator("#act-grade")
    grade.get_by_label("级别").select_option("II")
    grade.get_by_label("定级理由").fill("多人就医，疑似食物中毒。")
    grade.get_by_role("button", name="先看影响").click()
    expect(manager.locator("#preview")).to_contain_text("新闻发布会")
    manager.locator("#act-grade").get_by_role("button", name="定级").click()
    expect(manager.get_by_role("status").first).to_have_text("已完成：定级。")
    expect(manager.locator(".faces")).to_contain_text("新闻发布会")

    # The press section publishes in time, holds the conference the same afternoon.
    bureau.at("2026-11-23T10:30")
    press.goto(address)
    publish(press, "#act-publish", "记录发布", "2026-11-23T10:20", httpserver.url_for("/tongbao"), "情况通报")
    expect(press.locator(".face.is-on_time, .face.is-met").first).to_contain_text("按时")
    bureau.at("2026-11-23T16:30")
    press.reload()
    press.locator("#act-hold_press_conference summary").click()
    publish(
        press,
        "#act-hold_press_conference",
        "记录新闻发布会",
        "2026-11-23T16:00",
        httpserver.url_for("/fabuhui"),
        "新闻发布会实录",
    )
    expect(press.locator(".face", has_text="举行新闻发布会")).to_contain_text("按时")
    # A grave incident is kept up with: the next word is owed from the last publication on.
    expect(press.locator(".face", has_text="滚动发布").first).to_contain_text("还剩")

    # The special report is drafted from what is stored, and signed by the manager.
    press.get_by_role("link", name="快报、专报").click()
    press.locator("#case-kind").select_option(label="舆情专报")
    press.locator("form", has_text="按办件拟稿").get_by_role("button", name="拟稿").click()
    expect(press.locator("main")).to_contain_text("24")
    manager.goto(press.url)
    manager.get_by_role("button", name="签发").click()
    expect(manager.locator("main")).to_contain_text("已签发")
    with manager.expect_download() as taken:
        manager.get_by_role("link", name="下载 Word").first.click()
    paper = Document(io.BytesIO(taken.value.path().read_bytes()))
    cells = (cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    text = "\n".join([*(one.text for one in paper.paragraphs), *cells])
    assert "新闻发布会" in text
    assert "24" in text
