"""集中问题: what many messages of a period have in common, what is suggested, and consumer complaints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.pages.contexts import PageContext
from api.pages.rendering import render
from api.periods import day_of
from api.problems import problem_of
from api.security.identity import Person, Wired, require_role
from core.clock import day_end, day_start, local_day
from core.errors import InvalidInput
from core.labels import label
from core.rule_files import rules_folder
from core.vocabulary import Role
from reports.concentrated import (
    KINDS,
    SUGGESTED,
    Problem,
    concentrated,
    consumer_complaints,
    load_concentrated_rules,
)
from reports.heard import heard_in

router = APIRouter(prefix="/concentrated")

_Reads = Annotated[Person, Depends(require_role(Role.PRESS, Role.DUTY, Role.MANAGER, Role.ADMIN))]
_Day = Annotated[str, Query(max_length=100)]
# Behind a problem of hundreds the page shows the newest; the table for programs has them all.
_SHOWN = 100
_PERIOD = timedelta(days=29)


@dataclass(frozen=True)
class MessageLine:
    """A message behind a problem; `href` is empty where it has no case."""

    title: str
    href: str
    channel: str
    received_at: datetime | None


@dataclass(frozen=True)
class ProblemBlock:
    """One concentrated problem with the newest messages behind it."""

    kind: str
    name: str
    count: int
    share: float
    advice: str
    reasons: Sequence[str]
    source: str
    quote: str
    lines: Sequence[MessageLine]

    @property
    def more(self) -> int:
        """How many messages are not shown."""
        return self.count - len(self.lines)


@dataclass(frozen=True)
class ConcentratedPage(PageContext):
    """The concentrated problems of a period.

    Attributes:
        count: messages of the period.
        consumer: complaints and tip-offs to 12315 by item.
    """

    since: str
    until: str
    count: int
    problems: Sequence[ProblemBlock]
    consumer: Sequence[dict[str, Any]]
    error: str | None


@router.get("")
def show(
    request: Request,
    services: Wired,
    person: _Reads,  # noqa: ARG001 - the page is for these roles
    since: Annotated[str, Query(alias="from", max_length=100)] = "",
    until: Annotated[str, Query(alias="to", max_length=100)] = "",
) -> Response:
    """The problems of the period asked for; of the last thirty days where none is."""
    today = local_day(services.clock.now())
    since, until = since or (today - _PERIOD).isoformat(), until or today.isoformat()
    try:
        begin, end = _period(since, until)
    except InvalidInput as error:
        page = ConcentratedPage(since, until, 0, [], [], f"{error.message}{error.mend}")
        return render(request, "concentrated.html", page, status=problem_of(error).status)
    rules = load_concentrated_rules(rules_folder() / "concentrated.yml")
    with services.database.read() as connection:
        heard = heard_in(connection, since=begin, until=end)
    blocks = [_block(one) for one in concentrated(heard, rules)]
    page = ConcentratedPage(since, until, len(heard), blocks, consumer_complaints(heard), None)
    return render(request, "concentrated.html", page)


def _period(since: str, until: str) -> tuple[datetime, datetime]:
    begin, end = day_start(day_of(since, "from")), day_end(day_of(until, "to"))
    if end <= begin:
        raise InvalidInput("结束日期早于开始日期。", mend="请把两个日期对调。", field="to")
    return begin, end


def _block(problem: Problem) -> ProblemBlock:
    newest = problem.messages[::-1][:_SHOWN]
    return ProblemBlock(
        kind=KINDS[problem.common],
        name=problem.name,
        count=problem.count,
        share=problem.share,
        advice=SUGGESTED[problem.suggests],
        reasons=problem.reasons,
        source=problem.source,
        quote=problem.quote,
        lines=[
            MessageLine(
                one.title or "（无标题）",
                f"/cases/{one.case}" if one.case is not None else "",
                label(one.channel),
                one.received_at,
            )
            for one in newest
        ],
    )
