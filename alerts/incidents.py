"""Incidents 事件: opening one from its messages, and which messages are its voices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from alerts import clocks
from alerts.casework import Law
from alerts.incident_rules import IncidentRules
from alerts.instants import Instants
from alerts.provisional import prefilled, start_provisional, take_over
from alerts.steps import Act, Outcome, begin, digest_of, earlier_answer, outcome_of, said
from core.clock import iso, local_day
from core.errors import InvalidInput, NotAllowed
from core.vocabulary import CaseKind, CaseState, Channel, Command, Level, Role, Tag
from storage import cases, events, incidents, matters
from storage.database import Connection, Row
from storage.events import GENESIS, Draft

_OPENERS = frozenset({Role.PRESS, Role.DUTY, Role.MANAGER})


@dataclass(frozen=True, slots=True)
class NewIncident:
    """An incident about to be opened.

    Attributes:
        title: what a desk reads; names no citizen.
        message_ids: its voices so far; may be empty for a matter heard of otherwise.
        surge_at: when it began to grow; None for the moment of opening.
        instants: as a person knows them; None to have them prefilled from the messages.
        suggested_level: what the analysis or the opener thinks, with its reasons.
    """

    title: str
    summary: str = ""
    message_ids: tuple[int, ...] = ()
    surge_at: datetime | None = None
    instants: Instants | None = None
    suggested_level: Level | None = None
    reasons: tuple[str, ...] = ()


def open_incident(
    connection: Connection, act: Act, law: Law, rules: IncidentRules, new: NewIncident
) -> Outcome:
    """事件立项: nobody waits for a grade.

    A candidate whose suggested level is one of `rules.provisional_levels` starts that clock at once, from the
    earliest known instant; it runs until a person grades or dismisses the incident.

    Returns:
        facts: `clocks` that were started, and the three instants.

    Raises:
        NotAllowed: the actor's role opens no incidents.
        InvalidInput: no title, a message that is not there, or an instant in the future.
    """
    if act.actor.role is not None and act.actor.role not in _OPENERS:
        raise NotAllowed("您的岗位不能立项。", mend="请由新闻宣传、值班员或领导立项。")
    digest = digest_of(Command.OPEN, act.actor, asdict(new))
    earlier = earlier_answer(connection, act, digest)
    if earlier is not None:
        return earlier
    title = said(new.title, "title", "事件标题")
    voices = _standing(connection, new.message_ids)
    instants = (new.instants or prefilled(voices, rules, new.surge_at or act.now)).checked(act.now)
    case = _open_case(connection, act, law, title, voices, instants)
    _insert(connection, case["id"], act, new, instants)
    incidents.add_messages(connection, case["id"], [row["id"] for row in voices], act.now)
    opened = start_provisional(connection, law, rules, case, new.suggested_level, instants, act.now)
    facts = {
        "command": Command.OPEN.value,
        "to": CaseState.NEW.value,
        "suggested": new.suggested_level.value if new.suggested_level else None,
        "reasons": list(new.reasons),
        "messages": [row["id"] for row in voices],
        **instants.facts(),
        "clocks": clocks.facts_of(opened),
        "login": act.actor.login,
        **({"request": digest} if act.idempotency_key is not None else {}),
    }
    draft = Draft(
        case["id"],
        Tag.INCIDENT_OPENED,
        act.actor.kind,
        act.actor.name,
        instants.earliest,
        facts,
        act.idempotency_key,
    )
    events.append(connection, [draft], act.now)
    seq = cases.get(connection, case["id"])["seq"]
    return outcome_of(case["id"], seq, act.now, facts)


def add_messages(
    connection: Connection,
    case_id: int,
    act: Act,
    law: Law,
    rules: IncidentRules,
    *,
    message_ids: Sequence[int],
    suggested_level: Level | None = None,
) -> Outcome:
    """并入信息: more voices of the same matter.

    While nobody has graded the incident, an earlier instant that the new messages show moves the provisional
    clock forward to it, and a graver suggested level starts it. After that only a grader moves anything.

    Raises:
        InvalidInput: no message, or one that is not there.
        NotFound, NotAllowed, Conflict: see `alerts.steps.begin`.
    """
    step = begin(
        connection,
        case_id,
        Command.ADD_MESSAGES,
        act,
        {"messages": list(message_ids), "level": suggested_level},
    )
    if isinstance(step, Outcome):
        return step
    if not message_ids:
        raise InvalidInput("没有选择信息。", mend="请选择要并入的信息。", field="messages")
    rows = _standing(connection, message_ids)
    fresh = incidents.add_messages(connection, case_id, [row["id"] for row in rows], act.now)
    facts: dict[str, Any] = {"messages": fresh}
    if incidents.get(connection, case_id)["level"] is None:
        facts |= take_over(connection, law, rules, step.case, rows, suggested_level, act.now)
    return step.finish(facts)


def remove_messages(
    connection: Connection, case_id: int, act: Act, *, message_ids: Sequence[int], reason: str
) -> Outcome:
    """移出信息: these messages speak of something else. No instant and no clock moves by itself.

    Raises:
        InvalidInput: no reason.
        NotFound, NotAllowed, Conflict: see `alerts.steps.begin`.
    """
    request = {"messages": list(message_ids), "reason": reason}
    step = begin(connection, case_id, Command.REMOVE_MESSAGES, act, request)
    if isinstance(step, Outcome):
        return step
    why = said(reason, "reason", "移出理由")
    gone = incidents.remove_messages(connection, case_id, message_ids)
    return step.finish({"messages": gone, "reason": why})


def listed(
    connection: Connection,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    candidates: bool | None = None,
    section: str | None = None,
    before: tuple[datetime, int] | None = None,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """Incidents in the shape of the contract, newest first seen first; instants are ISO texts.

    Args:
        since, until: first seen in this period, half-open.
        candidates: only those nobody has graded (True), only graded ones (False), or both.
        section: only those this section is responsible for.
        before: only those that stand behind this first sight and number in the list.
    """
    rows = incidents.listed(
        connection,
        since=since,
        until=until,
        candidates=candidates,
        section=section,
        before=before,
        limit=limit,
    )
    numbers = [row["case_id"] for row in rows]
    voices, heats = incidents.voices(connection, numbers), matters.heats(connection, numbers)
    return [as_json(row, voices[row["case_id"]], heats.get(row["case_id"])) for row in rows]


def as_json(
    row: Row | Mapping[str, Any], voices: Sequence[Row], heat: tuple[float, Sequence[str]] | None = None
) -> dict[str, Any]:
    """One incident, joined with its case, in the shape of the contract.

    Args:
        heat: of the matters that belong to it, with the reasons; None counts its voices.
    """
    return {
        "incident": row["case_id"],
        "title": row["title"],
        "state": row["state"],
        "grade": row["level"],
        "heat": heat[0] if heat else len(voices),
        "heat_reasons": list(heat[1]) if heat else [f"声量{len(voices)}：{len(voices)}条信息。"],
        "first_seen_at": iso(row["first_seen_at"]),
        "raised_at": iso(row["raised_at"]),
        "messages": [{"source": one["source"], "native_id": one["native_id"]} for one in voices],
        "reasons": list(row["reasons"]),
        "suggested": row["suggested_level"],
        "is_ungraded": row["level"] is None,
        "occurred_at": iso(row["occurred_at"]),
        "first_public_at": iso(row["first_public_at"]),
    }


def _standing(connection: Connection, message_ids: Sequence[int]) -> list[Row]:
    rows = incidents.standing_messages(connection, message_ids)
    missing = sorted(set(message_ids) - {row["id"] for row in rows})
    if missing:
        raise InvalidInput(f"没有编号为 {missing[0]} 的信息。", mend="请检查编号。", field="messages")
    return rows


def _open_case(
    connection: Connection, act: Act, law: Law, title: str, voices: Sequence[Row], instants: Instants
) -> dict[str, Any]:
    first = min(voices, key=lambda row: (row["received_at"], row["id"]), default=None)
    row: dict[str, Any] = {
        "kind": CaseKind.INCIDENT.value,
        "message_id": None,
        "channel": first["channel"] if first is not None else Channel.MANUAL.value,
        "section": "",
        "title": title,
        "state": CaseState.NEW.value,
        "cycle": 1,
        "is_history": local_day(instants.first_seen_at) < law.go_live_on,
        "received_at": instants.first_seen_at,
        "registered_at": act.now,
        "seq": 0,
        "chain_head": GENESIS,
    }
    return {"id": cases.add(connection, row), **row}


def _insert(connection: Connection, case_id: int, act: Act, new: NewIncident, instants: Instants) -> None:
    incidents.insert(
        connection,
        {
            "case_id": case_id,
            "summary": new.summary.strip(),
            "occurred_at": instants.occurred_at,
            "first_public_at": instants.first_public_at,
            "first_seen_at": instants.first_seen_at,
            "raised_at": act.now,
            "suggested_level": new.suggested_level.value if new.suggested_level else None,
            "reasons": list(new.reasons),
        },
    )
