"""公文 on the web: drafted, edited without touching a number, signed by a leader, taken away."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from docx import Document
from fastapi.testclient import TestClient

from core.vocabulary import Role, Scope
from tests.api.office import WebOffice
from tests.factories import make_record

DAY = {"from": "2026-11-20", "to": "2026-11-20"}
DAILY = {"kind": "daily_briefing", **DAY}
PAPERS = "/api/v1/papers"


@pytest.fixture
def filled(office: WebOffice) -> WebOffice:
    office.receive(
        make_record("2026-11-20T09:00", section="食品科", title="<script>alert(1)</script>"),
        make_record("2026-11-20T10:00", section="特设科"),
    )
    return office


def token(page: str) -> str:
    """The token of the page's forms."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found[1]


def sent(browser: TestClient, path: str, **fields: str) -> Any:
    """A form sent from the list of papers."""
    csrf = token(browser.get("/papers").text)
    return browser.post(path, data={"csrf": csrf, **fields})


def test_a_paper_is_drafted_edited_and_signed_on_pages(filled: WebOffice) -> None:
    press = filled.signed_in("xuanchuan", Role.PRESS)
    opened = sent(press, "/papers", **DAILY)
    assert opened.status_code == 303
    path = opened.headers["location"]
    page = press.get(path).text
    assert "共收到来文" in page
    assert "<script>alert(1)</script>" not in page
    assert "签发第" not in page

    edited = sent(press, f"{path}/edit", version="1", title="日报", text="共【2｜附表1】件，平稳。")
    assert edited.status_code == 303
    leader = filled.signed_in("juzhang", Role.MANAGER)
    assert "签发第2版" in leader.get(path).text
    assert sent(leader, f"{path}/sign", version="2").status_code == 303
    signed = leader.get(path).text
    assert "第 1 期" in signed
    assert "修改</h2>" not in signed


def test_a_changed_number_comes_back_with_everything_that_was_typed(filled: WebOffice) -> None:
    press = filled.signed_in("xuanchuan", Role.PRESS)
    path = sent(press, "/papers", **DAILY).headers["location"]
    answer = sent(press, f"{path}/edit", version="1", title="日报", text="共【9｜附表1】件。我写了很久。")
    assert answer.status_code == 422
    assert "数出 2" in answer.text
    assert "我写了很久" in answer.text
    assert "第1版" in press.get(path).text


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"kind": ""}, "没有选择种类"),
        ({"kind": "daily_briefing", "from": "2026-11-20", "to": ""}, "日期"),
        ({"kind": "daily_briefing", "from": "2026-11-21", "to": "2026-11-20"}, "早于"),
        ({"kind": "special_report", "case": "x"}, "办件编号"),
        ({"kind": "special_report", "case": "999"}, "没有编号为 999"),
        ({"kind": "special_report", "case": "1"}, "没有编号为 1"),
    ],
)
def test_what_cannot_be_drafted_is_said_on_the_list(
    filled: WebOffice, fields: dict[str, str], why: str
) -> None:
    press = filled.signed_in("xuanchuan", Role.PRESS)
    answer = sent(press, "/papers", **fields)
    assert answer.status_code == 422
    assert why in answer.text
    assert "还没有公文" in answer.text


def test_papers_are_not_for_somebody_confined_to_a_section(filled: WebOffice) -> None:
    press = filled.signed_in("xuanchuan", Role.PRESS)
    path = sent(press, "/papers", **DAILY).headers["location"]
    handler = filled.signed_in("shipin", Role.HANDLER, section="食品科")
    assert handler.get("/papers").status_code == 403
    assert handler.get(path).status_code == 403
    assert handler.get(f"/api/v1{path}").status_code == 404
    assert handler.get(f"/api/v1{path}/paper.docx").status_code == 404
    assert handler.get(PAPERS).json()["items"] == []


def test_a_program_reads_papers_and_a_person_writes_them(filled: WebOffice) -> None:
    press = filled.sender("xuanchuan", Role.PRESS)
    drafted = press.post(PAPERS, json=DAILY)
    assert (drafted.status_code, drafted.json()["state"]) == (201, "draft")
    number = drafted.json()["paper"]
    reading = filled.token(Scope.READ)
    one = filled.browser().get(f"{PAPERS}/{number}", headers=reading).json()
    assert "【2｜附表1】" in one["text"]
    assert one["content"]["kind"] == "daily_briefing"
    assert filled.browser().get(PAPERS, headers=reading).json()["items"][0]["paper"] == number
    refused = filled.browser().post(PAPERS, headers=reading, json=DAILY)
    assert refused.status_code == 403


def test_the_same_key_drafts_one_paper(filled: WebOffice) -> None:
    press = filled.sender("xuanchuan", Role.PRESS)
    key = {"Idempotency-Key": "one"}
    first = press.post(PAPERS, json=DAILY, headers=key)
    again = press.post(PAPERS, json=DAILY, headers=key)
    assert first.json() == again.json()
    assert len(press.get(PAPERS).json()["items"]) == 1


def test_two_editors_of_one_version_are_told(filled: WebOffice) -> None:
    press = filled.sender("xuanchuan", Role.PRESS)
    number = press.post(PAPERS, json=DAILY).json()["paper"]
    change = {"title": "日报", "text": "平稳。", "version": 1}
    assert press.put(f"{PAPERS}/{number}", json=change).json()["version"] == 2
    late = press.put(f"{PAPERS}/{number}", json=change)
    assert (late.status_code, late.json()["code"]) == (409, "paper.stale")


def test_files_are_taken_away_with_their_names(filled: WebOffice) -> None:
    press = filled.sender("xuanchuan", Role.PRESS)
    number = press.post(PAPERS, json=DAILY).json()["paper"]
    word = press.get(f"{PAPERS}/{number}/paper.docx")
    assert "%E8%88%86%E6%83%85%E6%97%A5%E6%8A%A5" in word.headers["content-disposition"]
    assert Document(io.BytesIO(word.content)).core_properties.author == "滨江局"
    assert press.get(f"{PAPERS}/{number}/lists.xlsx").content[:2] == b"PK"


def test_only_a_leader_signs_and_a_draft_is_withdrawn_with_a_reason(filled: WebOffice) -> None:
    press = filled.sender("xuanchuan", Role.PRESS)
    number = press.post(PAPERS, json=DAILY).json()["paper"]
    refused = press.post(f"{PAPERS}/{number}/sign", json={"version": 1})
    assert refused.status_code == 403
    assert press.post(f"{PAPERS}/{number}/withdraw", json={"reason": ""}).status_code == 422
    assert press.post(f"{PAPERS}/{number}/withdraw", json={"reason": "重拟"}).json()["state"] == "withdrawn"
