"""重新办理: a new cycle of a case, beside which the former cycles stay as they were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alerts import clocks
from alerts.casework import Law
from alerts.owed import owed_again
from alerts.steps import Act, Outcome, begin, said
from core.clock import parse_instant
from core.vocabulary import CaseState, Command, Tag
from storage import events
from storage.database import Connection

REOPENED = "reopened"


def reopen(connection: Connection, case_id: int, act: Act, law: Law, *, reason: str) -> Outcome:
    """重新办理: the next cycle begins with clocks of its own; what the former cycles say stays untouched.

    The clocks start now. Only a case that had been dismissed starts again from where it had started:
    undoing a mistake must not win time.

    Raises:
        InvalidInput: no reason.
        NotFound, NotAllowed, Conflict: see `alerts.steps.begin`.
    """
    step = begin(connection, case_id, Command.REOPEN, act, {"reason": reason})
    if isinstance(step, Outcome):
        return step
    why = said(reason, "reason", "重新办理的理由")
    case = {**step.case, "cycle": step.case["cycle"] + 1}
    if step.case["state"] == CaseState.DISMISSED.value:
        opened = _start_as_before(connection, law, case, act)
    else:
        keys = owed_again(connection, law, case_id)
        opened = clocks.start(connection, law, case, keys, anchor=REOPENED, started_at=act.now, now=act.now)
    facts = {"reason": why, "cycle": case["cycle"], "clocks": clocks.facts_of(opened)}
    return step.finish(facts, cycle=case["cycle"])


def _start_as_before(
    connection: Connection, law: Law, case: Mapping[str, Any], act: Act
) -> list[dict[str, Any]]:
    """The clocks that the dismissal cancelled, each from its own anchor."""
    trail = events.of_stream(connection, case["id"])
    dismissed = [event for event in trail if event["tag"] == Tag.CASE_DISMISSED.value]
    cancelled = dismissed[-1]["payload"]["cancelled"] if dismissed else []
    opened: list[dict[str, Any]] = []
    for one in cancelled:
        opened += clocks.start(
            connection,
            law,
            case,
            [one["rule"]],
            anchor=one["anchor"],
            started_at=parse_instant(one["started_at"]),
            now=act.now,
        )
    return opened
