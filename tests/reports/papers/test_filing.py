"""A draft becomes a signed paper once; every version stays; nobody overwrites anybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from alerts.actors import Actor
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.vocabulary import PaperKind, PaperState
from reports.papers import filing
from reports.papers.making import make
from reports.papers.scope import Desk, Period
from reports.papers.text import to_text
from storage import events, papers
from tests.alerts.bureau import Bureau
from tests.factories import make_record

MARCH_2 = Period(date(2026, 3, 2), date(2026, 3, 2))


@pytest.fixture
def paper_id(bureau: Bureau, desk: Callable[[], Desk]) -> int:
    """A draft of the daily briefing about one letter."""
    bureau.receive(make_record("2026-03-02T08:00"))
    return drafted(bureau, desk())


def drafted(bureau: Bureau, desk: Desk, actor: Actor | None = None) -> int:
    with bureau.database.write() as connection:
        paper = make(connection, PaperKind.DAILY_BRIEFING, desk, period=MARCH_2, case_id=None)
        return filing.draft(connection, paper, actor or bureau.press, bureau.clock.now())


def edited(bureau: Bureau, paper_id: int, text: str, *, based_on: int = 1, title: str = "日报") -> int:
    with bureau.database.write() as connection:
        typed = filing.Edit(title, text, based_on)
        return filing.edit(connection, paper_id, bureau.press, bureau.clock.now(), typed)


def signed(bureau: Bureau, paper_id: int, *, version: int = 1, actor: Actor | None = None) -> int:
    with bureau.database.write() as connection:
        return filing.sign(connection, paper_id, actor or bureau.leader, bureau.clock.now(), version=version)


def on_file(bureau: Bureau, paper_id: int, version: int | None = None) -> filing.Filed:
    with bureau.database.read() as connection:
        return filing.filed(connection, paper_id, version)


def test_an_edit_is_a_version_beside_the_first(bureau: Bureau, paper_id: int) -> None:
    first = to_text(on_file(bureau, paper_id).paper)
    assert edited(bureau, paper_id, first + "\n本日平稳。") == 2
    assert to_text(on_file(bureau, paper_id).paper).endswith("本日平稳。")
    assert to_text(on_file(bureau, paper_id, 1).paper) == first
    with bureau.database.read() as connection:
        names = [row["editor"] for row in papers.versions(connection, paper_id)]
    assert names == ["李宣传", "李宣传"]


def test_of_two_who_edit_the_same_version_the_second_loses_nothing(bureau: Bureau, paper_id: int) -> None:
    edited(bureau, paper_id, "甲的文字。")
    with pytest.raises(Conflict, match="已有第 2 版") as caught:
        edited(bureau, paper_id, "乙的文字。")
    assert caught.value.code == "paper.stale"
    assert to_text(on_file(bureau, paper_id).paper) == "甲的文字。"


def test_a_changed_number_is_refused_and_stores_nothing(bureau: Bureau, paper_id: int) -> None:
    with pytest.raises(InvalidInput, match="数出 1"):
        edited(bureau, paper_id, "共收到【99｜附表1】件。")
    assert on_file(bureau, paper_id).version == 1


def test_signing_gives_the_issue_the_signer_and_the_day(bureau: Bureau, paper_id: int) -> None:
    assert signed(bureau, paper_id) == 1
    standing = on_file(bureau, paper_id)
    assert standing.state is PaperState.SIGNED
    assert (standing.paper.issue, standing.paper.signer) == (1, "周局长")
    assert standing.paper.signed_on == date(2026, 3, 2)


def test_issues_are_counted_for_each_year(bureau: Bureau, desk: Callable[[], Desk]) -> None:
    numbers = [signed(bureau, drafted(bureau, desk())) for _ in range(2)]
    bureau.clock.advance(days=365)
    numbers.append(signed(bureau, drafted(bureau, desk())))
    assert numbers == [1, 2, 1]


def test_a_signed_paper_is_neither_edited_nor_signed_nor_withdrawn(bureau: Bureau, paper_id: int) -> None:
    signed(bureau, paper_id)
    with pytest.raises(Conflict, match="已签发"):
        edited(bureau, paper_id, "改一改。", based_on=2)
    with pytest.raises(Conflict):
        signed(bureau, paper_id, version=2)
    with pytest.raises(Conflict), bureau.database.write() as connection:
        filing.withdraw(connection, paper_id, bureau.press, bureau.clock.now(), reason="重拟")


def test_nobody_signs_what_was_changed_meanwhile(bureau: Bureau, paper_id: int) -> None:
    edited(bureau, paper_id, "新的文字。")
    with pytest.raises(Conflict, match="又有改动"):
        signed(bureau, paper_id, version=1)


def test_only_a_leader_signs_and_a_handler_writes_none(
    bureau: Bureau, desk: Callable[[], Desk], paper_id: int
) -> None:
    with pytest.raises(NotAllowed, match="由领导签发"):
        signed(bureau, paper_id, actor=bureau.press)
    with pytest.raises(NotAllowed, match="不能拟稿"):
        drafted(bureau, desk(), bureau.roads)


def test_a_withdrawn_draft_stays_on_file_with_its_reason(bureau: Bureau, paper_id: int) -> None:
    with pytest.raises(InvalidInput, match="理由"), bureau.database.write() as connection:
        filing.withdraw(connection, paper_id, bureau.press, bureau.clock.now(), reason=" ")
    with bureau.database.write() as connection:
        filing.withdraw(connection, paper_id, bureau.press, bureau.clock.now(), reason="重拟")
    assert on_file(bureau, paper_id).state is PaperState.WITHDRAWN


def test_each_step_is_in_the_trail_with_the_fingerprint_of_its_version(bureau: Bureau, paper_id: int) -> None:
    signed(bureau, paper_id)
    with bureau.database.read() as connection:
        assert events.verify(connection).first_bad is None
        trail = [row for row in events.of_stream(connection, 0) if row["tag"].startswith("paper:")]
        newest = papers.get(connection, paper_id)
    assert [row["tag"] for row in trail] == ["paper:drafted", "paper:signed"]
    assert trail[-1]["payload"]["sha256"] == newest["sha256"]
    assert trail[-1]["payload"]["file"] == newest["file_sha256"]


def test_what_is_not_on_file_is_named(bureau: Bureau, paper_id: int) -> None:
    with pytest.raises(NotFound):
        on_file(bureau, paper_id + 1)
    with pytest.raises(NotFound):
        on_file(bureau, paper_id, 9)


def test_an_empty_title_is_refused(bureau: Bureau, paper_id: int) -> None:
    with pytest.raises(InvalidInput, match="标题"):
        edited(bureau, paper_id, "文字。", title="  ")
