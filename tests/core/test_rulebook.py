"""The rulebook: versions by day, channels, and what makes a rule file untrustworthy."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core.errors import NotFound, RuleError
from core.rulebook import Rulebook, load_rulebook, rules_folder
from core.vocabulary import Channel, ClockStart, ClockStop, Level, LimitUnit, MessageKind, Trust


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(rules_folder())


@pytest.mark.parametrize(
    ("on", "version", "amount", "unit"),
    [
        pytest.param("2019-06-01", "2020-01-01", 45, LimitUnit.WORKING_DAY, id="history before the first"),
        pytest.param("2026-04-14", "2020-01-01", 45, LimitUnit.WORKING_DAY, id="last day of the old rule"),
        pytest.param("2026-04-15", "2026-04-15", 60, LimitUnit.CALENDAR_DAY, id="first day of the new rule"),
        pytest.param("2030-01-01", "2026-04-15", 60, LimitUnit.CALENDAR_DAY, id="long after"),
    ],
)
def test_the_day_chooses_the_version(
    book: Rulebook, on: str, version: str, amount: int, unit: LimitUnit
) -> None:
    rule = book.rule("consumer.mediate", date.fromisoformat(on))
    assert (rule.version, rule.limit.amount, rule.limit.unit) == (version, amount, unit)


def test_a_rule_carries_all_that_a_page_shows(book: Rulebook) -> None:
    rule = book.rule("incident.first_response", date(2026, 2, 16))
    assert rule.applies_to.levels == {Level.I, Level.II}
    assert (rule.starts, rule.stops) == (ClockStart.EARLIEST_KNOWN, ClockStop.STATEMENT_PUBLISHED)
    assert not rule.pausable
    assert rule.citation.trust is Trust.SEED
    assert rule.citation.number == "沪府办〔2020〕20号"
    assert rule.citation.quote == "在5個小時內作出首次回應"
    assert rule.citation.reading == "在5个小时内作出首次回应"


def test_an_extension_and_a_backwards_limit_are_read(book: Rulebook) -> None:
    extension = book.rule("foi.answer", date(2026, 1, 1)).extension
    assert extension is not None
    assert (extension.amount, extension.unit) == (20, LimitUnit.WORKING_DAY)
    assert book.rule("openday.file", date(2026, 1, 1)).limit.backwards
    assert book.rule("hotline.order_limit", date(2026, 1, 1)).limit.amount is None
    assert book.rule("report.verify", date(2026, 1, 1)).applies_to.message_kinds == {MessageKind.TIP_OFF}


@pytest.mark.parametrize(
    ("channel", "keys"),
    [
        (Channel.LEADER_MAILBOX, {"message.first_reply", "message.simple_answer"}),
        (Channel.MESSAGE_BOARD, {"message.first_reply", "message.simple_answer"}),
        (Channel.PEOPLES_ADVICE, {"message.first_reply", "message.simple_answer"}),
        (Channel.HOTLINE_12345, {"message.first_reply", "message.simple_answer", "hotline.order_limit"}),
        (Channel.PETITION, {"petition.inform", "petition.finish", "message.first_reply"}),
        (Channel.HOTLINE_12315, {"consumer.accept", "consumer.mediate", "report.verify"}),
        (Channel.FOI, {"foi.register", "foi.answer"}),
        (Channel.RATING, set()),
        (Channel.WEIBO, set()),
        (Channel.MEDIA, set()),
    ],
)
def test_a_channel_starts_the_clocks_of_the_contract(
    book: Rulebook, channel: Channel, keys: set[str]
) -> None:
    found = book.for_channel(channel)
    assert len(found) == len(set(found))
    assert set(found) == keys


def test_a_version_is_found_by_its_name_or_not_at_all(book: Rulebook) -> None:
    found = book.find("consumer.mediate", "2020-01-01")
    assert found is not None
    assert found.in_force_to == date(2026, 4, 14)
    assert book.find("consumer.mediate", "2020-01-02") is None
    assert book.find("no.rule", "2020-01-01") is None


def test_an_unknown_key_is_answered_with_the_nearest_ones(book: Rulebook) -> None:
    with pytest.raises(NotFound) as caught:
        book.rule("foi.answers", date(2026, 1, 1))
    assert "foi.answer" in caught.value.mend
    with pytest.raises(NotFound) as caught:
        book.rule("完全不同", date(2026, 1, 1))
    assert "可用的规则" in caught.value.mend


GOOD = """
document: {title: 某办法, number: 某发〔2030〕1号}
rules:
  - key: test.rule
    label: 试验
    applies_to: {kind: message, channels: [leader_mailbox]}
    clock: {starts: received, stops: substantive_reply}
    limit: {amount: 5, unit: working_day}
    pausable: false
    citation: {section: 一, quote: 五日内答复, trust: seed, text: text.txt}
    interpretation: ""
    in_force: {from: 2030-01-01, to: 2030-12-31}
    checked_on: 2030-01-01
    examples: [{from: 2030-01-02T09:00+08:00, due: 2030-01-09, why: 一周}]
