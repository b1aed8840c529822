"""What goes wrong in an office, one test each: a clear Chinese answer, and nothing half-done."""

from __future__ import annotations

import re
import threading
from html import unescape

import pytest
from fastapi.testclient import TestClient
from pytest_httpserver import HTTPServer

from api.security.sign_in import TRIES, WINDOW
from core.vocabulary import Role
from storage import acknowledgements, deadlines, responses
from tests.api.forms import hidden
from tests.api.office import PASSWORD, WebOffice
from tests.factories import ANSWER, make_record


@pytest.fixture
def letter(office: WebOffice) -> WebOffice:
    """An office with one letter, case 1, in the hands of 市政科."""
    office.receive(make_record("2026-11-20T09:00", title="路灯不亮", section="市政科"))
    return office


def handler(office: WebOffice) -> TestClient:
    return office.signed_in("shizheng", Role.HANDLER, section="市政科")


def states(office: WebOffice, case_id: int = 1) -> list[str]:
    with office.database.read() as connection:
        return [row["state"] for row in deadlines.live(connection, case_id)]


def test_a_wrong_password_ten_times_waits_and_says_how_long(office: WebOffice) -> None:
    office.person("zhiban", Role.DUTY)
    browser = office.browser()
    wrong = {"login": "zhiban", "password": "wrong wrong"}
    assert [browser.post("/sign-in", data=wrong).status_code for _ in range(TRIES)] == [401] * TRIES
    refused = browser.post("/sign-in", data={"login": "zhiban", "password": PASSWORD})
    assert refused.status_code == 429
    assert "密码输错次数过多，暂时不能登录。请在15分钟后再试" in refused.text
    assert int(refused.headers["retry-after"]) <= WINDOW.total_seconds()
    office.clock.advance(minutes=15, seconds=1)
    assert browser.post("/sign-in", data={"login": "zhiban", "password": PASSWORD}).status_code == 303


def test_a_session_that_ends_in_the_middle_of_a_form_loses_no_word(letter: WebOffice) -> None:
    browser = handler(letter)
    form = {**hidden(browser.get("/cases/1").text), "text": ANSWER, "org": "滨江局市政科"}
    letter.clock.advance(hours=13)
    answer = browser.post("/cases/1/reply", data=form)
    assert answer.status_code == 401
    assert "登录已失效" in answer.text
    assert ANSWER in answer.text
    assert form["csrf"] not in answer.text
    assert states(letter) == ["running"]
    way_in = {**hidden(answer.text), "login": "shizheng"}
    wrong = browser.post("/sign-in", data={**way_in, "password": "wrong wrong"})
    assert wrong.status_code == 401
    assert ANSWER in wrong.text
    back = browser.post("/sign-in", data={**hidden(wrong.text), "login": "shizheng", "password": PASSWORD})
    assert back.status_code == 200
    assert "还没有提交" in back.text
    assert states(letter) == ["running"]
    action = re.search(r'action="(/cases/[^"]+)"', back.text)
    assert action is not None
    sent = browser.post(action[1], data=hidden(back.text))
    assert sent.headers["location"] == "/cases/1?done=reply"
    assert states(letter) == ["met"]
    with letter.database.read() as connection:
        (said,) = responses.standing(connection, 1)
    assert (said["text"], said["org"]) == (ANSWER, "滨江局市政科")


def test_a_password_typed_into_a_form_is_not_kept(office: WebOffice) -> None:
    browser = office.signed_in("duban")
    form = {
        **hidden(browser.get("/account").text),
        "old_password": PASSWORD,
        "new_password": "a new secret 9",
    }
    office.clock.advance(hours=13)
    answer = browser.post("/account/password", data=form)
    assert "a new secret 9" not in answer.text
    assert PASSWORD not in answer.text


@pytest.mark.parametrize(
    "kept",
    [
        "{",
        '{"path": "//evil.example/", "page": "/desk", "fields": [["text", "x"]], "has_file": false}',
        '{"path": "/cases/1/reply", "page": "/desk", "fields": [["csrf", "x"]], "has_file": false}',
    ],
)
def test_what_was_not_kept_by_us_is_not_offered(letter: WebOffice, kept: str) -> None:
    letter.person("zhiban", Role.DUTY)
    form = {"login": "zhiban", "password": PASSWORD, "kept": kept}
    assert letter.browser().post("/sign-in", data=form).status_code == 303


