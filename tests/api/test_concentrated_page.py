"""集中问题 and 研判准确率: what they show, to whom, and what they say of nothing and of nonsense."""

from __future__ import annotations

from html import unescape

from core.vocabulary import Channel, Role
from storage import assessments, corrections, people
from storage.assessments import AssessmentRow
from tests.api.office import WebOffice
from tests.factories import make_record


def assessed(number: int, topic: str, kind: str = "complaint") -> AssessmentRow:
    return AssessmentRow(
        message_id=number, revision=1, model="m", sentiment_raw=0.5, sentiment_log_odds=0.0,
        sentiment_words=[], unknown_share=0.0, polarity="unsure", kind=kind, is_simple=False, topic=topic,
        suggested_section="", keywords=[], risk_level="low", risk_score=0.0, reasons={},
    )  # fmt: skip


def busy(office: WebOffice) -> None:
    """Twelve letters about water and two complaints to 12315."""
    letters = [make_record(f"2026-11-20T09:{n:02}", title=f"第{n}栋停水<b>") for n in range(12)]
    calls = [make_record("2026-11-20T10:00", channel=Channel.HOTLINE_12315, title="退卡难") for _ in range(2)]
    office.receive(*letters)
    office.receive(*calls)
    with office.database.write() as connection:
        rows = [assessed(n, "供水") for n in range(1, 13)] + [assessed(n, "预付消费") for n in (13, 14)]
        assessments.save(connection, rows, office.clock.now())


def test_a_problem_is_shown_with_its_messages_its_suggestion_and_its_clause(office: WebOffice) -> None:
    busy(office)
    page = unescape(office.signed_in("duban").get("/concentrated").text)
    for words in ("供水", "12</strong> 件，占 86%", "建议二次解读", "文件起草部门要开展二次解读", "任务10"):
        assert words in page
    assert page.count("栋停水&lt;b&gt;") + page.count("栋停水<b>") == 12
    assert 'href="/cases/12"' in page
    assert "<td>预付消费</td>" in page


def test_another_period_is_empty_and_nonsense_is_told_with_what_was_typed(office: WebOffice) -> None:
    busy(office)
    browser = office.signed_in("duban")
    assert "没有集中问题" in browser.get("/concentrated?from=2026-10-01&to=2026-10-31").text
    for given in (
        "from=昨天&to=2026-11-01",
        "from=2026-11-30&to=2026-11-01",
        "from=0001-01-01&to=2026-11-01",
    ):
        answer = browser.get(f"/concentrated?{given}")
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert 'value="2026-11-01"' in answer.text


def test_a_handler_sees_neither_page(office: WebOffice) -> None:
    browser = office.signed_in("wang", Role.HANDLER, section="市政科")
    assert browser.get("/concentrated").status_code == 403
    assert browser.get("/accuracy").status_code == 403


def test_accuracy_says_how_to_begin_and_then_counts(office: WebOffice) -> None:
    busy(office)
    browser = office.signed_in("duban")
    assert "还没有人更正或确认过研判" in browser.get("/accuracy").text
    with office.database.write() as connection:
        person = people.find(connection, "duban")
        assert person is not None
        for number, topic in ((1, "供水"), (2, "供电"), (3, "供水")):
            corrections.correct(connection, number, "topic", topic, person["id"], office.clock.now())
    page = browser.get("/accuracy").text
    assert "2026-11" in page
    assert "66.7%" in page
