"""Alerts on pages: one line a matter, seen or dismissed with a reason, and an incident opened from one."""

from __future__ import annotations

import re

import pytest

from alerts.actors import program
from alerts.attention import carry_out
from alerts.incident_rules import load_incident_rules
from alerts.steps import Act
from alerts.triage import Decision, Step
from core.rulebook import rules_folder
from core.vocabulary import Level, Role
from storage import alerts, deadlines, incidents
from tests.api.forms import hidden
from tests.api.office import WebOffice
from tests.factories import make_record


@pytest.fixture
def risky(office: WebOffice) -> WebOffice:
    """One letter raised an alert (1); a grave incident (2, case 4) grew twice (3, told anew)."""
    office.receive(
        *(make_record(f"2026-11-20T0{n}:00", title=f"来信{n}", section="市政科") for n in (7, 8, 9))
    )
    decide(office, Step.RAISE_ALERT, "risk", "有人扬言自伤", (1,))
    decide(office, Step.OPEN_INCIDENT, "open", "柳河路水管爆裂", (2,), level=Level.II)
    decide(office, Step.JOIN_INCIDENT, "grow-1", "柳河路水管爆裂：又有1条", (3,), case_id=4)
    decide(office, Step.JOIN_INCIDENT, "grow-2", "柳河路水管爆裂：又有2条", (1,), case_id=4)
    return office


def decide(
    office: WebOffice,
    step: Step,
    key: str,
    title: str,
    messages: tuple[int, ...],
    *,
    level: Level | None = None,
    case_id: int | None = None,
) -> None:
    rules = load_incident_rules(rules_folder() / "incidents.yml")
    decision = Decision(step, key, title, (f"理由{key}。",), messages, case_id, level)
    office.clock.advance(seconds=1)
    with office.database.write() as connection:
        carry_out(connection, decision, Act(program("triage"), office.clock.now()), office.law, rules)


def strip(page: str) -> list[str]:
    """Title of each line of the strip."""
    return re.findall(r"<strong>([^<]+)</strong>", page.split('data-part="alerts"')[1].split("</ul>")[0])


def seen(page: str, alert: int) -> dict[str, str]:
    """The form of one line that says it was seen."""
    return hidden(page.split(f'action="/alerts/{alert}/acknowledge"')[1].split("</form>")[0])


def states(office: WebOffice) -> list[str]:
    with office.database.read() as connection:
        return [row["state"] for row in reversed(alerts.listed(connection))]


def test_a_matter_that_grew_is_one_line_and_seen_once(risky: WebOffice) -> None:
    browser = risky.signed_in("zhiban", Role.DUTY)
    page = browser.get("/desk").text
    assert strip(page) == ["柳河路水管爆裂", "有人扬言自伤"]
    assert "其后又有扩大" in page
    assert "data-grave='[4]'" in page
    assert 'href="/incidents/4"' in page
    answer = browser.post("/alerts/3/acknowledge", data=seen(page, 3))
    assert answer.status_code == 303
    assert states(risky) == ["open", "acknowledged", "acknowledged"]
    assert strip(browser.get("/desk").text) == ["有人扬言自伤"]


def test_what_came_after_the_page_was_made_is_not_seen_with_it(risky: WebOffice) -> None:
    browser = risky.signed_in("zhiban", Role.DUTY)
    form = seen(browser.get("/desk").text, 3)
    decide(risky, Step.JOIN_INCIDENT, "grow-3", "柳河路水管爆裂：又有3条", (2,), case_id=4)
    browser.post("/alerts/3/acknowledge", data=form)
    assert states(risky)[-1] == "open"
    browser.post("/alerts/3/acknowledge", data=seen(browser.get("/desk").text, 3))
    assert states(risky)[-1] == "acknowledged"


