"""Simple questions 简单问题: the sooner clock starts by itself when the analysis calls a question simple.

A person's word stands over the program's: once somebody of the office has decided, the analysis is not
followed any more in that case. Every change is an event with its reason; a clock that was started stays in
the history.
"""

from __future__ import annotations

from dataclasses import replace

from alerts.actors import program
from alerts.casework import Law
from alerts.handling import set_simple
from alerts.steps import Act
from alerts.workflow import UNANSWERED
from core.errors import Conflict
from storage import simple_questions
from storage.database import Connection, Database

_AT_ONCE = 200


def follow_analysis(database: Database, law: Law, act: Act) -> int:
    """Start and withdraw clocks of simple questions as the analysis says; how many cases were changed.

    Each case is a transaction of its own; one that somebody changed meanwhile is left for the next run.
    """
    rules = [rule for rule in law.rulebook.rules() if rule.applies_to.simple_only and rule.enabled]
    by_program = replace(act, actor=program("analysis"), expected_seq=None, idempotency_key=None)
    with database.read() as connection:
        found = simple_questions.undecided(
            connection,
            states=UNANSWERED,
            channels={channel for rule in rules for channel in rule.applies_to.channels},
            rules={rule.key for rule in rules},
            limit=_AT_ONCE,
        )
    changed = 0
    for one in found:
        said = "".join(one.reasons) or "系统研判。"
        try:
            with database.write() as connection:
                set_simple(connection, one.case_id, by_program, law, is_simple=one.is_simple, reason=said)
            changed += 1
        except Conflict:
            continue  # answered or decided in between, or the channel knows no such limit
    return changed


def follow_person(connection: Connection, case_id: int, act: Act, law: Law, *, is_simple: bool) -> None:
    """Let the clock follow a person who corrected the analysis; nothing where it does so already."""
    try:
        set_simple(connection, case_id, act, law, is_simple=is_simple, reason="更正研判。")
    except Conflict as error:
        if error.code not in {"case.no_change", "case.wrong_state"}:
            raise
