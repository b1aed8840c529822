"""One clock, and why it runs out when it does."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.pages.clock_lines import clock_line
from api.pages.contexts import DeadlinePage
from api.pages.rendering import render
from api.pages.why import explained, why
from api.security.identity import SignedIn, Wired
from api.visible import LARGEST_ID, get_visible_deadline
from core.labels import label
from core.vocabulary import CaseKind, ClockStart, DeadlineStatus, Precision
from storage import explanations
from storage.desk import Choice

router = APIRouter()


@router.get("/deadlines/{deadline_id}")
def show(
    request: Request,
    services: Wired,
    person: SignedIn,
    deadline_id: Annotated[int, Path(ge=1, le=LARGEST_ID)],
) -> Response:
    """The clock with its clause and its days."""
    now = services.clock.now()
    with services.database.read() as connection:
        row = get_visible_deadline(connection, deadline_id, now, person.sees_only)
        days = explanations.get(connection, row["explanation_id"])
    rule = services.rulebook.find(row["rule_key"], row["rule_version"])
    page = DeadlinePage(
        line=clock_line(row, Choice(now, services.soon), services.rule_labels),
        case=row["case_id"],
        case_kind=label(CaseKind(row["case_kind"])),
        source=row["source"],
        anchor=_anchor(row["anchor"]),
        started_at=row["started_at"],
        met_at=row["met_at"],
        is_time_unknown=row["is_time_unknown"],
        is_date_only=row["met_precision"] == Precision.DAY.value,
        status=DeadlineStatus(row["status"]),
        holding_at=row["holding_at"],
        has_holding_reply=row["has_holding_reply"],
        is_history=row["is_history"],
        cycle=row["cycle"],
        rule_key=row["rule_key"],
        rule_version=row["rule_version"],
        calendar_version=row["calendar_version"],
        why=why(rule, explained(days), is_provisional=row["is_provisional"]),
    )
    return render(request, "deadline.html", page)


def _anchor(name: str) -> str:
    """What an official calls the instant a clock starts from; a name only storage knows stays as it is."""
    return label(ClockStart(name)) if name in set(ClockStart) else name
