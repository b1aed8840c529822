"""The rules, and when something would be due under one of them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from api.due import due_of
from api.routes.answers import BEARER, COOKIE, problems
from api.routes.deadlines import citation_json
from api.schemas.deadlines import DueOut
from api.schemas.rules import RuleList
from api.security.identity import Wired, require_scope
from core.clock import iso
from core.rulebook import Rule
from core.vocabulary import Scope
from storage import explanations

router = APIRouter(
    tags=["规则"],
    dependencies=[Depends(BEARER), Depends(COOKIE), Depends(require_scope(Scope.READ))],
)


@router.get("/rules", summary="全部规则", response_model=RuleList, responses=problems(401, 403))
def listed(services: Wired) -> dict[str, Any]:
    """Every version of every rule with its clause and worked examples."""
    items = [_rule(rule) for rule in services.rulebook.rules()]
    return {"items": items, "next": None, "total": len(items)}


@router.get(
    "/rules/{key}/due", summary="何时到期", response_model=DueOut, responses=problems(401, 403, 404, 422)
)
def due(
    services: Wired,
    key: Annotated[str, Path(max_length=80, examples=["message.first_reply"])],
    start: Annotated[
        str,
        Query(
            alias="from",
            max_length=40,
            description="起算时刻；不写时区的按本地时间。",
            examples=["2026-09-30T09:00+08:00"],
        ),
    ],
) -> dict[str, Any]:
    """When a clock that starts at `from` would run out, day by day."""
    rule, started_at, result = due_of(services, key, start)
    return {
        "rule": rule.key,
        "version": rule.version,
        "from": iso(started_at),
        "due_at": iso(result.due_at),
        "due_day": result.due_day.isoformat() if result.due_day else None,
        "provisional": result.provisional,
        "citation": citation_json(rule.citation),
        "explanation": explanations.as_json(result.explanation),
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "key": rule.key,
        "version": rule.version,
        "label": rule.label,
        "channels": sorted(channel.value for channel in rule.applies_to.channels),
        "starts": rule.starts.value,
        "stops": rule.stops.value,
        "limit": {
            "amount": rule.limit.amount,
            "unit": rule.limit.unit.value,
            "backwards": rule.limit.backwards,
        },
        "citation": citation_json(rule.citation),
        "interpretation": rule.interpretation,
        "in_force_from": rule.in_force_from.isoformat(),
        "in_force_to": rule.in_force_to.isoformat() if rule.in_force_to else None,
        "checked_on": rule.checked_on.isoformat(),
        "enabled": rule.enabled,
        "examples": [
            {
                "from": iso(one.start),
                "due_on": one.due_on.isoformat() if one.due_on else None,
                "due_at": iso(one.due_at),
                "why": one.why,
            }
            for one in rule.examples
        ],
    }
