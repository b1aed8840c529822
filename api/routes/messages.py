"""Messages: what came in, taking one in, and correcting what the analysis says of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from alerts.simple_questions import follow_person
from analysis.urgency import Urgency
from api.commands import ByPerson, Intake, Sent
from api.cursors import decode, encode
from api.dossier import case_json, response_json
from api.intake import take_in
from api.periods import day_of
from api.routes.answers import BEARER, COOKIE, problems
from api.schemas.messages import (
    CorrectedOut,
    CorrectIn,
    IntakeOut,
    MessageDetail,
    MessageIn,
    MessageList,
)
from api.security.identity import Reader, Wired, require_scope
from api.services import Services
from api.visible import Number
from core.clock import day_end, day_start, iso
from core.errors import NotAllowed, NotFound
from core.vocabulary import Channel, RiskLevel, Role, Scope
from reports.repeats import Repeated, repeats_of
from reports.urgency import urgencies
from storage import assessments, case_pages, cases, corrections, message_pages, responses
from storage.assessments import Effective
from storage.database import Connection, Row
from storage.desk import Choice
from storage.message_pages import MessageChoice, filters_of
from storage.search.indexer import behind
from storage.search.paging import page
from storage.search.port import Order
from storage.search.query import parse

router = APIRouter(tags=["来文"], dependencies=[Depends(BEARER), Depends(COOKIE)])

_Reads = Annotated[Reader, Depends(require_scope(Scope.READ))]
_Day = Annotated[str | None, Query(description="收到日期，含当日。", max_length=40)]
_Words = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]+$")]
_CORRECTORS = frozenset({Role.PRESS, Role.DUTY, Role.HANDLER, Role.MANAGER})


@router.get(
    "/messages", summary="来文列表", response_model=MessageList, responses=problems(401, 403, 422, 503)
)
def listed(
    services: Wired,
    reader: _Reads,
    q: Annotated[_Words, Query(description="检索词：空格为并且，| 为或者，-词 为排除。")] = None,
    channel: Annotated[list[Channel] | None, Query(description="渠道，可多次。")] = None,
    since: Annotated[_Day, Query(alias="from")] = None,
    until: Annotated[_Day, Query(alias="to")] = None,
    section: Annotated[_Words, Query(description="科室。")] = None,
    risk: Annotated[RiskLevel | None, Query(description="按词语得出的风险等级。")] = None,
    cursor: Annotated[str | None, Query(description="上一页给出的 next。", max_length=2000)] = None,
    limit: Annotated[int, Query(description="一页几件。", ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """A page of messages, the newest first; a handler sees those of the own section's cases."""
    choice = MessageChoice(
        channels=tuple(channel or ()),
        since=day_start(day_of(since, "from")) if since else None,
        until=day_end(day_of(until, "to")) if until else None,
        section=section,
        risk=risk,
        confined_to=reader.sees_only,
    )
    listing = (
        _by_words(services, q, choice, cursor, limit) if q else _by_time(services, choice, cursor, limit)
    )
    ids = [row["id"] for row in listing.rows]
    with services.database.read() as connection:
        said, groups = assessments.effective(connection, ids), repeats_of(connection, ids)
        pressing = urgencies(connection, ids, services.clock.now())
    return {
        "items": [
            _message(row, said.get(row["id"]), groups.get(row["id"]), pressing.get(row["id"]))
            for row in listing.rows
        ],
        "next": listing.next,
        "total": listing.total,
        "behind": listing.behind,
    }


@dataclass(frozen=True, slots=True)
class _Listing:
    rows: Sequence[Row]
    next: str | None
    total: int | None
    behind: int | None


def _by_time(services: Services, choice: MessageChoice, cursor: str | None, limit: int) -> _Listing:
    with services.database.read() as connection:
        rows = message_pages.listed(connection, choice, before=decode(cursor), limit=limit + 1)
        total = message_pages.total(connection, choice)
    last = rows[limit - 1] if len(rows) > limit else None
    return _Listing(
        rows[:limit], encode(last["received_at"], last["id"]) if last is not None else None, total, None
    )


def _by_words(
    services: Services, words: str, choice: MessageChoice, cursor: str | None, limit: int
) -> _Listing:
    filters = filters_of(choice)
    found = page(services.search, parse(words), filters, Order.NEWEST, limit=limit, cursor=cursor)
    with services.database.read() as connection:
        rows = message_pages.of_numbers(connection, found.ids, confined_to=choice.confined_to)
    return _Listing(rows, found.next, found.total, behind(services.database).count)


@router.post(
    "/messages",
    status_code=201,
    summary="推送或录入来文",
    response_model=IntakeOut,
    responses={200: {"model": IntakeOut}, **problems(401, 403, 409, 413, 422)},
)
def take(sent: Intake, given: MessageIn) -> Response:
    """Take a message in: 201 when it is new, 200 when its number was known. Masked before it is stored."""
    return sent.once.answer(lambda connection: take_in(sent, connection, given))


