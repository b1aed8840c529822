"""Concentrated problems of a period, with the messages behind each."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from api.routes.answers import BEARER, COOKIE, problems
from api.security.identity import Reader, Wired, require_scope
from core.clock import day_end, day_start, parse_day
from core.errors import NotAllowed
from core.rule_files import rules_folder
from core.vocabulary import Scope
from reports.concentrated import (
    concentrated,
    consumer_complaints,
    load_concentrated_rules,
    ratings_counted,
)
from reports.heard import heard_in

router = APIRouter(
    prefix="/reports/concentrated", tags=["报表"], dependencies=[Depends(BEARER), Depends(COOKIE)]
)

_Reader = Annotated[Reader, Depends(require_scope(Scope.READ))]


@router.get("", summary="期间内的集中问题", responses=problems(401, 403, 422))
def report(
    services: Wired,
    reader: _Reader,
    since: Annotated[str, Query(alias="from", description="开始日期，含当日。", examples=["2026-11-01"])],
    until: Annotated[str, Query(alias="to", description="结束日期，含当日。", examples=["2026-11-30"])],
) -> dict[str, Any]:
    """Topics, items, matters and low ratings that concentrate, what is suggested, and consumer complaints."""
    if reader.sees_only is not None:
        raise NotAllowed("集中问题涉及全部来文，您的岗位只看本科室。", mend="请由新闻宣传或领导查看。")
    begin, end = day_start(parse_day(since)), day_end(parse_day(until))
    rules = load_concentrated_rules(rules_folder() / "concentrated.yml")
    with services.database.read() as connection:
        heard = heard_in(connection, since=begin, until=end)
    told = [one.as_json() for one in concentrated(heard, rules)]
    return {
        "from": since,
        "to": until,
        "problems": told,
        "consumer_complaints": consumer_complaints(heard),
        "ratings": ratings_counted(heard),
    }
