"""Help beside the reply: the points of a good one, and what was answered before."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.pages.reply_checks import load_reply_checks, shipped_reply_checks
from core.errors import RuleError
from core.model import ReplyRecord
from core.vocabulary import Role
from storage.tables import assessments, duplicate_groups
from tests.api.office import WebOffice
from tests.factories import ANSWER, HOLDING, make_record, make_reply


def test_the_points_that_ship_do_what_their_examples_say() -> None:
    assert [one.name for one in shipped_reply_checks()] == ["谁办的", "做了什么", "何时", "找谁"]


@pytest.mark.parametrize(("pattern", "words"), [("'['", "不是正则表达式"), ("'电话'", "与 pattern 不符")])
def test_a_point_that_does_not_is_refused(tmp_path: Path, pattern: str, words: str) -> None:
    path = tmp_path / "checks.yml"
    path.write_text(
        f"checks:\n- {{name: 谁, hint: 电话, pattern: {pattern}, matches: [致电], must_not_match: [谢谢]}}\n"
    )
    with pytest.raises(RuleError, match=words):
        load_reply_checks(path)


@pytest.fixture
def answered(office: WebOffice) -> WebOffice:
    """Letter 1 is open; 2 says nearly the same, 3 has its topic, 4 is of another section, 5 was put off."""
    office.receive(
        make_record("2026-11-20T09:00", title="路灯不亮", section="市政科"),
        make_record("2026-11-10T09:00", title="路灯灭了", section="市政科", replies=(_reply("一样"),)),
        make_record("2026-11-11T09:00", title="灯杆歪了", section="市政科", replies=(_reply("同类"),)),
        make_record("2026-11-12T09:00", title="路灯", section="房管科", replies=(_reply("别科"),)),
        make_record(
            "2026-11-13T09:00",
            title="路灯坏",
            section="市政科",
            replies=(make_reply(text=HOLDING, at="2026-11-14T10:00"),),
        ),
    )
    with office.database.write() as connection:
        for number in range(1, 6):
            connection.execute(
                assessments.insert().values(
                    message_id=number,
                    revision=1,
                    model="t",
                    sentiment_words=[],
                    polarity="unsure",
                    kind="complaint",
                    is_simple=False,
                    topic="市政设施",
                    suggested_section="",
                    keywords=[],
                    risk_level="low",
                    risk_score=0.0,
                    reasons={},
                    assessed_at=office.clock.now(),
                )
            )
        for number, group in ((1, 1), (2, 1), (3, 3)):
            connection.execute(
                duplicate_groups.insert().values(
                    message_id=number,
                    revision=1,
                    group_id=group,
                    similarity=1.0,
                    grouped_at=office.clock.now(),
                )
            )
    return office


def _reply(word: str) -> ReplyRecord:
    return make_reply(text=f"{ANSWER}（{word}）", at="2026-11-12T10:00")


def test_earlier_answers_of_the_own_section_are_offered_the_same_words_first(answered: WebOffice) -> None:
    page = answered.signed_in("shizheng", Role.HANDLER, section="市政科").get("/cases/1").text
    offered = page.split("以往的答复")[1].split("</section>")[0]
    assert offered.index("（一样）") < offered.index("（同类）")
    assert "说的几乎一样" in offered
    assert "（别科）" not in offered
    assert HOLDING not in offered
    assert "做了什么" in page


def test_who_sees_the_whole_office_is_offered_answers_of_all_sections(answered: WebOffice) -> None:
    page = answered.signed_in("zhiban", Role.DUTY).get("/cases/1").text
    assert "（别科）" in page.split("以往的答复")[1]


def test_who_does_not_reply_gets_no_help_to_reply(answered: WebOffice) -> None:
    page = answered.signed_in("guanli", Role.ADMIN).get("/cases/1").text
    assert "以往的答复" not in page


def test_programs_get_the_same_answers_with_source_date_and_likeness(answered: WebOffice) -> None:
    client = answered.signed_in("shizheng", Role.HANDLER, section="市政科")
    items = client.get("/api/v1/cases/1/suggested-replies").json()["items"]
    assert [one["case"] for one in items] == [2, 3]
    assert (items[0]["same"], items[1]["same"]) == (True, False)
    assert all(one["source"] and 0 < one["similarity"] <= 1 for one in items)
    assert items[0]["answered_at"] == "2026-11-12T10:00:00+08:00"
    assert len(client.get("/api/v1/cases/1/suggested-replies?limit=1").json()["items"]) == 1


def test_suggestions_for_a_case_of_another_section_are_not_there(answered: WebOffice) -> None:
    client = answered.signed_in("fangguan", Role.HANDLER, section="房管科")
    assert client.get("/api/v1/cases/1/suggested-replies").status_code == 404