@router.get(
    "/messages/{message_id}",
    summary="一件来文",
    response_model=MessageDetail,
    responses=problems(401, 403, 404, 422),
)
def one(services: Wired, reader: _Reads, message_id: Number) -> dict[str, Any]:
    """A message with what stands about it, its replies, its case and its incidents."""
    with services.database.read() as connection:
        row = _visible(connection, message_id, reader.sees_only)
        said = assessments.effective(connection, [message_id]).get(message_id)
        group = repeats_of(connection, [message_id]).get(message_id)
        pressing = urgencies(connection, [message_id], services.clock.now()).get(message_id)
        return {**_message(row, said, group, pressing), **_full(connection, row, said, services)}


@router.post(
    "/messages/{message_id}/correct",
    summary="更正研判",
    response_model=CorrectedOut,
    responses=problems(401, 403, 404, 409, 413, 422),
)
def correct(sent: ByPerson, message_id: Number, given: CorrectIn) -> Response:
    """Say where the machine was wrong; both values are kept, the person's stands."""
    person_id = sent.actor.person_id
    if sent.actor.role not in _CORRECTORS or person_id is None:
        raise NotAllowed("您的岗位不更正研判。", mend="请由承办人或新闻宣传人员更正。", code="role.refused")
    return sent.answer(lambda connection: _correct(connection, sent, message_id, given, person_id))


def _correct(
    connection: Connection, sent: Sent, message_id: int, given: CorrectIn, person_id: int
) -> dict[str, Any]:
    message = _visible(connection, message_id, sent.sees_only)
    now = sent.services.clock.now()
    corrections.correct(connection, message_id, given.field, given.value, person_id, now)
    case_id = message["case_id"]
    if given.field == "is_simple" and case_id is not None:
        follow_person(connection, case_id, sent.act(), sent.services.law, is_simple=given.value == "true")
    said = assessments.effective(connection, [message_id])[message_id]
    return {"message": message_id, "assessment": _assessment(said)}


def _visible(connection: Connection, message_id: int, sees_only: str | None) -> Row:
    row = message_pages.find(connection, message_id)
    if row is None or (sees_only is not None and row["case_section"] != sees_only):
        raise NotFound(f"没有编号为 {message_id} 的来文。", mend="请检查编号。", code="message.not_found")
    return row


def _message(
    row: Row, said: Effective | None, group: Repeated | None, urgency: Urgency | None
) -> dict[str, Any]:
    """The contract's shape; what the analysis has not looked at yet is null."""
    section = row["section"] if row["case_section"] is None else row["case_section"]
    return {
        "message": row["id"],
        "source": row["source"],
        "native_id": row["native_id"],
        "channel": row["channel"],
        "section": section or None,
        "topic": said.topic or None if said else None,
        "title": row["title"],
        "received_at": iso(row["received_at"]),
        "risk": _risk(urgency) if urgency else None,
        "sentiment": {"raw": said.sentiment_raw, "label": said.sentiment_label} if said else None,
        "group": group.as_json() if group else None,
        "case": row["case_id"],
    }


def _full(connection: Connection, row: Row, said: Effective | None, services: Services) -> dict[str, Any]:
    case_id = row["case_id"]
    given = responses.of_case(connection, case_id) if case_id is not None else []
    return {
        "body": row["body"],
        "created_at": iso(row["created_at"]),
        "author": row["author_display"],
        "area": row["area"],
        "category": row["category"],
        "url": row["url"],
        "order_due_on": row["order_due_on"].isoformat() if row["order_due_on"] else None,
        "revision": row["revision"],
        "assessment": _assessment(said) if said else None,
        "replies": [response_json(one) for one in given],
        "dossier": _case(connection, case_id, services) if case_id is not None else None,
        "incidents": message_pages.incidents_of(connection, row["id"]),
    }


def _case(connection: Connection, case_id: int, services: Services) -> dict[str, Any]:
    choice = Choice(services.clock.now(), services.soon)
    clocks = case_pages.clocks_of(connection, [case_id], choice.as_of)[case_id]
    return case_json(cases.get(connection, case_id), clocks, services, choice)


def _risk(urgency: Urgency) -> dict[str, Any]:
    return {"level": urgency.level.value, "score": urgency.score, "reasons": list(urgency.reasons)}


def _assessment(said: Effective) -> dict[str, Any]:
    return {
        "model": said.model,
        "kind": said.kind.value,
        "is_simple": said.is_simple,
        "topic": said.topic or None,
        "place": said.place or None,
        "place_candidates": list(said.place_candidates),
        "section": said.section or None,
        "keywords": list(said.keywords),
        "polarity": said.polarity.value,
        "reasons": {name: list(sentences) for name, sentences in said.reasons.items()},
        "corrected": sorted(said.corrected),
    }
