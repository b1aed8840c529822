"""Clocks: what is owed, next due first, and why each is due when it is."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from api.cursors import decode, encode
from api.routes.answers import BEARER, COOKIE, problems
from api.schemas.deadlines import DeadlineDetail, DeadlineList
from api.security.identity import Reader, Wired, require_scope
from api.services import Services
from api.standing import Standing, standing
from api.visible import LARGEST_ID, get_visible_deadline
from core.clock import iso
from core.model import Citation
from core.vocabulary import Scope
from storage import desk, explanations
from storage.database import Row
from storage.desk import Choice

router = APIRouter(tags=["时限"], dependencies=[Depends(BEARER), Depends(COOKIE)])

_PAGE = 100
_LARGEST_PAGE = 500


@router.get("/deadlines", summary="时限列表", response_model=DeadlineList, responses=problems(401, 403, 422))
def listed(
    services: Wired,
    reader: Annotated[Reader, Depends(require_scope(Scope.READ))],
    state: Annotated[Standing | None, Query(description="状态；running 含即将到期和超期。")] = None,
    section: Annotated[str | None, Query(description="科室。", max_length=200, pattern=r"^[^\x00]*$")] = None,
    cursor: Annotated[str | None, Query(description="上一页给出的 next。", max_length=200)] = None,
    limit: Annotated[int, Query(description="一页几条。", ge=1, le=_LARGEST_PAGE)] = _PAGE,
) -> dict[str, Any]:
    """A page of clocks; superseded and cancelled ones are left out."""
    confined = reader.sees_only if reader.sees_only is not None else section
    choice = Choice(
        services.clock.now(), services.soon, state=state.value if state else None, section=confined
    )
    with services.database.read() as connection:
        rows = desk.listed(connection, choice, after=decode(cursor), limit=limit + 1)
        total = desk.total(connection, choice)
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return {
        "items": [_clock(services, row, choice) for row in shown],
        "next": encode(last["due_at"], last["deadline_id"]) if last is not None else None,
        "total": total,
    }


@router.get(
    "/deadlines/{deadline_id}",
    summary="一个时限和它的依据",
    response_model=DeadlineDetail,
    responses=problems(401, 403, 404, 422),
)
def one(
    services: Wired,
    reader: Annotated[Reader, Depends(require_scope(Scope.READ))],
    deadline_id: Annotated[int, Path(ge=1, le=LARGEST_ID)],
) -> dict[str, Any]:
    """One clock with its clause and every day that was counted or skipped."""
    now = services.clock.now()
    with services.database.read() as connection:
        row = get_visible_deadline(connection, deadline_id, now, reader.sees_only)
        days = explanations.get(connection, row["explanation_id"])
    rule = services.rulebook.find(row["rule_key"], row["rule_version"])
    return {
        **_clock(services, row, Choice(now, services.soon)),
        "anchor": row["anchor"],
        "version": row["rule_version"],
        "calendar": row["calendar_version"],
        "cycle": row["cycle"],
        "citation": citation_json(rule.citation) if rule is not None else None,
        "explanation": days,
        "calendar_notices": _notices(services, row["calendar_version"]),
    }


def _notices(services: Services, version: str) -> list[dict[str, Any]]:
    """The official notices behind the tables a clock was counted with; a provisional year has none."""
    used = set(version.split(","))
    return [
        {"year": one.year, "title": one.notice.title, "number": one.notice.number, "url": one.notice.url}
        for one in services.calendar.tables()
        if f"{one.year}.{one.number}" in used
    ]


def citation_json(citation: Citation) -> dict[str, Any]:
    """The contract's shape of a clause."""
    shown = ("document", "number", "section", "quote", "trust")
    return {name: getattr(citation, name) for name in shown}


def _clock(services: Services, row: Row, choice: Choice) -> dict[str, Any]:
    return {
        "deadline": row["deadline_id"],
        "case": row["case_id"],
        "kind": row["case_kind"],
        "rule": row["rule_key"],
        "rule_label": services.rule_labels.get(row["rule_key"], row["rule_key"]),
        "source": row["source"],
        "native_id": row["native_id"],
        "channel": row["channel"],
        "section": row["section"] or None,
        "title": row["title"],
        "started_at": iso(row["started_at"]),
        "due_at": iso(row["due_at"]),
        "met_at": iso(row["met_at"]),
        "holding_at": iso(row["holding_at"]),
        "state": standing(row, choice).value,
        "status": row["status"],
        "provisional": row["is_provisional"],
        "history": row["is_history"],
    }