def test_an_alert_is_dismissed_with_a_reason_that_is_kept(risky: WebOffice) -> None:
    browser = risky.signed_in("xuanchuan", Role.PRESS)
    form = hidden(browser.get("/alerts").text)
    refused = browser.post("/alerts/1/dismiss", data={**form, "reason": "  "})
    assert refused.status_code == 422
    assert "没有填写排除理由" in refused.text
    assert states(risky)[0] == "open"
    assert browser.post("/alerts/1/dismiss", data={**form, "reason": "引自小说"}).status_code == 303
    assert states(risky)[0] == "dismissed"
    assert "引自小说" in browser.get("/alerts?all=1").text


def test_an_alert_settled_by_another_is_not_dismissed_again(risky: WebOffice) -> None:
    browser = risky.signed_in("xuanchuan", Role.PRESS)
    form = hidden(browser.get("/alerts").text)
    other = risky.signed_in("zhiban", Role.DUTY)
    other.post("/alerts/1/acknowledge", data=seen(other.get("/desk").text, 1))
    refused = browser.post("/alerts/1/dismiss", data={**form, "reason": "引自小说"})
    assert refused.status_code == 409
    assert "处理过这条告警" in refused.text
    assert "引自小说" in refused.text


@pytest.mark.parametrize("path", ["/alerts", "/incidents/new"])
def test_a_section_has_no_page_of_alerts(risky: WebOffice, path: str) -> None:
    assert risky.signed_in("shizheng", Role.HANDLER, section="市政科").get(path).status_code == 403


def test_an_incident_is_opened_from_an_alert_and_its_clock_starts(risky: WebOffice) -> None:
    browser = risky.signed_in("zhiban", Role.DUTY)
    page = browser.get("/incidents/new?alert=1").text
    assert 'value="有人扬言自伤"' in page
    assert "来信7" in page
    form = {**hidden(page), "title": "有人扬言自伤", "level": "II", "messages": "1", "reasons": "人身安全。"}
    opened = browser.post("/incidents/new", data=form)
    assert opened.headers["location"] == "/incidents/5?done=open"
    assert browser.post("/incidents/new", data=form).headers["location"] == "/incidents/5?done=open"
    with risky.database.read() as connection:
        assert incidents.get(connection, 5)["suggested_level"] == "II"
        assert [row["rule_key"] for row in deadlines.live(connection, 5)] == ["incident.first_response"]
    assert states(risky)[0] == "acknowledged"
    assert "已完成：立项。" in browser.get("/incidents/5?done=open").text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"title": ""}, "没有填写事件标题"),
        ({"title": "水管爆裂", "messages": "1 甲"}, "信息编号不对"),
        ({"title": "水管爆裂", "messages": "99"}, "没有编号为 99 的信息"),
        ({"title": "水管爆裂", "occurred_at": "2026-11-23T08:00"}, "没有填写首次发现时间"),
        ({"title": "水管爆裂", "first_seen_at": "2026-11-24T08:00"}, "还没有到"),
    ],
)
def test_an_incident_that_cannot_be_opened_keeps_what_was_typed(
    office: WebOffice, typed: dict[str, str], words: str
) -> None:
    browser = office.signed_in("zhiban", Role.DUTY)
    form = {**hidden(browser.get("/incidents/new").text), "summary": "柳河路积水。", **typed}
    refused = browser.post("/incidents/new", data=form)
    assert refused.status_code == 422
    assert words in refused.text
    assert "柳河路积水。" in refused.text
    with office.database.read() as connection:
        assert incidents.listed(connection) == []


def test_a_letter_leads_to_an_incident_of_its_own(office: WebOffice) -> None:
    office.receive(make_record("2026-11-20T09:00", title="路灯不亮", section="市政科"))
    browser = office.signed_in("zhiban", Role.DUTY)
    assert "来文" in browser.get("/cases/1").text
    page = browser.get("/incidents/new?message=1").text
    assert "路灯不亮" in page
    assert 'name="messages" value="1"' in page
