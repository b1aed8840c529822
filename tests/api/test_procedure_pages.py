"""办理步骤 on the page of a request and in the JSON interface."""

from __future__ import annotations

from core.clock import parse_instant
from core.vocabulary import Channel, Role
from tests.api.forms import hidden
from tests.api.office import WebOffice
from tests.factories import make_record


def ready(office: WebOffice) -> None:
    """A disclosure request of 2 March 2026, with 市政科."""
    office.clock.move_to(parse_instant("2026-03-02T09:00"))
    office.receive(make_record("2026-03-02T09:00", channel=Channel.FOI, section="市政科"))


def test_a_step_is_recorded_from_the_page_and_shown_with_its_result(office: WebOffice) -> None:
    ready(office)
    browser = office.signed_in("wang", Role.HANDLER, section="市政科")
    page = browser.get("/cases/1").text
    assert "告知补正" in page
    assert "收到补正材料" not in page
    form = {**hidden(page), "step": "answered", "document": "答复书〔2026〕第1号", "result": ""}
    refused = browser.post("/cases/1/take_step", data=form)
    assert refused.status_code == 422
    assert "没有选择结果" in refused.text
    assert "答复书〔2026〕第1号" in refused.text
    form = {**hidden(refused.text), **form, "result": "disclosed", "key": "again"}
    assert browser.post("/cases/1/take_step", data=form).status_code == 303
    shown = browser.get("/cases/1").text
    assert all(words in shown for words in ("予以公开", "答复书〔2026〕第1号", "已答复"))


def test_a_program_reads_the_steps_and_a_person_takes_one(office: WebOffice) -> None:
    ready(office)
    handler = office.sender("wang", Role.HANDLER, section="市政科")
    listed = handler.get("/api/v1/cases/1/steps").json()
    assert [one["step"] for one in listed["open"]][:2] == ["registered", "completion_asked"]
    answer = handler.post("/api/v1/cases/1/steps", json={"step": "registered"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["facts"]["met"][0]["rule"] == "foi.register"
    refused = handler.post("/api/v1/cases/1/steps", json={"step": "completed"})
    assert refused.status_code == 409
    assert [one["label"] for one in handler.get("/api/v1/cases/1/steps").json()["taken"]] == ["录入平台"]


def test_another_section_neither_sees_nor_takes_a_step(office: WebOffice) -> None:
    ready(office)
    other = office.sender("zhao", Role.HANDLER, section="水务科")
    assert other.get("/api/v1/cases/1/steps").status_code == 404
    assert other.post("/api/v1/cases/1/steps", json={"step": "registered"}).status_code == 404