def test_of_two_who_sign_at_the_same_moment_one_is_first_and_both_are_written(letter: WebOffice) -> None:
    browsers = [letter.signed_in(login, Role.DUTY) for login in ("zhiban", "daiban")]
    forms = [hidden(browser.get("/cases/1").text) for browser in browsers]
    gate = threading.Barrier(2)
    answers: list[int] = []

    def sign(browser: TestClient, form: dict[str, str]) -> None:
        gate.wait()
        answers.append(browser.post("/cases/1/acknowledge", data=form).status_code)

    threads = [threading.Thread(target=sign, args=pair) for pair in zip(browsers, forms, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303, 303]
    with letter.database.read() as connection:
        signed = acknowledgements.of_cycle(connection, 1, 1)
    assert [row["is_first"] for row in signed] == [True, False]
    trail = browsers[0].get("/cases/1").text
    assert trail.count("<strong>签收</strong>") == 2
    assert "已先签收" in trail
    assert states(letter) == ["running"]


def test_a_stale_page_cannot_act_on_a_closed_case(letter: WebOffice) -> None:
    browser = handler(letter)
    old = hidden(browser.get("/cases/1").text)
    browser.post("/cases/1/reply", data={**old, "text": ANSWER})
    fresh = hidden(browser.get("/cases/1").text)
    assert browser.post("/cases/1/close", data={**fresh, "outcome": "已修复"}).status_code == 303
    other = {**old, "key": "another"}
    refused = browser.post("/cases/1/send_back", data={**other, "reason": "属于供电单位"})
    assert refused.status_code == 409
    assert "办结" in unescape(refused.text)
    assert "属于供电单位" in refused.text
    assert states(letter) == ["met"]


def test_a_back_dated_reply_without_evidence_stops_nothing(letter: WebOffice) -> None:
    browser = handler(letter)
    letter.clock.advance(days=10)
    browser = letter.browser()
    browser.post("/sign-in", data={"login": "shizheng", "password": PASSWORD})
    form = {**hidden(browser.get("/cases/1").text), "text": ANSWER, "replied_at": "2026-11-24T09:00"}
    refused = browser.post("/cases/1/reply", data=form)
    assert refused.status_code == 422
    assert "须附凭证" in refused.text
    assert ANSWER in refused.text
    assert states(letter) == ["running"]


def test_a_link_that_does_not_answer_stops_nothing_and_keeps_the_form(
    office: WebOffice, httpserver: HTTPServer
) -> None:
    press = office.signed_in("xuanchuan", Role.PRESS)
    form = {**hidden(press.get("/incidents/new").text), "title": "柳河路水管爆裂", "level": "II"}
    path = press.post("/incidents/new", data=form).headers["location"].partition("?")[0]
    office.clock.advance(hours=1)
    httpserver.expect_request("/gone").respond_with_data("", status=503)
    closed = httpserver.url_for("/gone").replace(str(httpserver.port), "9")
    for link in (httpserver.url_for("/gone"), closed):
        statement = {
            **hidden(press.get(path).text),
            "published_at": "2026-11-23T09:30",
            "url": link,
            "publisher": "滨江发布",
            "title": "情况通报",
        }
        refused = press.post(f"{path}/publish", data=statement)
        assert refused.status_code == 422, link
        assert "链接" in refused.text
        assert 'value="滨江发布"' in refused.text
    assert set(states(office, 1)) == {"running"}


def test_a_body_of_50_megabytes_is_refused_in_chinese(letter: WebOffice) -> None:
    browser = handler(letter)
    form = hidden(browser.get("/cases/1").text)
    refused = browser.post(
        "/cases/1/reply",
        data={**form, "text": ANSWER},
        files={"copy": ("a.pdf", b"%PDF" + b"0" * 50_000_000)},
    )
    assert refused.status_code == 413
    assert "提交的内容超过上限。请减小后再提交。" in refused.text
    assert states(letter) == ["running"]


def test_a_replayed_key_gives_the_first_answer_and_changes_nothing(letter: WebOffice) -> None:
    sender = letter.sender("xuanchuan", Role.PRESS)
    sender.headers["Idempotency-Key"] = "the-same"
    first = sender.post("/api/v1/cases/1/reply", json={"text": ANSWER})
    second = sender.post("/api/v1/cases/1/reply", json={"text": ANSWER})
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    other = sender.post("/api/v1/cases/1/reply", json={"text": f"{ANSWER}再补一句。"})
    assert other.status_code == 409
    assert "幂等键" in other.json()["detail"]
    with letter.database.read() as connection:
        assert len(responses.standing(connection, 1)) == 1
