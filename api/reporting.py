"""Response times as asked for in an address, and the rows behind each figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from api.periods import day_of, instant_of
from api.services import Services
from core.errors import InvalidInput
from core.vocabulary import DeadlineStatus, Precision
from reports.closing.periods import Standing, standing_report
from reports.response_times import (
    ALL_RULES,
    DEFAULT_RULE,
    Basis,
    GroupBy,
    Query,
    Report,
    ReportRow,
)

Word = TypeVar("Word", bound=StrEnum)

_S = DeadlineStatus
_MEMBERS: Mapping[str, frozenset[DeadlineStatus]] = {
    "received": frozenset(_S),
    "on_time": frozenset({_S.ON_TIME}),
    "late": frozenset({_S.LATE}),
    "overdue": frozenset({_S.OVERDUE}),
    "open": frozenset({_S.OPEN}),
    "time_unknown": frozenset({_S.TIME_UNKNOWN}),
    "cancelled": frozenset({_S.CANCELLED}),
    "answered": frozenset({_S.ON_TIME, _S.LATE, _S.TIME_UNKNOWN}),
    "unanswered": frozenset({_S.OVERDUE, _S.OPEN}),
    "holding_only": frozenset({_S.OVERDUE, _S.OPEN}),
    "on_time_rate": frozenset({_S.ON_TIME, _S.LATE, _S.OVERDUE}),
    "median_working_days": frozenset({_S.ON_TIME, _S.LATE}),
    "p90_working_days": frozenset({_S.ON_TIME, _S.LATE}),
    "median_hours": frozenset({_S.ON_TIME, _S.LATE}),
    "p90_hours": frozenset({_S.ON_TIME, _S.LATE}),
}


def query_of(services: Services, asked: Mapping[str, str], sees_only: str | None) -> Query:
    """The question that an address asks; `from` and `to` are required, everything else has a default.

    Somebody confined to a section gets the figures of that section alone.

    Raises:
        InvalidInput: a value cannot be used; its field is named.
        NotFound: no such rule.
    """
    rule = asked.get("rule") or DEFAULT_RULE
    as_of = asked.get("as_of")
    by = _word(GroupBy, asked["by"], "by") if asked.get("by") else None
    query = Query(
        since=day_of(asked.get("from", ""), "from"),
        until=day_of(asked.get("to", ""), "to"),
        as_of=instant_of(as_of, "as_of") if as_of else services.clock.now(),
        rule=_known(services, rule),
        basis=_word(Basis, asked.get("basis") or Basis.RECEIVED.value, "basis"),
        by=by,
        group=asked.get("group"),
        section=sees_only,
        follows_close=not as_of,
    )
    if query.group is not None and query.by is None:
        raise InvalidInput("写了分组的值，没有写按什么分组。", mend="请加上 by。", field="by")
    return query


def standing_of(services: Services) -> Standing:
    """What every report is counted with."""
    return Standing(services.calendar, services.rule_labels)


def report_of(services: Services, query: Query) -> Report:
    """The report over one snapshot of the database."""
    with services.database.read() as connection:
        return standing_report(connection, query, standing_of(services))


def behind(figure: str) -> Callable[[ReportRow], bool]:
    """Whether a row is one of those a figure was counted from.

    Raises:
        InvalidInput: there is no such figure.
    """
    members = _MEMBERS.get(figure)
    if members is None:
        raise InvalidInput(f"没有名为“{figure}”的数字。", mend="请从报告上的数字进入。", field="figure")
    if figure == "holding_only":
        return lambda row: row.state in members and row.clock.has_holding_reply
    if figure.endswith("_hours"):
        return lambda row: row.state in members and row.clock.met_precision is not Precision.DAY
    return lambda row: row.state in members


def _known(services: Services, rule: str) -> str:
    if rule != ALL_RULES and rule not in services.rule_labels:
        raise InvalidInput(f"没有名为“{rule}”的规则。", mend="请从“规则”页选择。", field="rule")
    return rule


def _word(words: type[Word], text: str, field: str) -> Word:
    try:
        return words(text)
    except ValueError:
        known = "、".join(word.value for word in words)
        raise InvalidInput(f"“{text}”不能用。", mend=f"可用的有：{known}。", field=field) from None
