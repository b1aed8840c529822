"""结账: closed periods, what became known since, and closing one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from api.closing import changes_since, closed, query_of_period
from api.pages.addresses import address
from api.pages.contexts import Option, PageContext
from api.pages.rendering import render
from api.pages.reports import BASES, PATH
from api.pages.verbs import actor_of
from api.reporting import standing_of
from api.security.identity import Person, Wired, form_sender, require_role
from api.services import Services
from api.visible import Number
from core.clock import local_day
from core.errors import HuiyingError
from core.labels import label
from core.vocabulary import DeadlineStatus, Role
from reports.closing.periods import period_json, restate
from reports.closing.restating import Change, Facts
from reports.response_times import ALL_RULES, DEFAULT_RULE, Basis
from storage import report_periods

router = APIRouter(prefix="/reports/periods")

_reader = require_role(Role.PRESS, Role.DUTY, Role.MANAGER, Role.ADMIN)
_closer = require_role(Role.MANAGER, Role.ADMIN)
_Reads = Annotated[Person, Depends(_reader)]
_Sender = Annotated[Person, Depends(form_sender)]
_Text = Annotated[str, Form(max_length=100)]


@dataclass(frozen=True)
class ChangeLine:
    """One clock that stands differently from the close."""

    deadline: int
    title: str
    before: str
    after: str


@dataclass(frozen=True)
class PeriodBlock:
    """One closed period.

    Attributes:
        told: as the interface tells it, restatements included.
        later: what became known since and was not restated.
    """

    told: dict[str, Any]
    scope: str
    href: str
    closed_at: datetime
    later: Sequence[ChangeLine]


@dataclass(frozen=True)
class PeriodsPage(PageContext):
    """Closed periods, and the form that closes one."""

    blocks: Sequence[PeriodBlock]
    may_close: bool
    since: str
    until: str
    rules: Sequence[Option]
    bases: Sequence[Option]
    error: str | None


@router.get("")
def show(request: Request, services: Wired, person: _Reads) -> Response:
    """Every closed period, the newest close first."""
    return _page(request, services, person)


@router.post("")
def close(
    request: Request,
    services: Wired,
    person: _Sender,
    since: Annotated[str, Form(alias="from", max_length=100)] = "",
    until: Annotated[str, Form(alias="to", max_length=100)] = "",
    rule: _Text = DEFAULT_RULE,
    basis: _Text = Basis.RECEIVED.value,
) -> Response:
    """结账."""
    _closer(person)
    asked = {"from": since, "to": until, "rule": rule, "basis": basis}
    try:
        query = query_of_period(services, asked)
        with services.database.write() as connection:
            closed(connection, services, query, actor_of(person))
    except HuiyingError as error:
        return _page(request, services, person, asked=asked, error=str(error), status=422)
    return RedirectResponse("/reports/periods", 303)


@router.post("/{period_id}/restate")
def restated(
    request: Request,
    services: Wired,
    person: _Sender,
    period_id: Number,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """更正."""
    _closer(person)
    try:
        with services.database.write() as connection:
            standing, now = standing_of(services), services.clock.now()
            restate(connection, period_id, standing, actor_of(person), now, reason=reason)
    except HuiyingError as error:
        return _page(request, services, person, error=str(error), status=422)
    return RedirectResponse("/reports/periods", 303)


def _page(
    request: Request,
    services: Services,
    person: Person,
    *,
    asked: dict[str, str] | None = None,
    error: str | None = None,
    status: int = 200,
) -> Response:
    given = asked or _last_month(services)
    page = PeriodsPage(
        blocks=_blocks(services),
        may_close=person.role in {Role.MANAGER, Role.ADMIN},
        since=given["from"],
        until=given["to"],
        rules=_options({**services.rule_labels, ALL_RULES: "全部规则"}, given["rule"]),
        bases=_options(BASES, given["basis"]),
        error=error,
    )
    return render(request, "periods.html", page, status=status)


def _blocks(services: Services) -> list[PeriodBlock]:
    # The rows of a period are locked while they are compared, so this is a write that writes nothing.
    with services.database.write() as connection:
        rows = report_periods.listed(connection)
        return [
            PeriodBlock(
                told=(told := period_json(connection, row)),
                scope=_scope(services, told),
                href=address(PATH, {name: told[name] for name in ("from", "to", "rule", "basis")}),
                closed_at=row["closed_at"],
                later=[_change(one) for one in changes_since(connection, services, row["id"])],
            )
            for row in rows
        ]


def _scope(services: Services, told: dict[str, Any]) -> str:
    rule = services.rule_labels.get(told["rule"], "全部规则")
    return f"{told['from']} 至 {told['to']}，{BASES[told['basis']]}，{rule}"


def _change(one: Change) -> ChangeLine:
    return ChangeLine(one.deadline, one.title or "（无标题）", _words(one.before), _words(one.after))


def _words(facts: Facts | None) -> str:
    if facts is None:
        return "没有计入"
    return f"{label(DeadlineStatus(facts.state))}（{facts.section or '未分办'}）"


def _last_month(services: Services) -> dict[str, str]:
    end = local_day(services.clock.now()).replace(day=1) - timedelta(days=1)
    days = {"from": end.replace(day=1).isoformat(), "to": end.isoformat()}
    return {**days, "rule": DEFAULT_RULE, "basis": Basis.RECEIVED.value}


def _options(known: dict[str, str], chosen: str) -> list[Option]:
    return [Option(key, name, key == chosen) for key, name in known.items()]