"""


def load(folder: Path, *files: str) -> Rulebook:
    """A rules folder with these deadline files and one text."""
    (folder / "deadlines").mkdir(exist_ok=True)
    (folder / "texts").mkdir(exist_ok=True)
    (folder / "texts" / "text.txt").write_text("某办法\n\n应在五日内答复。\n", encoding="utf-8")
    for n, text in enumerate(files):
        (folder / "deadlines" / f"file-{n}.yml").write_text(text, encoding="utf-8")
    return load_rulebook(folder)


def test_a_rule_that_is_no_longer_in_force_is_refused(tmp_path: Path) -> None:
    book = load(tmp_path, GOOD)
    assert book.rule("test.rule", date(2030, 12, 31)).version == "2030-01-01"
    with pytest.raises(NotFound, match="失效"):
        book.rule("test.rule", date(2031, 1, 1))


def test_a_rule_that_is_switched_off_starts_no_clock_by_itself(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD).for_channel(Channel.LEADER_MAILBOX) == ("test.rule",)
    book = load(tmp_path, GOOD + "    enabled: false\n")
    assert book.for_channel(Channel.LEADER_MAILBOX) == ()
    assert book.rule("test.rule", date(2030, 6, 1)).enabled is False


FORCE = "from: 2030-01-01, to: 2030-12-31"
CITATION = "    citation: {section: 一, quote: 五日内答复, trust: seed, text: text.txt}\n"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        pytest.param(CITATION, "", "缺少 rules.0.citation", id="no citation"),
        pytest.param("unit: working_day", "unit: fortnight", "允许的范围", id="unknown unit"),
        pytest.param("amount: 5", "amount: 0", "值不对", id="no length"),
        pytest.param("amount: 5, ", "", "缺少 rules.0.limit.amount", id="amount left out"),
        pytest.param("pausable: false", "pausable: false\n    pause: 1", "不认识的项", id="unknown key"),
        pytest.param("label: 试验", "label: 试验\n    label: 试", "重复写了 label", id="repeated key"),
        pytest.param("quote: 五日内答复", "quote: 六日内答复", "没有引文", id="quote not in its text"),
        pytest.param("text: text.txt", "text: none.txt", "不存在", id="text missing"),
        pytest.param(", text: text.txt", "", "没有写明原文文件", id="seed without a text"),
        pytest.param("to: 2030-12-31", "to: 2029-12-31", "颠倒", id="in force backwards"),
        pytest.param("examples: [{", "examples: []\n#", "没有例子", id="no example"),
        pytest.param("due: 2030-01-09, ", "", "due 或 due_at", id="example without a result"),
        pytest.param("09:00+08:00", "09:00", "值不对", id="naive example"),
        pytest.param(
            "unit: working_day", "unit: hour, direction: backwards", "只能按工作日", id="hours backwards"
        ),
        pytest.param("key: test.rule", "key: Test", "值不对", id="key of another form"),
    ],
)
def test_a_rule_that_cannot_be_trusted_is_refused(tmp_path: Path, old: str, new: str, reason: str) -> None:
    load(tmp_path, GOOD)
    assert old in GOOD
    with pytest.raises(RuleError, match=reason):
        load(tmp_path, GOOD.replace(old, new, 1))


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        pytest.param(GOOD, "重复", id="the same version twice"),
        pytest.param(
            GOOD.replace("from: 2030-01-01, to: 2030-12-31", "from: 2030-12-31, to: null"), "重叠", id="a day"
        ),
        pytest.param(
            GOOD.replace("from: 2030-01-01, to: 2030-12-31", "from: 2029-01-01, to: null"), "重叠", id="open"
        ),
    ],
)
def test_versions_of_one_rule_may_not_overlap(tmp_path: Path, second: str, reason: str) -> None:
    with pytest.raises(RuleError, match=reason):
        load(tmp_path, GOOD, second)


def test_versions_of_one_rule_may_follow_each_other(tmp_path: Path) -> None:
    later = GOOD.replace(FORCE, "from: 2031-01-01, to: null")
    book = load(tmp_path, later, GOOD)
    assert [book.rule("test.rule", date(year, 6, 1)).version for year in (2029, 2030, 2031)] == [
        "2030-01-01",
        "2030-01-01",
        "2031-01-01",
    ]


def test_a_folder_without_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="没有任何规则"):
        load_rulebook(tmp_path)
