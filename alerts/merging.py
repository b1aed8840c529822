"""并案 and 拆分: two cases that are one matter, and one incident that is two.

Neither wins nor loses time: the surviving case counts from the earliest anchor of both, a new incident from
the instants of its own messages. Both histories stay, and point to each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from alerts import clocks
from alerts.casework import Law
from alerts.incident_rules import IncidentRules
from alerts.incidents import NewIncident, open_incident
from alerts.instants import Instants, instants_of
from alerts.owed import rule_of
from alerts.planning import plan_for
from alerts.steps import Act, Outcome, Step, begin, said
from core.errors import Conflict, InvalidInput
from core.labels import label
from core.vocabulary import CaseKind, CaseState, Command, DeadlineState, Level, LinkKind, Tag
from storage import case_links, cases, deadlines, events, incidents, matters
from storage.database import Connection, Row
from storage.events import Draft

_GONE = (CaseState.CLOSED.value, CaseState.DISMISSED.value, CaseState.MERGED.value)


def merge(connection: Connection, case_id: int, act: Act, law: Law, *, into: int, reason: str) -> Outcome:
    """并入另一件: this case ends in the other, which takes over its clocks where they began earlier.

    Returns:
        facts: `into`, and `clocks` that were started in the other case in place of later ones.

    Raises:
        InvalidInput: the other case is this one, or no reason.
        Conflict: the two are of different kinds, or the other one is over.
        NotFound, NotAllowed: see `alerts.steps.begin`; the other case is not there.
    """
    if into == case_id:
        raise InvalidInput("不能并入本件自身。", mend="请填写另一件的编号。", field="into")
    for number in sorted({case_id, into}):
        cases.lock(connection, number)  # in order of number, so that two merges cannot wait for each other
    step = begin(connection, case_id, Command.MERGE, act, {"into": into, "reason": reason})
    if isinstance(step, Outcome):
        return step
    why = said(reason, "reason", "并案理由")
    target = cases.get(connection, into)
    _require_mergeable(step, target)
    if target["kind"] == CaseKind.INCIDENT.value:
        _join_incidents(connection, case_id, into, act)
    opened = _take_over_clocks(step, law, target)
    case_links.add(connection, from_case=case_id, to_case=into, kind=LinkKind.MERGED, at=act.now)
    facts: dict[str, Any] = {"into": into, "reason": why, "clocks": clocks.facts_of(opened)}
    absorbed = {**facts, "case": case_id, "met": clocks.settle(connection, law, into, act.now).met}
    actor = act.actor
    draft = Draft(
        into, Tag.CASE_ABSORBED, actor.kind, actor.name, act.now, {**absorbed, "login": actor.login}
    )
    events.append(connection, [draft], act.now)
    return step.finish(facts)


def split(
    connection: Connection,
    case_id: int,
    act: Act,
    law: Law,
    rules: IncidentRules,
    *,
    message_ids: Sequence[int],
    title: str,
    reason: str,
) -> Outcome:
    """拆出为新事件: these messages speak of another matter, which becomes an incident with clocks of its own.

    It is suggested the level of the one it came out of, so a provisional clock runs from the earliest of its
    own messages until somebody grades it.

    Returns:
        facts: `case`, the number of the new incident, and its `clocks`.

    Raises:
        InvalidInput: no messages, all of them, one that is not in the incident, no title or no reason.
        NotFound, NotAllowed, Conflict: see `alerts.steps.begin`.
    """
    request = {"messages": list(message_ids), "title": title, "reason": reason}
    step = begin(connection, case_id, Command.SPLIT, act, request)
    if isinstance(step, Outcome):
        return step
    why = said(reason, "reason", "拆分理由")
    name = said(title, "title", "新事件的标题")
    _require_part(incidents.message_ids_of(connection, case_id), message_ids)
    former = incidents.get(connection, case_id)
    suggested = former["level"] or former["suggested_level"]
    new = NewIncident(
        name,
        message_ids=tuple(message_ids),
        surge_at=former["raised_at"],
        suggested_level=Level(suggested) if suggested else None,
        reasons=(f"自事件{case_id}拆出：{why}",),
    )
    opened = open_incident(connection, Act(act.actor, act.now), law, rules, new)
    incidents.remove_messages(connection, case_id, message_ids)
    matters.split_off(connection, message_ids, opened.case_id, name, act.now)
    case_links.add(connection, from_case=case_id, to_case=opened.case_id, kind=LinkKind.SPLIT, at=act.now)
    facts = {"case": opened.case_id, "messages": sorted(message_ids), "reason": why}
    return step.finish({**facts, "new_clocks": opened.facts["clocks"]})


def _require_mergeable(step: Step, target: Row) -> None:
    kind = CaseKind(step.case["kind"])
    if target["kind"] != kind.value:
        message = f"{label(kind)}不能并入{label(CaseKind(target['kind']))}。"
    elif target["state"] in _GONE:
        message = f"办件{target['id']}的状态是“{label(CaseState(target['state']))}”，不能再并入。"
    else:
        return
    raise Conflict(
        message,
        mend="请核对要并入的编号。",
        code="case.not_mergeable",
        status=step.case["state"],
        command=Command.MERGE.value,
    )


def _join_incidents(connection: Connection, case_id: int, into: int, act: Act) -> None:
    """The other incident gets the voices, the earliest known instants and the graver level of both."""
    former, standing = incidents.get(connection, case_id), incidents.get(connection, into)
    both = [instants_of(former), instants_of(standing)]
    best = Instants(
        min((one.occurred_at for one in both if one.occurred_at), default=None),
        min((one.first_public_at for one in both if one.first_public_at), default=None),
        min(one.first_seen_at for one in both),
    )
    incidents.add_messages(connection, into, incidents.message_ids_of(connection, case_id), act.now)
    matters.hand_over(connection, case_id, into)
    incidents.update(
        connection,
        into,
        occurred_at=best.occurred_at,
        first_public_at=best.first_public_at,
        first_seen_at=best.first_seen_at,
        level=_graver(former["level"], standing["level"]),
        suggested_level=_graver(former["suggested_level"], standing["suggested_level"]),
    )


def _graver(one: str | None, other: str | None) -> str | None:
    order = [level.value for level in Level]
    return min((level for level in (one, other) if level is not None), key=order.index, default=None)


def _take_over_clocks(step: Step, law: Law, target: Row) -> list[dict[str, Any]]:
    """One clock per rule stands in the surviving case, from the earliest anchor of both."""
    connection, now = step.connection, step.act.now
    brought = clocks.still_running(connection, step.case_id)
    clocks.end(connection, brought, DeadlineState.SUPERSEDED, now)
    own = {row["rule_key"]: row for row in clocks.of_cycle(connection, target)}
    opened: list[dict[str, Any]] = []
    for clock in brought:
        standing = own.get(clock["rule_key"])
        if standing is not None and standing["started_at"] <= clock["started_at"]:
            continue
        if standing is not None:
            clocks.end(connection, [standing], DeadlineState.SUPERSEDED, now)
        opened += _start_in(step, law, target, clock)
    return opened


def _start_in(step: Step, law: Law, target: Row, clock: Row) -> list[dict[str, Any]]:
    """Start a clock of the merged case in the surviving one, from the same anchor."""
    connection, now = step.connection, step.act.now
    anchor, started_at = clock["anchor"], clock["started_at"]
    if rule_of(law, clock).limit.amount is not None:
        return clocks.start(
            connection, law, target, [clock["rule_key"]], anchor=anchor, started_at=started_at, now=now
        )
    # A limit that an order prints cannot be counted again: it is taken over as it was printed.
    copy = {name: value for name, value in clock.items() if name != "id"}
    row = {**copy, "case_id": target["id"], "cycle": target["cycle"], "state": DeadlineState.RUNNING.value}
    added = deadlines.add(connection, [row])
    plan_for(connection, law.ladders, added, now)
    return added


def _require_part(voices: Sequence[int], chosen: Sequence[int]) -> None:
    stray = sorted(set(chosen) - set(voices))
    if stray:
        raise InvalidInput(f"信息{stray[0]}不在这个事件中。", mend="请从来文中选择。", field="messages")
    if not chosen:
        raise InvalidInput("没有选择信息。", mend="请选择要拆出的信息。", field="messages")
    if len(set(chosen)) == len(voices):
        raise InvalidInput("不能拆出全部信息。", mend="请至少留下一条，或改为更正标题。", field="messages")
