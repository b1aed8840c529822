"""The drafting section owns the questions on its document, by itself and by a person's word."""

from __future__ import annotations

import pytest

from alerts.documents import NewDocument, enter_document, link_document, repeal_document
from core.errors import Conflict, InvalidInput, NotAllowed
from storage import documents
from tests.alerts.bureau import ROADS, WATER, Bureau
from tests.factories import make_record

TITLE = "停车收费管理办法"


def entered(bureau: Bureau, *, section: str = WATER, title: str = f"《{TITLE}》") -> int:
    new = NewDocument(title, section, number="滨建〔2026〕3号")
    with bureau.database.write() as connection:
        return enter_document(connection, bureau.act(bureau.press), new)


def letter(bureau: Bureau, body: str, *, section: str = "") -> int:
    return bureau.letter(make_record("2026-03-02T08:30", section=section)._replace(body=body))


@pytest.mark.parametrize("words", [f"{TITLE}第三条怎么理解", "想问滨建〔2026〕3号文的执行时间"])
def test_a_question_that_names_a_document_goes_to_its_drafting_section(bureau: Bureau, words: str) -> None:
    entered(bureau)
    case = bureau.case(letter(bureau, words))
    assert (case["section"], case["state"]) == (WATER, "assigned")
    with bureau.database.read() as connection:
        assert documents.listed(connection)[0]["asked"] == 1


def test_what_the_source_assigned_stays_and_other_letters_wait(bureau: Bureau) -> None:
    entered(bureau)
    assert bureau.case(letter(bureau, TITLE, section=ROADS))["section"] == ROADS
    assert bureau.case(letter(bureau, "停车难"))["section"] == ""


def test_a_person_links_a_case_and_its_clocks_run_on(bureau: Bureau) -> None:
    number = entered(bureau)
    case = letter(bureau, "收费标准怎么定", section=ROADS)
    before = [row["due_at"] for row in bureau.clocks(case)]
    outcome = bureau.do(link_document, case, bureau.roads, document_id=number)
    assert (outcome.facts["was"], outcome.facts["section"]) == (ROADS, WATER)
    assert bureau.case(case)["section"] == WATER
    assert [row["due_at"] for row in bureau.clocks(case)] == before
    with bureau.database.read() as connection:
        assert [row["title"] for row in documents.of_case(connection, case)] == [TITLE]
        assert documents.listed(connection)[0]["asked"] == 1


def test_a_repealed_document_takes_no_question_any_more(bureau: Bureau) -> None:
    number = entered(bureau)
    with bureau.database.write() as connection:
        repeal_document(connection, bureau.act(bureau.leader), number)
    assert bureau.case(letter(bureau, TITLE))["section"] == ""


def test_a_document_is_entered_once_by_the_desk_for_a_section_there_is(bureau: Bureau) -> None:
    entered(bureau)
    with pytest.raises(Conflict, match="已经登记"):
        entered(bureau)
    with pytest.raises(InvalidInput, match="没有科室"):
        entered(bureau, section="没有的科", title="另一个文件")
    act = bureau.act(bureau.roads)
    with bureau.database.write() as connection, pytest.raises(NotAllowed):
        enter_document(connection, act, NewDocument("别的文件", ROADS))
