"""Incidents: opening, grading, and answering them in public."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from alerts import grading, handling, publishing
from alerts import incidents as casework
from alerts.incidents import NewIncident
from alerts.instants import Instants
from api.commands import ByPerson, BySender, Sent, outcome_json
from api.cursors import decode, encode
from api.dossier import dossier
from api.evidence import UPLOAD_BYTES, kept_copy
from api.periods import day_of, instant_of
from api.routes.answers import BEARER, COOKIE, problems
from api.routes.cases import signed
from api.schemas.cases import AcknowledgeIn
from api.schemas.handling import AcknowledgedOut, OutcomeOut, ReasonIn
from api.schemas.incidents import (
    GradeIn,
    IncidentDetail,
    IncidentList,
    InstantsIn,
    OpenIn,
    PreviewIn,
    PreviewOut,
    PublishIn,
)
from api.security.identity import Reader, Wired, require_scope
from api.visible import LARGEST_ID, Number, get_visible_case
from core.clock import day_end, day_start, iso, parse_instant
from core.errors import InvalidInput
from core.vocabulary import CaseKind, Command, Scope
from storage import cases, incidents, matters
from storage.database import Connection, Row

router = APIRouter(tags=["事件"], dependencies=[Depends(BEARER), Depends(COOKIE)])

_Reads = Annotated[Reader, Depends(require_scope(Scope.READ))]
_Day = Annotated[str | None, Query(description="首次发现的日期，含当日。", max_length=40)]
_REFUSALS: Any = problems(401, 403, 404, 409, 413, 422)
_COMMAND: Any = {"response_model": OutcomeOut, "responses": _REFUSALS}


@router.get("/incidents", summary="事件列表", response_model=IncidentList, responses=problems(401, 403, 422))
def listed(
    services: Wired,
    reader: _Reads,
    since: Annotated[_Day, Query(alias="from")] = None,
    until: Annotated[_Day, Query(alias="to")] = None,
    candidates: Annotated[bool | None, Query(description="只要未定级的，或只要已定级的。")] = None,
    cursor: Annotated[str | None, Query(description="上一页给出的 next。", max_length=200)] = None,
    limit: Annotated[int, Query(description="一页几件。", ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """A page of incidents, the newest first."""
    with services.database.read() as connection:
        found = casework.listed(
            connection,
            since=day_start(day_of(since, "from")) if since else None,
            until=day_end(day_of(until, "to")) if until else None,
            candidates=candidates,
            section=reader.sees_only,
            before=decode(cursor),
            limit=limit + 1,
        )
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    more = encode(parse_instant(last["first_seen_at"]), last["incident"]) if last is not None else None
    return {"items": shown, "next": more, "total": None}


@router.post(
    "/incidents",
    status_code=201,
    summary="事件立项",
    response_model=OutcomeOut,
    responses=problems(401, 403, 409, 413, 422),
)
def open_one(sent: BySender, given: OpenIn) -> Response:
    """Open an incident; a grave suggested level starts a provisional clock at once."""
    if any(not 1 <= number <= LARGEST_ID for number in given.messages):
        raise InvalidInput("信息编号不对。", mend="请检查编号。", field="messages")
    new = NewIncident(
        given.title,
        summary=given.summary,
        message_ids=tuple(given.messages),
        surge_at=instant_of(given.surge_at, "surge_at") if given.surge_at else None,
        instants=_instants(given.instants),
        suggested_level=given.suggested_level,
        reasons=tuple(given.reasons),
    )
    services, act = sent.services, sent.act()
    return sent.answer(
        lambda connection: outcome_json(
            casework.open_incident(connection, act, services.law, services.incident_rules, new)
        ),
        status=201,
    )


@router.get(
    "/incidents/{incident_id}",
    summary="一个事件",
    response_model=IncidentDetail,
    responses=problems(401, 403, 404, 422),
)
def one(services: Wired, reader: _Reads, incident_id: Number) -> dict[str, Any]:
    """An incident with its voices, clocks, trail and statements."""
    with services.database.read() as connection:
        case = _visible(connection, incident_id, reader.sees_only)
        details = incidents.get(connection, incident_id)
        voices = incidents.voices(connection, [incident_id])[incident_id]
        heat = matters.heats(connection, [incident_id]).get(incident_id)
        told = casework.as_json({**case, **details}, voices, heat)
        return {**dossier(connection, case, services), **told, "summary": details["summary"]}


@router.post(
    "/incidents/{incident_id}/acknowledge",
    summary="签收",
    response_model=AcknowledgedOut,
    responses=_REFUSALS,
)
def acknowledge(sent: ByPerson, incident_id: Number, given: AcknowledgeIn | None = None) -> Response:
    """Sign for an incident; a second person is recorded, too, and told who was first. Stops no clock."""
    return signed(sent, incident_id, given)


@router.post(
    "/incidents/{incident_id}/preview-grade",
    summary="试定级",
    response_model=PreviewOut,
    responses=_REFUSALS,
)
def preview_grade(sent: ByPerson, incident_id: Number, given: PreviewIn) -> dict[str, Any]:
    """What a grade would bring, clock by clock; nothing is written."""
    services = sent.services
    with services.database.read() as connection:
        _visible(connection, incident_id, sent.sees_only)
        clocks = grading.preview_grade(
            connection,
            incident_id,
            services.law,
            level=given.level,
            now=services.clock.now(),
            instants=_instants(given.instants),
        )
    return {"clocks": [_previewed(one) for one in clocks]}


@router.post("/incidents/{incident_id}/grade", summary="定级", **_COMMAND)
def grade(sent: ByPerson, incident_id: Number, given: GradeIn) -> Response:
    """Give a level; its clocks count from the earliest known instant, however late the grade comes."""
    act, law, instants = sent.act(given.seq), sent.services.law, _instants(given.instants)
    return sent.give(
        lambda connection: grading.grade(
            connection, incident_id, act, law, level=given.level, reason=given.reason, instants=instants
        )
    )


@router.post(
    "/incidents/{incident_id}/publish", summary="登记权威发布", max_body_size=UPLOAD_BYTES, **_COMMAND
)
def publish(sent: BySender, incident_id: Number, given: PublishIn) -> Response:
    """Record an official statement with its evidence; without evidence no clock stops."""
    earlier = sent.once.earlier()
    if earlier is not None:
        return earlier
    what, act = publication_of(sent, incident_id, Command.PUBLISH, given), sent.act(given.seq)
    law = sent.services.law
    return sent.give(lambda connection: publishing.publish(connection, incident_id, act, law, what))


@router.post(
    "/incidents/{incident_id}/press-conference",
    summary="登记新闻发布会",
    max_body_size=UPLOAD_BYTES,
    **_COMMAND,
)
def press_conference(sent: BySender, incident_id: Number, given: PublishIn) -> Response:
    """Record a press conference with its evidence; stops its own clock only."""
    earlier = sent.once.earlier()
    if earlier is not None:
        return earlier
    what = publication_of(sent, incident_id, Command.HOLD_PRESS_CONFERENCE, given)
    act, law = sent.act(given.seq), sent.services.law
    return sent.give(
        lambda connection: publishing.hold_press_conference(connection, incident_id, act, law, what)
    )


@router.post("/incidents/{incident_id}/dismiss", summary="不予处理", **_COMMAND)
def dismiss(sent: ByPerson, incident_id: Number, given: ReasonIn) -> Response:
    """It is none, or nothing is owed; running clocks are cancelled and shown apart."""
    act = sent.act(given.seq)
    return sent.give(lambda connection: handling.dismiss(connection, incident_id, act, reason=given.reason))


def _visible(connection: Connection, incident_id: int, sees_only: str | None) -> Row:
    case = get_visible_case(connection, incident_id, sees_only)
    if case["kind"] != CaseKind.INCIDENT.value:
        raise cases.no_such(incident_id)
    return case


def _instants(given: InstantsIn | None) -> Instants | None:
    if given is None:
        return None
    occurred, public = given.occurred_at, given.first_public_at
    return Instants(
        instant_of(occurred, "occurred_at") if occurred else None,
        instant_of(public, "first_public_at") if public else None,
        instant_of(given.first_seen_at, "first_seen_at"),
    )


def publication_of(
    sent: Sent, incident_id: int, command: Command, given: PublishIn
) -> publishing.Publication:
    """What was published, with its copy; the copy is fetched before the transaction begins."""
    at = instant_of(given.published_at, "published_at") if given.published_at else None
    if at is None:
        raise InvalidInput("没有填写发布时间。", mend="请填写实际发布的时间。", field="published_at")
    copy = kept_copy(sent, incident_id, command, given.copy_, given.url.strip())
    return publishing.Publication(at, given.url.strip(), given.publisher, given.title, copy, given.text)


def _previewed(clock: grading.PreviewedClock) -> dict[str, Any]:
    told = asdict(clock)
    left = told.pop("left")
    return {
        **told,
        "started_at": iso(clock.started_at),
        "due_at": iso(clock.due_at),
        "left_seconds": int(left.total_seconds()),
    }
