"""监测主题: set on the page, tried before, looked at by the loop, told to the people it names."""

from __future__ import annotations

import pytest

from alerts.watches import look
from core.vocabulary import Role
from storage import alerts, tables, watches
from storage.search.matching import matches
from storage.search.query import parse
from tests.api.forms import hidden
from tests.api.office import WebOffice
from tests.factories import make_record

FORM = {"name": "停水", "must": "停水", "any_of": "杏林街 柳河路", "exclude": "演习", "threshold": "2"}
RULE = {"window_hours": "24", "quiet_hours": "4"}


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("杏林街停水两天", True),
        ("柳河路停水", True),
        ("停水两天", False),
        ("杏林街停水演习", False),
        ("杏林街停電", False),
        ("杏林街　停水", True),
    ],
)
def test_a_text_is_matched_as_the_index_would(text: str, *, is_found: bool) -> None:
    assert matches(parse('"停水" "杏林街"|"柳河路" -"演习"'), "", text) is is_found


def test_the_bodys_and_the_titles_words_count_together() -> None:
    assert matches(parse('"停水" "杏林街"'), "停水了", "在杏林街")


def raised(office: WebOffice) -> list[str]:
    with office.database.read() as connection:
        return [row["title"] for row in alerts.listed(connection) if row["kind"] == "watch_hit"]


def told(office: WebOffice) -> list[int]:
    with office.database.read() as connection:
        rows = connection.execute(tables.notices.select()).mappings()
        return [row["person_id"] for row in rows if row["kind"] == "watch_hit"]


def tell(office: WebOffice, *titles: str, minutes: int = 1) -> int:
    """Let letters come in and the loop look; how many alerts."""
    office.clock.advance(minutes=minutes)
    at = f"{office.clock.now():%Y-%m-%dT%H:%M}+00:00"
    office.receive(*(make_record(at, title=title, body="") for title in titles))
    return look(office.database, office.clock.now())


def test_a_topic_is_tried_kept_and_alerts_the_people_it_names(office: WebOffice) -> None:
    browser = office.signed_in("xuanchuan", Role.PRESS)
    duty = office.person("zhiban", Role.DUTY)
    tell(office, "杏林街停水", "柳河路停水", "杏林街停水演习")
    form = hidden(browser.get("/watches?q=停水").text) | FORM | RULE | {"recipients": str(duty)}
    tried = browser.post("/watches", data=form | {"try": "1"})
    assert "符合的来文 <strong>2</strong> 条，会告警 <strong>1</strong> 次" in tried.text
    assert "还没有监测主题" in tried.text
    assert browser.post("/watches", data=form).status_code == 303

    # What was there before is not news; the second new one is.
    assert tell(office, "杏林街停水第二天") == 0
    assert tell(office, "柳河路停水第二天") == 1
    assert look(office.database, office.clock.now()) == 0
    assert raised(office) == ["停水：2条新来文"]
    assert told(office) == [duty]
    assert "停水：2条新来文" in browser.get("/alerts").text

    # Then it keeps quiet for its hours, and tells of what came meanwhile.
    assert tell(office, "杏林街停水三", "杏林街停水四") == 0
    assert tell(office, minutes=4 * 60) == 1


def test_a_topic_that_is_off_looks_at_nothing_and_not_at_it_later(office: WebOffice) -> None:
    browser = office.signed_in("xuanchuan", Role.PRESS)
    form = hidden(browser.get("/watches").text) | FORM | RULE | {"recipients": "1", "threshold": "1"}
    browser.post("/watches", data=form)
    csrf = {"csrf": form["csrf"]}
    browser.post("/watches/1/switch", data=csrf | {"on": "false"})
    assert tell(office, "杏林街停水") == 0
    browser.post("/watches/1/switch", data=csrf | {"on": "true"})
    assert tell(office) == 0
    assert tell(office, "柳河路停水") == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "没有名称"),
        ({"must": "", "any_of": ""}, "没有写要监测的词"),
        ({"must": "，", "any_of": ""}, "没有写要监测的词"),
        ({"recipients": ""}, "没有选择通知谁"),
        ({"threshold": "0"}, "条数或小时数不对"),
        ({"threshold": "几条"}, "要写整数"),
        ({"channels": "pigeon"}, "没有这种渠道"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    office: WebOffice, wrong: dict[str, str], said: str
) -> None:
    browser = office.signed_in("xuanchuan", Role.PRESS)
    given = hidden(browser.get("/watches").text) | FORM | RULE | {"recipients": "1"} | wrong
    answer = browser.post("/watches", data=given)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="演习"' in answer.text
    with office.database.read() as connection:
        assert watches.listed(connection) == []


def test_two_topics_cannot_have_one_name_and_one_is_changed_by_its_number(office: WebOffice) -> None:
    browser = office.signed_in("xuanchuan", Role.PRESS)
    form = hidden(browser.get("/watches").text) | FORM | RULE | {"recipients": "1"}
    browser.post("/watches", data=form)
    assert browser.post("/watches", data=form).status_code == 409
    edited = hidden(browser.get("/watches?edit=1").text) | FORM | RULE | {"recipients": "1", "must": "断水"}
    assert browser.post("/watches", data=edited).status_code == 303
    with office.database.read() as connection:
        (row,) = watches.listed(connection)
    assert row["must"] == ["断水"]


def test_duty_reads_the_topics_and_sets_none(office: WebOffice) -> None:
    office.person("xuanchuan", Role.PRESS)
    browser = office.signed_in("zhiban", Role.DUTY)
    page = browser.get("/watches").text
    assert "先试算" not in page
    csrf = hidden(browser.get("/account").text)["csrf"]
    answer = browser.post("/watches", data={"csrf": csrf, **FORM, **RULE, "recipients": "1"})
    assert answer.status_code == 403
