"""Starting and stopping the legal clocks of one case; the caller holds its lock.

Only the fact a rule names stops its clock. Whatever a response claims, a clock that had run out when the
response was recorded is not met before the due instant by one person's word.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts.answers import UNANSWERED
from alerts.casework import RECEIVED, Law, answer_columns
from alerts.owed import Fact, rule_of, rules_of_level
from alerts.planning import plan_for
from core.clock import iso, local_day
from core.model import DueTime
from core.rulebook import Rule
from core.vocabulary import (
    CaseKind,
    ClockStart,
    ClockStop,
    Confirmation,
    DeadlineState,
    Level,
    Precision,
    ResponseKind,
)
from storage import cases, deadlines, explanations, extensions, incidents, pauses, planned_actions, responses
from storage.database import Connection, Row

STOPPED_BY: Mapping[ResponseKind, frozenset[ClockStop]] = {
    ResponseKind.SUBSTANTIVE: frozenset(
        {ClockStop.SUBSTANTIVE_REPLY, ClockStop.COMPLETE_ANSWER, ClockStop.ANSWERED}
    ),
    ResponseKind.HOLDING: frozenset(),
    ResponseKind.STATEMENT: frozenset(
        {ClockStop.STATEMENT_PUBLISHED, ClockStop.RESPONSE_PUBLISHED, ClockStop.UPDATE_PUBLISHED}
    ),
    ResponseKind.PRESS_CONFERENCE: frozenset({ClockStop.PRESS_CONFERENCE_HELD}),
    # Saying what is untrue answers the public where a response is owed; it is no statement of what is true.
    ResponseKind.REBUTTAL: frozenset({ClockStop.RESPONSE_PUBLISHED}),
}
# A step of a procedure stops what its own row names.
_STILL = (DeadlineState.RUNNING.value, DeadlineState.PAUSED.value)


@dataclass(frozen=True, slots=True)
class Settled:
    """What the standing responses did to the clocks.

    Attributes:
        met: the clocks that were stopped or whose answer turned out earlier, as the audit trail tells it.
        claimed: responses that would meet a clock in time by their own word only.
    """

    met: list[dict[str, Any]]
    claimed: list[int]


def start(
    connection: Connection,
    law: Law,
    case: Fact,
    keys: Sequence[str],
    *,
    anchor: str,
    started_at: datetime,
    now: datetime,
) -> list[dict[str, Any]]:
    """Start a clock for each rule whose clock does not run already, and plan its ladder.

    Args:
        case: `id`, `cycle`, `is_history`; a case from before the office went live wakes nobody.
        anchor: name of the instant the clocks start from.

    Returns:
        The new rows, with their ids.
    """
    running = {row["rule_key"] for row in still_running(connection, case["id"])}
    rows = [
        _row(connection, law, case, law.rulebook.rule(key, local_day(started_at)), anchor, started_at, now)
        for key in keys
        if key not in running
    ]
    added = deadlines.add(connection, rows)
    if not case["is_history"]:
        plan_for(connection, law.ladders, added, now)
    return added


def start_until(
    connection: Connection, law: Law, case: Fact, key: str, *, due_at: datetime, now: datetime
) -> dict[str, Any]:
    """Start a clock whose limit its own paper names, as an order of supervision does, and plan its ladder."""
    rule = law.rulebook.rule(key, local_day(now))
    row = {
        "case_id": case["id"],
        "rule_key": rule.key,
        "rule_version": rule.version,
        "calendar_version": "",
        "cycle": case["cycle"],
        "anchor": rule.starts.value,
        "started_at": now,
        "due_at": due_at,
        "is_provisional": False,
        "registered_at": now,
        **answer_columns(UNANSWERED),
    }
    (clock,) = deadlines.add(connection, [row])
    plan_for(connection, law.ladders, [clock], now)
    return clock


def stops_of(response: Fact) -> frozenset[ClockStop]:
    """The facts that a response is: those of its kind, or, for a step of a procedure, those it names."""
    kind = ResponseKind(response["kind"])
    if kind is ResponseKind.STEP:
        return frozenset(ClockStop(word) for word in response["stops"].split())
    return STOPPED_BY[kind]


def still_running(connection: Connection, case_id: int) -> list[Row]:
    """The clocks of a case that run or stand still, of every cycle."""
    return [row for row in deadlines.live(connection, case_id) if row["state"] in _STILL]


def end(connection: Connection, rows: Sequence[Row], state: DeadlineState, now: datetime) -> None:
    """Cancel or supersede clocks: the rows stay, what was planned for them is taken back."""
    ids = [row["id"] for row in rows]
    pauses.close(connection, ids, now)
    deadlines.end(connection, ids, state)
    planned_actions.supersede(connection, ids, now)


def settle(connection: Connection, law: Law, case_id: int, now: datetime) -> Settled:
    """Let the clocks of a case say what its standing responses say.

    The first response by time that a rule accepts meets its clock. A response stops clocks of its own and
    of earlier cycles. One that was recorded after a clock ran out and claims to be from before is left out.
    """
    met: list[dict[str, Any]] = []
    claimed: set[int] = set()
    given = responses.standing(connection, case_id)
    for stored in deadlines.live(connection, case_id):
        clock, stops = stored, rule_of(law, stored).stops
        fit = [one for one in given if _meets(one, clock, stops)]
        plain = [one for one in fit if not is_claim(one, clock["due_at"])]
        first = min(plain, key=lambda one: (one["occurred_at"], one["id"]), default=None)
        if first is not None and clock["state"] == DeadlineState.PAUSED.value:
            clock = _end_pause(connection, law, clock, first["occurred_at"], now)
        if first is not None and _stop(connection, clock, first, now):
            met.append(_met_facts(clock, first))
        elif first is None and clock["state"] in _STILL:
            claimed.update(one["id"] for one in fit)
    planned_actions.supersede(connection, [one["deadline"] for one in met], now)
    return Settled(met, sorted(claimed))


def is_claim(response: Fact, due_at: datetime) -> bool:
    """Whether a response was recorded after `due_at`, claims to be from before, and nobody else has said so.

    What came with a message is its source's word, not a person's afterthought.
    """
    if response["recorded_by"] is None or response["confirmation"] == Confirmation.CONFIRMED.value:
        return False
    claimed: datetime = response["occurred_at"]
    recorded: datetime = response["recorded_at"]
    return claimed <= due_at < recorded


def recounted(connection: Connection, law: Law, clock: Row, now: datetime, *, rule: Rule) -> DueTime:
    """When a clock that stands in the database is due under `rule`, its pauses and its extension counted in.

    A pause that has not ended is taken to last until `now`.
    """
    return law.due_times.recount(
        rule,
        clock["started_at"],
        pauses=pauses.of_deadline(connection, clock["id"]),
        extended_by=extensions.granted(connection, clock["id"]),
        now=now,
    )


def move_due(
    connection: Connection, law: Law, clock: Row, due: DueTime, now: datetime, **columns: Any
) -> Row:
    """Give a clock another due instant with its explanation, and plan its ladder anew; the row as it is now.

    What its earlier plans carried out for the same moment is not repeated.
    """
    deadlines.update(
        connection,
        clock["id"],
        due_at=due.due_at,
        is_provisional=due.provisional,
        calendar_version=due.calendar_version,
        explanation_id=explanations.ensure(connection, due.explanation),
        **columns,
    )
    moved = deadlines.row(connection, clock["id"])
    if not cases.get(connection, clock["case_id"])["is_history"]:
        plan_for(connection, law.ladders, [moved], now)
    return moved


def of_cycle(connection: Connection, case: Fact) -> list[Row]:
    """The clocks of the present cycle that were not superseded or cancelled."""
    return [row for row in deadlines.live(connection, case["id"]) if row["cycle"] == case["cycle"]]


def roll_on(connection: Connection, law: Law, case: Row, now: datetime) -> list[dict[str, Any]]:
    """Start the clock until the next publication, where the incident's level owes updates.

    It counts from the newest statement of the cycle; nothing starts while none was published or while such a
    clock runs already.
    """
    if CaseKind(case["kind"]) is not CaseKind.INCIDENT:
        return []
    level = incidents.get(connection, case["id"])["level"]
    given = [
        row["occurred_at"]
        for row in responses.standing(connection, case["id"])
        if row["kind"] == ResponseKind.STATEMENT.value and row["cycle"] == case["cycle"]
    ]
    if level is None or not given:
        return []
    last = max(given)
    rules = rules_of_level(law, Level(level), ClockStart.LAST_PUBLICATION, local_day(last))
    keys = [rule.key for rule in rules]
    anchor = ClockStart.LAST_PUBLICATION.value
    return start(connection, law, case, keys, anchor=anchor, started_at=last, now=now)


def anchor_of_cycle(connection: Connection, case: Fact) -> tuple[str, datetime]:
    """Name and instant from which the clocks of the present cycle count."""
    first = min(of_cycle(connection, case), key=lambda row: row["started_at"], default=None)
    return (first["anchor"], first["started_at"]) if first is not None else (RECEIVED, case["received_at"])


def stopped_by(law: Law, clocks: Sequence[Row], stops: Collection[ClockStop]) -> list[Row]:
    """The clocks among these that one of these facts would stop."""
    return [clock for clock in clocks if rule_of(law, clock).stops in stops]


def facts_of(rows: Sequence[Fact]) -> list[dict[str, Any]]:
    """Clocks as the audit trail names them."""
    return [
        {
            "deadline": row["id"],
            "rule": row["rule_key"],
            "version": row["rule_version"],
            "anchor": row["anchor"],
            "started_at": iso(row["started_at"]),
            "due_at": iso(row["due_at"]),
        }
        for row in rows
    ]


def _row(
    connection: Connection,
    law: Law,
    case: Fact,
    rule: Rule,
    anchor: str,
    started_at: datetime,
    now: datetime,
) -> dict[str, Any]:
    due = law.due_times.due(rule, started_at)
    return {
        "case_id": case["id"],
        "rule_key": rule.key,
        "rule_version": rule.version,
        "calendar_version": due.calendar_version,
        "cycle": case["cycle"],
        "anchor": anchor,
        "started_at": started_at,
        "due_at": due.due_at,
        "is_provisional": due.provisional,
        "explanation_id": explanations.ensure(connection, due.explanation),
        "registered_at": now,
        **answer_columns(UNANSWERED),
    }


def _meets(response: Row, clock: Row, stops: ClockStop) -> bool:
    if response["occurred_at"] is None or response["cycle"] < clock["cycle"]:
        return False
    if stops not in stops_of(response):
        return False
    # The same step may be taken again; the earlier one does not stop the later clock. A limit counted
    # backwards starts from a day that is still to come.
    is_step = response["kind"] == ResponseKind.STEP.value
    if is_step and response["occurred_at"] < clock["started_at"] <= clock["due_at"]:
        return False
    # The publication a rolling clock starts from is not the next one.
    if stops is ClockStop.UPDATE_PUBLISHED:
        return bool(response["occurred_at"] > clock["started_at"])
    return True


def _stop(connection: Connection, clock: Row, response: Row, now: datetime) -> bool:
    """Meet a running clock, or put back the time of one that was met later; False where nothing changes."""
    confirmed = response["confirmation"] == Confirmation.CONFIRMED.value
    from_import = response["import_id"] is not None
    known_at = now if confirmed else response["occurred_at" if from_import else "recorded_at"]
    precision = Precision(response["precision"])
    if clock["state"] in _STILL:
        return deadlines.meet(
            connection,
            clock["id"],
            met_at=response["occurred_at"],
            precision=precision,
            known_at=known_at,
        )
    if not confirmed or clock["met_at"] is None or clock["met_at"] <= response["occurred_at"]:
        return False
    deadlines.update(
        connection,
        clock["id"],
        met_at=response["occurred_at"],
        met_precision=precision.value,
        met_known_at=known_at,
    )
    return True


def _end_pause(connection: Connection, law: Law, clock: Row, answered_at: datetime, now: datetime) -> Row:
    """The clock as it stands when the answer ends its pause: what was paused is not held against it."""
    since = max(pause.since for pause in pauses.of_deadline(connection, clock["id"]))
    pauses.close(connection, [clock["id"]], max(since, answered_at))
    due = recounted(connection, law, clock, now, rule=rule_of(law, clock))
    return move_due(connection, law, clock, due, now)


def _met_facts(clock: Row, response: Row) -> dict[str, Any]:
    return {
        "deadline": clock["id"],
        "rule": clock["rule_key"],
        "due_at": iso(clock["due_at"]),
        "met_at": iso(response["occurred_at"]),
        "recorded_at": iso(response["recorded_at"]),
        "on_time": response["occurred_at"] <= clock["due_at"],
    }
