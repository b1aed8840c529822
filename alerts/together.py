"""Several cases with one command: the same section for all, or the same reply to a group of repeats.

Each case is a transaction of its own with its own record, so that one refusal spoils no other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from alerts.answering import Reply, reply
from alerts.casework import Law
from alerts.handling import assign
from alerts.steps import Act, Outcome
from core.errors import HuiyingError
from storage.database import Connection, Database


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one case: an outcome, or why not."""

    case_id: int
    outcome: Outcome | None
    error: HuiyingError | None


def assign_all(database: Database, case_ids: Sequence[int], act: Act, *, section: str) -> list[Done]:
    """交办 several cases to one section, in the order given; a case named twice is done once."""
    return _each(
        database,
        case_ids,
        act,
        lambda connection, number, own: assign(connection, number, own, section=section),
    )


def reply_to_all(database: Database, case_ids: Sequence[int], act: Act, law: Law, given: Reply) -> list[Done]:
    """答复 several cases with the same words, in the order given; each clock stops by its own record."""
    return _each(
        database, case_ids, act, lambda connection, number, own: reply(connection, number, own, law, given)
    )


def _each(
    database: Database,
    case_ids: Sequence[int],
    act: Act,
    verb: Callable[[Connection, int, Act], Outcome],
) -> list[Done]:
    done: list[Done] = []
    for number in dict.fromkeys(case_ids):
        key = f"{act.idempotency_key}/{number}" if act.idempotency_key is not None else None
        own = replace(act, expected_seq=None, idempotency_key=key)
        try:
            with database.write() as connection:
                done.append(Done(number, verb(connection, number, own), None))
        except HuiyingError as error:
            done.append(Done(number, None, error))
    return done
