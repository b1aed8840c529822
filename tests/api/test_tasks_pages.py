"""任务 and 政策文件: the pages and the JSON interface, from the plan's workbook to the judged opinion."""

from __future__ import annotations

import base64

from core.clock import parse_instant
from core.vocabulary import Role
from tests.api.forms import hidden
from tests.api.office import WebOffice
from tests.crawlers.imports.test_task_plans import workbook
from tests.factories import make_record

PLAN = {"plan": "2026年政务公开工作要点", "printed_on": "2026-02-20"}
ROWS = [(1, "更新公开目录", "", "市政科", "6月底前"), (2, "适时之事", "", "市政科", "适时")]


def ready(office: WebOffice) -> None:
    office.clock.move_to(parse_instant("2026-03-02T09:00"))
    office.receive(make_record("2026-03-02T08:00", section="市政科"))


def test_a_plan_is_tried_first_then_entered_and_its_bad_rows_stay_in_sight(office: WebOffice) -> None:
    ready(office)
    browser = office.signed_in("li", Role.PRESS)
    form = {**hidden(browser.get("/tasks").text), **PLAN}

    def send(**more: str) -> str:
        return browser.post(
            "/tasks/plan", data={**form, **more}, files={"copy": ("plan.xlsx", workbook(*ROWS))}
        ).text

    tried = send(dry_run="true")
    assert "什么也没有写入" in tried
    assert "可以立项 1 项" in tried
    assert "更新公开目录" not in browser.get("/tasks").text
    assert "已导入" in send()
    page = browser.get("/tasks").text
    assert "更新公开目录" in page
    assert "1 行没有成为任务" in page
    assert "不是能推算的时限" in page


def test_the_desk_enters_a_task_and_its_section_finishes_it(office: WebOffice) -> None:
    ready(office)
    press = office.signed_in("li", Role.PRESS)
    form = {**hidden(press.get("/tasks").text), "procedure": "open_day", "title": "泵站开放日"}
    refused = press.post("/tasks", data={**form, "section": "市政科"})
    assert refused.status_code == 422
    assert "泵站开放日" in refused.text
    made = press.post("/tasks", data={**form, "section": "市政科", "planned_on": "2026-03-13"})
    assert made.status_code == 303
    where = made.headers["location"]
    handler = office.signed_in("wang", Role.HANDLER, section="市政科")
    page = handler.get(where).text
    assert "向办公室备案" in page
    assert "泵站开放日" in handler.get("/inbox").text
    step = {**hidden(page), "step": "filed", "document": "活动方案"}
    assert handler.post(f"{where}/take_step", data=step).status_code == 303
    assert "活动方案" in handler.get(where).text
    assert office.signed_in("zhao", Role.HANDLER, section="水务科").get(where).status_code == 404


def test_opinions_are_entered_masked_and_judged_on_the_page(office: WebOffice) -> None:
    ready(office)
    sender = office.sender("li", Role.PRESS)
    made = sender.post(
        "/api/v1/tasks", json={"procedure": "decision", "title": "停车收费调整", "section": "市政科"}
    )
    case = made.json()["case"]
    browser = office.signed_in("wang", Role.HANDLER, section="市政科")
    form = hidden(browser.get(f"/cases/{case}").text)
    given = {**form, "text": "电话13800138000，建议降价", "author": "张三丰"}
    assert browser.post(f"/cases/{case}/add_opinion", data=given).status_code == 303
    page = browser.get(f"/cases/{case}").text
    assert "13800138000" not in page
    judged = {**hidden(page), "opinion": "1", "verdict": "adopted", "reason": "已调低"}
    assert browser.post(f"/cases/{case}/judge_opinion", data=judged).status_code == 303
    (opinion,) = sender.get(f"/api/v1/cases/{case}/opinions").json()["items"]
    assert (opinion["verdict"], opinion["reason"]) == ("adopted", "已调低")


def test_a_program_enters_a_plan_and_reads_the_tasks(office: WebOffice) -> None:
    ready(office)
    sender = office.sender("li", Role.PRESS)
    content = base64.b64encode(workbook(*ROWS).read()).decode()
    wish = {"title": PLAN["plan"], "printed_on": "2026-02-20", "content": content}
    tried = sender.post("/api/v1/tasks/plan", json={**wish, "dry_run": True}).json()
    assert (len(tried["opened"]), len(tried["rejected"]), tried["plan"]) == (1, 1, None)
    told = sender.post("/api/v1/tasks/plan", json=wish).json()
    assert told["rejected"][0]["column"] == "完成时限"
    (task,) = sender.get("/api/v1/tasks").json()["items"]
    assert (task["case"], task["number"]) == (told["opened"]["1"], "1")
    assert task["due_at"].startswith("2026-07-01T00:00")
    again = sender.post("/api/v1/tasks/plan", json=wish).json()
    assert (again["opened"], again["standing"]) == ({}, ["1"])


def test_a_rectification_follows_from_a_problem_and_says_whether_it_helped(office: WebOffice) -> None:
    ready(office)
    sender = office.sender("li", Role.PRESS)
    wish = {
        "procedure": "rectification",
        "title": "简化停车证办理",
        "section": "市政科",
        "due_on": "2026-04-30",
        "problem": "item:停车证办理",
    }
    assert sender.post("/api/v1/tasks", json={**wish, "problem": "停车证"}).status_code == 422
    for day in ("2026-02-25", "2026-02-26", "2026-02-27"):
        office.receive(make_record(f"{day}T08:00")._replace(category="停车证办理"))
    case = sender.post("/api/v1/tasks", json=wish).json()["case"]
    office.clock.move_to(parse_instant("2026-04-01T09:00"))
    sender = office.sender("zhang", Role.PRESS)
    done = {"step": "finished", "document": "新流程"}
    assert sender.post(f"/api/v1/cases/{case}/steps", json=done).status_code == 200
    office.clock.move_to(parse_instant("2026-04-11T09:00"))
    office.receive(make_record("2026-04-05T08:00")._replace(category="停车证办理"))
    page = office.signed_in("zhou").get(f"/cases/{case}").text
    assert "下达前10天同类反映3件，完成后10天1件" in page


def test_the_register_hands_a_question_to_the_drafting_section(office: WebOffice) -> None:
    ready(office)
    browser = office.signed_in("li", Role.PRESS)
    form = {**hidden(browser.get("/documents").text), "title": "停车收费管理办法", "section": "市政科"}
    assert browser.post("/documents", data=form).status_code == 303
    assert browser.post("/documents", data=form).status_code == 409
    office.receive(make_record("2026-03-02T08:30")._replace(body="停车收费管理办法第三条怎么理解"))
    page = browser.get("/documents").text
    assert "1 件" in page
    assert "关联政策文件" in browser.get("/cases/1").text
    assert browser.post("/documents/1/repeal", data=form).status_code == 303
    assert "已废止" in browser.get("/documents").text
    assert office.signed_in("wang", Role.HANDLER, section="市政科").post(
        "/documents", data=form
    ).status_code in {400, 403}
