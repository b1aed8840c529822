"""Alerts 告警: raising them as triage decides, and saying that somebody has seen one.

Acknowledging an alert says *seen*. It signs for no case and stops no clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from alerts.actors import program
from alerts.casework import Law
from alerts.incident_rules import IncidentRules
from alerts.incidents import NewIncident, add_messages, open_incident
from alerts.steps import Act, Outcome, said
from alerts.stirring import stirring
from alerts.triage import Assessed, Decision, OpenMatter, Step, TriageRules, triage
from core.clock import iso
from core.errors import Conflict, NotAllowed
from core.labels import label
from core.vocabulary import AlertKind, AlertState, Channel, Role, Tag
from storage import alerts, cases, events, incidents, matters, mutes
from storage.database import Connection, Database, Row
from storage.events import OFFICE_STREAM, Draft

_WATCHERS = frozenset({Role.PRESS, Role.DUTY, Role.MANAGER})


@dataclass(frozen=True, slots=True)
class Seen:
    """Who settled an alert, and whether it was the one who asked now."""

    alert_id: int
    state: AlertState
    at: str | None
    by: str
    first: bool


def acknowledge_alert(connection: Connection, alert_id: int, act: Act) -> Seen:
    """已查看; a second person is told who was first, and nothing changes.

    Raises:
        NotFound: no such alert.
        NotAllowed: the actor's role watches no alerts.
    """
    return _settle(connection, alert_id, act, AlertState.ACKNOWLEDGED, None)


def dismiss_alert(connection: Connection, alert_id: int, act: Act, *, reason: str) -> Seen:
    """已排除: nothing to do, with the reason.

    Raises:
        InvalidInput: no reason.
        Conflict: somebody has settled it otherwise.
        NotFound, NotAllowed: see `acknowledge_alert`.
    """
    why = said(reason, "reason", "排除理由")
    seen = _settle(connection, alert_id, act, AlertState.DISMISSED, why)
    if seen.state is not AlertState.DISMISSED:
        raise Conflict(
            f"{seen.by}已在{seen.at}处理过这条告警({label(seen.state)})。",
            mend="请刷新页面。",
            code="alert.settled",
            status=seen.state.value,
        )
    return seen


def watch(
    database: Database, law: Law, triage_rules: TriageRules, incident_rules: IncidentRules, act: Act
) -> int:
    """Judge what was received within the window before now and do what triage decides; how many decisions.

    Running it twice does nothing twice: each matter has one key. Each decision is a transaction of its own.
    """
    with database.read() as connection:
        since = act.now - triage_rules.window
        rows = alerts.assessed(connection, since=since, until=act.now)
        muted = mutes.hidden(connection, [row["id"] for row in rows], act.now)
        rows = [row for row in rows if row["id"] not in muted]
        matters_told, silenced = stirring(connection, {row["id"]: row for row in rows}, triage_rules, act.now)
        decisions = triage(
            [_assessed(row) for row in rows],
            _open_matters(connection),
            triage_rules,
            incident_rules.public_channels,
            matters_told,
            silenced,
        )
        known = alerts.known_keys(connection, [one.key for one in decisions])
    fresh = [one for one in decisions if one.key not in known]
    by_program = replace(act, actor=program("triage"), expected_seq=None, idempotency_key=None)
    for decision in fresh:
        with database.write() as connection:
            carry_out(connection, decision, by_program, law, incident_rules)
    return len(fresh)


def carry_out(
    connection: Connection, decision: Decision, act: Act, law: Law, rules: IncidentRules
) -> int | None:
    """Do one decision of triage; the number of the alert, or None where it was done before."""
    if alerts.known_keys(connection, [decision.key]):
        return None
    case_id, kind = decision.case_id, AlertKind.MESSAGE_RISK
    if decision.step is Step.OPEN_INCIDENT:
        kind, case_id = AlertKind.INCIDENT_CANDIDATE, _open(connection, decision, act, law, rules).case_id
        if decision.matter is not None:
            matters.belong_to(connection, [decision.matter], case_id)
    elif decision.step is Step.JOIN_INCIDENT and case_id is not None:
        kind = AlertKind.INCIDENT_GROWING
        add_messages(
            connection,
            case_id,
            act,
            law,
            rules,
            message_ids=decision.message_ids,
            suggested_level=decision.suggested_level,
        )
    elif decision.step is Step.RAISE_ALERT:
        owed = cases.ids_of_messages(connection, decision.message_ids)
        case_id = owed[0] if owed else None
    folded = alerts.fold(connection, kind, case_id, decision.title, decision.reasons, decision.key, act.now)
    raised = folded or alerts.raise_once(
        connection,
        kind=kind,
        case_id=case_id,
        title=decision.title,
        reasons=decision.reasons,
        dedupe_key=decision.key,
        now=act.now,
    )
    facts = {"alert": raised, "kind": kind.value, "messages": list(decision.message_ids)}
    _record(connection, case_id, act, Tag.ALERT_RAISED, facts)
    return raised


def _open(connection: Connection, decision: Decision, act: Act, law: Law, rules: IncidentRules) -> Outcome:
    new = NewIncident(
        decision.title,
        message_ids=decision.message_ids,
        suggested_level=decision.suggested_level,
        reasons=decision.reasons,
    )
    return open_incident(connection, act, law, rules, new)


def _settle(connection: Connection, alert_id: int, act: Act, state: AlertState, reason: str | None) -> Seen:
    if act.actor.role not in _WATCHERS or act.actor.person_id is None:
        raise NotAllowed("您的岗位不处理告警。", mend="请由新闻宣传、值班员或领导处理。")
    alerts.lock(connection, alert_id)
    person_id = act.actor.person_id
    first = alerts.settle(connection, alert_id, state=state, person_id=person_id, reason=reason, now=act.now)
    row = alerts.get(connection, alert_id)
    if first:
        tag = Tag.ALERT_ACKNOWLEDGED if state is AlertState.ACKNOWLEDGED else Tag.ALERT_DISMISSED
        _record(connection, row["case_id"], act, tag, {"alert": alert_id, "reason": reason})
    return Seen(alert_id, AlertState(row["state"]), iso(row["settled_at"]), row["settled_by_name"], first)


def _record(
    connection: Connection, case_id: int | None, act: Act, tag: Tag, facts: Mapping[str, object]
) -> None:
    stream = OFFICE_STREAM if case_id is None else case_id
    told = {**facts, "login": act.actor.login}
    events.append(connection, [Draft(stream, tag, act.actor.kind, act.actor.name, act.now, told)], act.now)


def _assessed(row: Row) -> Assessed:
    reasons: Sequence[str] = (row["reasons"] or {}).get("risk", ())
    return Assessed(
        message_id=row["id"],
        channel=Channel(row["channel"]),
        received_at=row["received_at"],
        title=row["title"],
        topic=row["topic"],
        place=row["area"],
        risk=row["risk_level"],
        risk_reasons=tuple(reasons),
        polarity=row["polarity"],
        sentiment=row["sentiment_raw"],
    )


def _open_matters(connection: Connection) -> list[OpenMatter]:
    """The incidents that are not over, each by the topic and place that most of its voices have."""
    rows = incidents.listed(connection, is_open=True)
    voices = incidents.voices(connection, [row["case_id"] for row in rows])
    found = []
    for case_id, heard in voices.items():
        known = Counter((one["topic"], one["area"]) for one in heard if one["topic"] and one["area"])
        if known:
            (topic, place), _ = known.most_common(1)[0]
            ids = frozenset(one["message_id"] for one in heard)
            found.append(OpenMatter(case_id, topic, place, heard[-1]["received_at"], ids))
    return found
