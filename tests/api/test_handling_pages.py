"""The pages on which cases and incidents are handled, form by form."""

from __future__ import annotations

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from pytest_httpserver import HTTPServer

from alerts.actors import Actor
from alerts.incident_rules import load_incident_rules
from alerts.incidents import NewIncident, open_incident
from alerts.instants import Instants
from alerts.steps import Act
from core.clock import parse_instant
from core.rulebook import rules_folder
from core.vocabulary import AlertKind, Channel, Level, Role
from storage import alerts, assessments, deadlines, human_words, responses
from tests.api.office import WebOffice
from tests.factories import ANSWER, HOLDING, make_record

LETTER = make_record("2026-11-20T09:00", title="路灯不亮", body="北门路灯坏了。", section="市政科")


@pytest.fixture
def letter(office: WebOffice) -> WebOffice:
    """An office with one letter, case 1, in the hands of 市政科."""
    office.receive(LETTER)
    return office


def handler(office: WebOffice, login: str = "shizheng") -> TestClient:
    return office.signed_in(login, Role.HANDLER, section="市政科")


def hidden(page: str) -> dict[str, str]:
    """What every form of a page carries unseen."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def offered(page: str) -> set[str]:
    """The commands a page has forms for."""
    return set(re.findall(r'action="/(?:cases|incidents)/\d+/(\w+)"', page))


def send(browser: TestClient, path: str, command: str, **typed: str) -> Response:
    """Fill in a form of the page as it stands and press its button."""
    return browser.post(f"{path}/{command}", data={**hidden(browser.get(path).text), **typed})


def states(office: WebOffice, case_id: int = 1) -> list[str]:
    with office.database.read() as connection:
        return [row["state"] for row in deadlines.live(connection, case_id)]


def incident(office: WebOffice, *, seen: str = "2026-11-23T08:00") -> str:
    """The address of an incident suggested as II, first seen at eight."""
    actor = Actor(None, "triage", "系统", None)
    new = NewIncident(
        "柳河路水管爆裂",
        summary="柳河路一处供水管爆裂，路面积水。",
        instants=Instants(None, None, parse_instant(seen)),
        suggested_level=Level.II,
        reasons=("两小时内12条来文。",),
    )
    rules = load_incident_rules(rules_folder() / "incidents.yml")
    with office.database.write() as connection:
        opened = open_incident(connection, Act(actor, office.clock.now()), office.law, rules, new)
    return f"/incidents/{opened.case_id}"


def test_a_case_shows_its_words_its_clock_its_clause_and_its_trail(letter: WebOffice) -> None:
    page = handler(letter).get("/cases/1").text
    assert "北门路灯坏了。" in page
    assert "2026-11-27 周五 24:00" in page
    assert "要在5个工作日内作出首次回复" in page
    assert re.search(r'href="/deadlines/\d+">逐日计算', page)
    assert "<strong>登记</strong>" in page


def test_each_role_finds_the_forms_the_workflow_gives_it(letter: WebOffice) -> None:
    own = offered(handler(letter).get("/cases/1").text)
    assert {"acknowledge", "reply", "holding_reply", "send_back"} <= own
    assert not {"assign", "refer", "dismiss"} & own
    desk = offered(letter.signed_in("zhiban", Role.DUTY).get("/cases/1").text)
    assert {"assign", "refer", "acknowledge"} <= desk
    assert offered(letter.signed_in("guanli", Role.ADMIN).get("/cases/1").text) == set()


def test_signing_stops_no_clock_and_is_offered_once(letter: WebOffice) -> None:
    browser = handler(letter)
    assert send(browser, "/cases/1", "acknowledge").headers["location"] == "/cases/1?done=acknowledge"
    page = browser.get("/cases/1?done=acknowledge").text
    assert "已完成：签收。" in page
    assert "acknowledge" not in offered(page)
    assert states(letter) == ["running"]


def test_a_reply_stops_the_clock_and_says_with_how_much_to_spare(letter: WebOffice) -> None:
    browser = handler(letter)
    assert send(browser, "/cases/1", "reply", text=ANSWER).status_code == 303
    assert states(letter) == ["met"]
    page = browser.get("/cases/1").text
    assert "按时" in page
    assert "提前4天15小时" in page
    assert ANSWER in page


def test_a_text_that_only_acknowledges_receipt_is_refused_and_offered_as_a_holding_reply(
    letter: WebOffice,
) -> None:
    browser = handler(letter)
    answer = send(browser, "/cases/1", "reply", text=HOLDING)
    assert answer.status_code == 422
    assert "不是答复" in answer.text
    assert 'href="#act-holding_reply"' in answer.text
    assert answer.text.count(f">{HOLDING}</textarea>") == 2
    assert states(letter) == ["running"]
    again = browser.post("/cases/1/holding_reply", data={**hidden(answer.text), "text": HOLDING})
    assert again.status_code == 303
    assert states(letter) == ["running"]
    assert "<strong>告知收悉</strong>" in browser.get("/cases/1").text


def test_a_stale_page_is_told_what_happened_and_keeps_the_words(letter: WebOffice) -> None:
    browser = handler(letter)
    old = hidden(browser.get("/cases/1").text)
    send(letter.signed_in("zhiban", Role.DUTY), "/cases/1", "acknowledge")
    answer = browser.post("/cases/1/reply", data={**old, "text": ANSWER})
    assert answer.status_code == 409
    meanwhile = answer.text.split("打开页面之后有了这些变化")[1].split("</ol>")[0]
    assert "签收" in meanwhile
    assert "登记" not in meanwhile
    assert f">{ANSWER}</textarea>" in answer.text
    assert states(letter) == ["running"]
    assert browser.post("/cases/1/reply", data={**hidden(answer.text), "text": ANSWER}).status_code == 303


def test_words_are_kept_even_when_there_is_no_form_for_them_any_more(letter: WebOffice) -> None:
    browser = handler(letter)
    old = hidden(browser.get("/cases/1").text)
    send(letter.signed_in("zhiban", Role.DUTY), "/cases/1", "dismiss", reason="重复来信")
    answer = browser.post("/cases/1/reply", data={**old, "text": ANSWER})
    assert answer.status_code == 409
    assert "重复来信" in answer.text
    assert re.search(rf'id="kept"[^>]*>{ANSWER}</textarea>', answer.text)


def test_pressing_twice_is_one_reply(letter: WebOffice) -> None:
    browser = handler(letter)
    form = {**hidden(browser.get("/cases/1").text), "text": ANSWER}
    assert [browser.post("/cases/1/reply", data=form).status_code for _ in range(2)] == [303, 303]
    with letter.database.read() as connection:
        assert len(responses.standing(connection, 1)) == 1


@pytest.mark.parametrize("missing", ["csrf", "seq"])
def test_a_form_without_its_token_or_its_place_does_nothing(letter: WebOffice, missing: str) -> None:
    browser = handler(letter)
    form = {**hidden(browser.get("/cases/1").text), "text": ANSWER}
    del form[missing]
    assert browser.post("/cases/1/reply", data=form).status_code in {403, 422}
    assert states(letter) == ["running"]


def test_a_case_sent_back_leaves_the_inbox_and_waits_for_a_section(letter: WebOffice) -> None:
    browser = handler(letter)
    assert "路灯不亮" in browser.get("/inbox").text
    answer = send(browser, "/cases/1", "send_back", reason="属于供电单位")
    assert answer.headers["location"] == "/inbox"
    assert "没有待办的来文" in browser.get("/inbox").text
    desk = letter.signed_in("zhiban", Role.DUTY)
    assert "属于供电单位" in desk.get("/cases/1").text
    send(desk, "/cases/1", "assign", section="市政科")
    assert "路灯不亮" in browser.get("/inbox").text


def test_closing_and_reopening_begin_a_second_cycle(letter: WebOffice) -> None:
    desk = letter.signed_in("zhiban", Role.DUTY)
    send(desk, "/cases/1", "reply", text=ANSWER)
    assert send(desk, "/cases/1", "close", outcome="路灯已修复").status_code == 303
    assert send(desk, "/cases/1", "reopen", reason="来信人称又坏了").status_code == 303
    page = desk.get("/cases/1").text
    assert "第2轮" in page
    assert "路灯已修复" in page
    assert sorted(states(letter)) == ["met", "running"]


def test_calling_a_letter_a_simple_question_starts_its_clock(letter: WebOffice) -> None:
    browser = handler(letter)
    before = len(states(letter))
    assert send(browser, "/cases/1", "set_simple", is_simple="true", reason="只问时间").status_code == 303
    assert len(states(letter)) == before + 1
    assert "认定为简单问题；只问时间" in browser.get("/cases/1").text


def test_a_case_of_another_section_is_not_there(letter: WebOffice) -> None:
    other = letter.signed_in("shuiwu", Role.HANDLER, section="水务科")
    assert other.get("/cases/1").status_code == 404
    form = {"csrf": hidden(other.get("/inbox").text)["csrf"], "seq": "1", "text": ANSWER}
    assert other.post("/cases/1/reply", data=form).status_code == 404
    assert states(letter) == ["running"]


def test_citizens_words_stay_text_on_the_page_of_their_case(office: WebOffice) -> None:
    office.receive(make_record("2026-11-20T09:00", title="<b>急</b>", body="</p><script>alert(1)</script>"))
    page = office.signed_in("duban").get("/cases/1").text
    assert "<script>alert" not in page
    assert "</p><script>alert(1)" in unescape(page)


def _assess(office: WebOffice) -> None:
    row = assessments.AssessmentRow(
        message_id=1,
        revision=1,
        model="test",
        sentiment_raw=0.12,
        sentiment_log_odds=-2.0,
        sentiment_words=[("坏", -1.5)],
        unknown_share=0.0,
        polarity="unsure",
        kind="enquiry",
        is_simple=False,
        topic="照明",
        suggested_section="市政科",
        keywords=["路灯"],
        risk_level="low",
        risk_score=0.0,
        reasons={"sentiment": ["影响最大的词：“坏”(-1.5)。"], "kind": ["有“请问”。"]},
    )
    with office.database.write() as connection:
        assessments.save(connection, [row], office.clock.now())


def test_a_judgement_shows_its_reasons_and_is_corrected_beside_the_machines_word(letter: WebOffice) -> None:
    _assess(letter)
    browser = handler(letter)
    page = browser.get("/cases/1").text
    for words in ("未校准", "“坏”(-1.5)", "有“请问”。", "照明"):
        assert words in page
    answer = send(
        browser, "/cases/1", "correction", kind="complaint", polarity="unsure", topic="照明", section="市政科"
    )
    assert answer.status_code == 303
    page = browser.get("/cases/1").text
    assert page.count("人工更正</span>") == 1
    assert "更正“诉求类别”" in page
    with letter.database.read() as connection:
        assert assessments.effective(connection, [1])[1].corrected == {"kind"}


def test_a_confirmation_records_what_nobody_has_said_yet_and_no_answer_is_none(letter: WebOffice) -> None:
    _assess(letter)
    browser = handler(letter)
    form = {"kind": "enquiry", "polarity": "unsure", "topic": "照明", "section": "市政科", "confirm": "1"}
    for _ in range(2):
        assert send(browser, "/cases/1", "correction", **form).status_code == 303
    with letter.database.read() as connection:
        said = {one.field: (one.machine, one.value) for one in human_words.standing(connection, form)}
    assert said == {
        "kind": ("enquiry", "enquiry"),
        "topic": ("照明", "照明"),
        "section": ("市政科", "市政科"),
    }


def test_an_incident_says_what_happened_since_when_and_why_it_was_raised(office: WebOffice) -> None:
    path = incident(office)
    browser = office.signed_in("zhiban", Role.DUTY)
    page = browser.get(path).text
    for words in ("路面积水", "两小时内12条来文。", "建议II级", "由此起算", "还剩 4小时"):
        assert words in page
    assert {"acknowledge", "grade", "publish", "dismiss"} <= offered(page)
    assert browser.get(path.replace("incidents", "cases")).headers["location"] == path
    assert "柳河路水管爆裂" in browser.get("/incidents").text


def test_a_grade_is_previewed_without_being_given(office: WebOffice) -> None:
    path = incident(office)
    browser = office.signed_in("zhiban", Role.DUTY)
    form = {"level": "I", "first_seen_at": "2026-11-23T02:00", "reason": "影响大"}
    page = send(browser, path, "preview", **form).text
    assert "已经超期2小时" in page
    assert ">影响大</textarea>" in page
    assert "尚未定级" in browser.get(path).text
    assert send(browser, path, "grade", **form).status_code == 303
    page = browser.get(path).text
    assert "I级（特别重大）" in page
    assert "（起算后7小时）" in page


def test_confirming_the_instants_as_shown_starts_no_clock_anew(office: WebOffice) -> None:
    path = incident(office, seen="2026-11-23T08:00:00.619047")
    browser = office.signed_in("zhiban", Role.DUTY)
    with office.database.read() as connection:
        (before,) = deadlines.live(connection, 1)
    page = browser.get(path).text
    assert 'value="2026-11-23T08:00:00"' in page
    assert send(
        browser, path, "grade", level="II", first_seen_at="2026-11-23T08:00:00", reason="影响大"
    ).is_redirect
    with office.database.read() as connection:
        assert dict(before) in [dict(row) for row in deadlines.live(connection, 1)]


def test_a_publication_without_evidence_stops_nothing_and_keeps_what_was_typed(
    office: WebOffice, httpserver: HTTPServer
) -> None:
    path = incident(office)
    browser = office.signed_in("xuanchuan", Role.PRESS)
    httpserver.expect_request("/gone").respond_with_data("", status=404)
    for url in ("", httpserver.url_for("/gone")):
        typed = {"published_at": "2026-11-23T08:40", "url": url, "publisher": "滨江发布", "title": "情况通报"}
        answer = send(browser, path, "publish", **typed)
        assert answer.status_code == 422
        assert 'value="情况通报"' in answer.text
    assert states(office) == ["running"]


def test_a_publication_with_its_link_stops_the_clock_at_its_own_time(
    office: WebOffice, httpserver: HTTPServer
) -> None:
    path = incident(office)
    browser = office.signed_in("xuanchuan", Role.PRESS)
    httpserver.expect_request("/1").respond_with_data("<p>情况通报</p>", content_type="text/html")
    typed = {"published_at": "2026-11-23T08:40", "publisher": "滨江发布", "title": "情况通报"}
    assert send(browser, path, "publish", url=httpserver.url_for("/1"), **typed).status_code == 303
    page = browser.get(path).text
    assert "提前4小时20分" in page
    assert "已留存" in page


def test_an_uploaded_copy_above_a_megabyte_is_evidence_too(office: WebOffice) -> None:
    path = incident(office)
    browser = office.signed_in("xuanchuan", Role.PRESS)
    form = {**hidden(browser.get(path).text), "published_at": "2026-11-23T08:40"}
    file = ("通报.png", b"\x89PNG" + bytes(3_000_000), "image/png")
    assert browser.post(f"{path}/publish", data=form, files={"copy": file}).status_code == 303
    assert "met" in states(office)


def test_nobody_makes_the_server_fetch_a_link_who_may_not_record_it(
    office: WebOffice, httpserver: HTTPServer
) -> None:
    path = incident(office)
    browser = office.signed_in("duban", Role.MANAGER)
    form = {"published_at": "2026-11-23T08:40", "url": httpserver.url_for("/1")}
    assert send(browser, path, "publish", **form).status_code == 403
    assert httpserver.log == []


def test_what_is_no_incident_is_put_aside_with_a_reason(office: WebOffice) -> None:
    path = incident(office)
    browser = office.signed_in("zhiban", Role.DUTY)
    assert send(browser, path, "dismiss", reason=" ").status_code == 422
    assert states(office) == ["running"]
    assert send(browser, path, "dismiss", reason="同一施工的预告").status_code == 303
    assert states(office) == []
    assert "同一施工的预告" in browser.get(path).text


def test_an_open_alert_stands_above_the_desk_until_somebody_has_seen_it(letter: WebOffice) -> None:
    with letter.database.write() as connection:
        alerts.raise_once(
            connection,
            kind=AlertKind.MESSAGE_RISK,
            case_id=1,
            title="有人触电",
            reasons=["提到有人受伤。"],
            dedupe_key="risk/1",
            now=letter.clock.now(),
        )
    desk = letter.signed_in("zhiban", Role.DUTY)
    page = desk.get("/desk").text
    assert "有人触电" in page
    assert "提到有人受伤。" in page
    assert "有人触电" not in handler(letter).get("/desk").text
    assert desk.post("/alerts/1/acknowledge", data={"csrf": hidden(page)["csrf"]}).status_code == 303
    assert "有人触电" not in desk.get("/desk").text


def test_somebody_without_a_section_is_told_so_in_the_inbox(office: WebOffice) -> None:
    office.receive(make_record("2026-11-20T09:00", channel=Channel.LEADER_MAILBOX))
    page = office.signed_in("duban").get("/inbox").text
    assert "没有对应的科室" in page
    assert "路灯不亮" not in page


@pytest.mark.parametrize("command", ["grade", "publish", "preview", "acknowledge"])
def test_a_letter_is_not_handled_as_an_incident_nor_the_other_way_round(
    letter: WebOffice, command: str
) -> None:
    path = incident(letter)
    browser = letter.signed_in("zhiban", Role.DUTY)
    for shown, sent in (("/cases/1", "/incidents/1"), (path, path.replace("incidents", "cases"))):
        form = {**hidden(browser.get(shown).text), "level": "I", "first_seen_at": "2026-11-23T08:00"}
        assert browser.post(f"{sent}/{command}", data=form).status_code == 404
    form = hidden(browser.get("/cases/1").text)
    assert browser.post("/cases/1/grade", data={**form, "level": "I"}).status_code == 404


def test_a_command_that_pages_do_not_offer_is_not_there(letter: WebOffice) -> None:
    assert send(handler(letter), "/cases/1", "add_messages", reason="x").status_code == 404
