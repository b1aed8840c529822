"""Messages by program: listed, shown, taken in masked, and corrected."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from core.vocabulary import Channel, MessageKind, Polarity, RiskLevel, Role, Scope
from storage import assessments, events, sections
from storage.assessments import AssessmentRow
from tests.api.office import WebOffice
from tests.factories import make_record, make_reply

MESSAGES = "/api/v1/messages"
PUSHED = {
    "channel": "hotline_12345",
    "source": "city_platform",
    "native_id": "W20261123001",
    "title": "路灯不亮",
    "body": "我叫张小明，电话13812345678，小区门口的路灯坏了一周。",
    "received_at": "2026-11-23T08:30:00+08:00",
    "author_name": "张小明",
    "author_key": "13812345678",
}


def _assess(office: WebOffice, message_id: int, risk: RiskLevel = RiskLevel.HIGH) -> None:
    row = AssessmentRow(
        message_id=message_id,
        revision=1,
        model="测试",
        sentiment_raw=0.1,
        sentiment_log_odds=-2.2,
        sentiment_words=[],
        unknown_share=0.0,
        polarity=Polarity.UNSURE.value,
        kind=MessageKind.COMPLAINT.value,
        is_simple=False,
        topic="市政设施",
        suggested_section="市政科",
        keywords=["路灯"],
        risk_level=risk.value,
        risk_score=0.9,
        reasons={"risk": ["提到人身安全。"]},
    )
    with office.database.write() as connection:
        assessments.save(connection, [row], office.clock.now())


def test_messages_come_page_by_page_the_newest_first(office: WebOffice) -> None:
    office.receive(*(make_record(f"2026-11-{day:02}T09:00", title=f"{day}日") for day in (9, 20, 16)))
    client = office.signed_in("duban")
    first = client.get(f"{MESSAGES}?limit=2").json()
    rest = client.get(MESSAGES, params={"limit": 2, "cursor": first["next"]}).json()
    assert [one["title"] for one in [*first["items"], *rest["items"]]] == ["20日", "16日", "9日"]
    assert (first["total"], rest["next"]) == (3, None)


def test_messages_received_at_the_same_instant_are_each_listed_once(office: WebOffice) -> None:
    office.receive(*(make_record("2026-11-20T09:00") for _ in range(5)))
    client = office.signed_in("duban")
    found, cursor = [], ""
    while cursor is not None:
        page = client.get(MESSAGES, params={"limit": 2, "cursor": cursor}).json()
        found += [one["message"] for one in page["items"]]
        cursor = page["next"]
    assert found == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=路灯", ["路灯不亮"]),
        ("q=100%", ["涨价100%"]),
        ("q=路灯|太贵&from=2026-11-19", ["路灯不亮"]),
        ("q=征&risk=high", ["征地"]),
        ("q=征&risk=low", []),
        ("channel=weibo", ["积水"]),
        ("channel=weibo&channel=petition", ["积水", "征地"]),
        ("from=2026-11-18&to=2026-11-18", ["涨价100%"]),
        ("section=市政科", ["路灯不亮"]),
        ("risk=high", ["征地"]),
        ("from=2026-11-19&to=2026-11-18", []),
    ],
)
def test_a_filter_leaves_what_it_says(office: WebOffice, query: str, expected: list[str]) -> None:
    office.receive(
        make_record("2026-11-20T09:00", title="路灯不亮", body="坏了。", section="市政科"),
        make_record("2026-11-19T09:00", title="积水", body="很深。", channel=Channel.WEIBO),
        make_record("2026-11-18T23:59", title="涨价100%", body="太贵。"),
        make_record("2026-11-17T09:00", title="征地", body="补偿。", channel=Channel.PETITION),
    )
    with office.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT id, title FROM messages").all()
    _assess(office, next(number for number, title in rows if title == "征地"))
    office.index()
    listed = office.signed_in("duban").get(f"{MESSAGES}?{query}").json()
    assert [one["title"] for one in listed["items"]] == expected
    assert listed["total"] == len(expected)


def test_a_message_tells_its_assessment_its_replies_and_its_case(office: WebOffice) -> None:
    office.receive(make_record("2026-11-20T09:00", replies=(make_reply(at="2026-11-20T15:00"),)))
    _assess(office, 1)
    one = office.signed_in("duban").get(f"{MESSAGES}/1").json()
    assert one["risk"] == {"level": "high", "score": 0.9, "reasons": ["提到人身安全。"]}
    assert one["sentiment"] == {"raw": 0.1, "label": "uncalibrated"}
    assert (one["assessment"]["topic"], one["assessment"]["corrected"]) == ("市政设施", [])
    assert [reply["at"] for reply in one["replies"]] == ["2026-11-20T15:00:00+08:00"]
    assert [clock["state"] for clock in one["dossier"]["deadlines"]] == ["met"]


def test_a_pushed_message_is_masked_and_its_clocks_run(office: WebOffice) -> None:
    program, headers = office.browser(), office.token(Scope.INTAKE)
    taken = program.post(MESSAGES, json=PUSHED, headers=headers)
    assert taken.status_code == 201
    assert taken.json() == {"message": 1, "outcome": "stored", "case": 1}
    shown = program.get(f"{MESSAGES}/1", headers=office.token(Scope.READ))
    assert "13812345678" not in shown.text
    assert "张小明" not in shown.text
    assert shown.json()["author"] == "张**"
    (clock,) = [one for one in shown.json()["dossier"]["deadlines"] if one["rule"] == "message.first_reply"]
    assert (clock["started_at"], clock["state"]) == ("2026-11-23T08:30:00+08:00", "running")
    assert program.get(MESSAGES, headers=headers).status_code == 403


def test_a_number_pushed_again_is_a_duplicate_or_a_revision(office: WebOffice) -> None:
    program, headers = office.browser(), office.token(Scope.INTAKE)
    program.post(MESSAGES, json=PUSHED, headers=headers)
    same = program.post(MESSAGES, json=PUSHED, headers=headers)
    assert (same.status_code, same.json()["outcome"]) == (200, "duplicate")
    newer = program.post(MESSAGES, json={**PUSHED, "body": "修好了又坏了。"}, headers=headers)
    assert (newer.status_code, newer.json()["outcome"]) == (200, "revised")
    shown = program.get(f"{MESSAGES}/1", headers=office.token(Scope.READ)).json()
    assert (shown["body"], shown["revision"]) == ("修好了又坏了。", 2)


def test_a_number_pushed_ten_times_at_once_is_one_message(office: WebOffice) -> None:
    program, headers = office.browser(), office.token(Scope.INTAKE)
    with ThreadPoolExecutor(10) as pool:
        sent = [pool.submit(program.post, MESSAGES, json=PUSHED, headers=headers) for _ in range(10)]
        outcomes = sorted(one.result().json()["outcome"] for one in sent)
    assert outcomes == ["duplicate"] * 9 + ["stored"]


def test_what_a_person_enters_stands_in_the_trail_under_their_name(office: WebOffice) -> None:
    with office.database.write() as connection:
        sections.ensure(connection, ["市政科"], office.clock.now())
    client = office.sender("zhiban", Role.DUTY)
    typed = {"channel": "petition", "body": "来访反映积水。", "section": "市政科"}
    taken = client.post(MESSAGES, json=typed).json()
    with office.database.read() as connection:
        first = events.of_stream(connection, taken["case"])[0]
    assert (first["actor_kind"], first["actor"]) == ("human", "张三")
    shown = client.get(f"{MESSAGES}/{taken['message']}").json()
    assert (shown["title"], shown["section"]) == ("来访反映积水。", "市政科")
    assert shown["received_at"] == "2026-11-23T09:00:00+08:00"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"received_at": "2026-11-23T09:00:01+08:00"}, "received_at"),
        ({"received_at": "0001-01-01"}, "received_at"),
        ({"received_at": "早上"}, "received_at"),
        ({"created_at": "2027-01-01T00:00+08:00"}, "created_at"),
        ({"section": "没有的科"}, "section"),
        ({"channel": "telegraph"}, "channel"),
        ({"body": "  \u200b "}, "body"),
        ({"body": "长" * 20_001}, "body"),
        ({"title": "a\x00"}, "title"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_a_message_that_cannot_be_used_is_refused_whole(
    office: WebOffice, change: dict[str, Any], field: str
) -> None:
    answer = office.browser().post(MESSAGES, json={**PUSHED, **change}, headers=office.token(Scope.INTAKE))
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    listed = office.browser().get(MESSAGES, headers=office.token(Scope.READ)).json()
    assert listed["total"] == 0


def test_only_the_desk_and_programs_with_the_scope_take_messages_in(office: WebOffice) -> None:
    assert office.browser().post(MESSAGES, json=PUSHED).status_code == 401
    handler = office.sender("chengban", Role.HANDLER, section="市政科").post(MESSAGES, json=PUSHED)
    assert (handler.status_code, handler.json()["code"]) == (403, "role.refused")
    reader = office.browser().post(MESSAGES, json=PUSHED, headers=office.token(Scope.READ))
    assert (reader.status_code, reader.json()["code"]) == (403, "token.scope")


def test_a_correction_stands_before_the_machine(office: WebOffice) -> None:
    office.receive(make_record("2026-11-20T09:00", section="市政科"))
    client = office.sender("chengban", Role.HANDLER, section="市政科")
    wish = {"field": "topic", "value": "道路照明"}
    early = client.post(f"{MESSAGES}/1/correct", json=wish)
    assert (early.status_code, early.json()["code"]) == (409, "message.not_assessed")
    _assess(office, 1)
    corrected = client.post(f"{MESSAGES}/1/correct", json=wish).json()["assessment"]
    assert (corrected["topic"], corrected["corrected"]) == ("道路照明", ["topic"])
    assert client.get(f"{MESSAGES}/1").json()["topic"] == "道路照明"
    wrong = client.post(f"{MESSAGES}/1/correct", json={"field": "kind", "value": "poem"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "value")


def test_a_handler_sees_only_messages_of_the_own_section(office: WebOffice) -> None:
    office.receive(
        make_record("2026-11-20T09:00", section="房管科"),
        make_record("2026-11-20T09:00", section="市政科", title="归市政"),
        make_record("2026-11-20T09:00", section="市政科", channel=Channel.WEIBO),
    )
    client = office.sender("chengban", Role.HANDLER, section="市政科")
    assert [one["title"] for one in client.get(MESSAGES).json()["items"]] == ["归市政"]
    assert client.get(f"{MESSAGES}?section=房管科").json()["total"] == 0
    foreign = client.get(f"{MESSAGES}/1")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "message.not_found")
    wish = {"field": "topic", "value": "别的"}
    assert client.post(f"{MESSAGES}/1/correct", json=wish).status_code == 404


def test_the_pages_of_what_was_found_hold_each_message_once(office: WebOffice) -> None:
    office.receive(*(make_record("2026-11-20T09:00") for _ in range(5)))
    office.index()
    client = office.signed_in("duban")
    found, cursor = [], ""
    while cursor is not None:
        answer = client.get(MESSAGES, params={"q": "路灯", "limit": 2, "cursor": cursor}).json()
        found += [one["message"] for one in answer["items"]]
        cursor = answer["next"]
    assert (found, answer["total"], answer["behind"]) == ([5, 4, 3, 2, 1], 5, 0)


def test_a_handler_finds_only_what_the_own_section_has(office: WebOffice) -> None:
    office.receive(make_record(section="市政科"), make_record(section="水务科"))
    office.index()
    client = office.signed_in("li", Role.HANDLER, section="市政科")
    answer = client.get(MESSAGES, params={"q": "路灯"}).json()
    assert [one["section"] for one in answer["items"]] == ["市政科"] * answer["total"]


def test_a_search_says_how_far_the_index_is_behind(office: WebOffice) -> None:
    office.receive(make_record())
    office.index()
    office.receive(make_record())
    answer = office.signed_in("duban").get(MESSAGES, params={"q": "路灯"}).json()
    assert (answer["total"], answer["behind"]) == (1, 1)


def test_a_search_without_an_index_is_refused_with_what_to_do(office: WebOffice) -> None:
    answer = office.signed_in("duban").get(MESSAGES, params={"q": "路灯"})
    assert (answer.status_code, answer.json()["code"]) == (503, "search.missing")
    assert "huiying index rebuild" in answer.json()["mend"]
