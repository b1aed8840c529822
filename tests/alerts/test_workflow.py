"""The table of what may be done to a case: complete, readable, and nothing beside it."""

from __future__ import annotations

import pytest

from alerts.actors import Actor, program
from alerts.workflow import TABLE, allowed, describe, move_for
from core.errors import Conflict, NotAllowed
from core.vocabulary import CaseKind, CaseState, Command, Role, Tag

PRESS = Actor(1, "li", "李宣传", Role.PRESS)
HANDLER = Actor(2, "wang", "王承办", Role.HANDLER, "市政科")
ADMIN = Actor(3, "he", "何管理", Role.ADMIN)
MESSAGE, INCIDENT = CaseKind.MESSAGE, CaseKind.INCIDENT


def test_no_two_lines_answer_the_same_question() -> None:
    asked = [(line.command, kind, state) for line in TABLE for kind in line.kinds for state in line.since]
    assert len(asked) == len(set(asked))


def test_every_command_on_a_case_has_a_line() -> None:
    assert {line.command for line in TABLE} == set(Command) - {Command.OPEN}


def test_a_command_the_state_does_not_allow_says_what_is_allowed() -> None:
    with pytest.raises(Conflict, match="状态是“已办结”，不能“答复”") as caught:
        move_for(MESSAGE, CaseState.CLOSED, Command.REPLY, PRESS)
    assert caught.value.status == "closed"
    assert caught.value.command == "reply"
    assert caught.value.allowed == ("reopen", "take_step")
    assert "重新办理" in caught.value.mend


def test_a_role_that_never_may_is_refused_as_not_allowed() -> None:
    with pytest.raises(NotAllowed, match="不能对留言作“不予处理”"):
        move_for(MESSAGE, CaseState.NEW, Command.DISMISS, HANDLER)


def test_the_administrator_handles_no_case() -> None:
    assert [
        command for kind in CaseKind for state in CaseState for command in allowed(kind, state, ADMIN)
    ] == []


def test_an_incident_is_published_about_and_never_replied_to() -> None:
    with pytest.raises(Conflict):
        move_for(INCIDENT, CaseState.NEW, Command.REPLY, PRESS)
    assert move_for(INCIDENT, CaseState.NEW, Command.PUBLISH, PRESS).to is CaseState.RESPONDED


def test_the_program_answers_nobody_and_closes_nothing() -> None:
    may = {line.command for line in TABLE if line.by_program}
    assert may == {Command.ADD_MESSAGES, Command.SET_SIMPLE}
    with pytest.raises(NotAllowed):
        move_for(MESSAGE, CaseState.ASSIGNED, Command.REPLY, program("自动回复"))


@pytest.mark.parametrize("state", [CaseState.NEW, CaseState.ASSIGNED, CaseState.REFERRED])
def test_a_case_without_an_answer_cannot_be_closed(state: CaseState) -> None:
    with pytest.raises(Conflict):
        move_for(MESSAGE, state, Command.CLOSE, PRESS)


def test_a_second_person_signs_without_moving_the_case() -> None:
    move = move_for(INCIDENT, CaseState.ACKNOWLEDGED, Command.ACKNOWLEDGE, PRESS)
    assert (move.to, move.tag) == (None, Tag.CASE_ACKNOWLEDGED)


def test_an_official_reads_the_table_in_chinese() -> None:
    lines = list(describe())
    assert len(lines) == len(TABLE)
    (reopen,) = [line for line in lines if line.command == "重新办理"]
    assert reopen.to == "重新办理"
    assert reopen.since == "已答复、已回应、已完成、已办结、不予处理"
    assert reopen.who == "新闻宣传、值班员、领导督查"
    assert not any(char.isascii() and char.isalpha() for line in lines for char in line.since + line.who)
