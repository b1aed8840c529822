"""The response-time report 时效报告: who answered what in time, with the rows behind every figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from core.clock import day_end, day_start, due_day, iso, local_day
from core.errors import InvalidInput
from core.labels import label
from core.vocabulary import Channel, DeadlineStatus, Precision
from core.working_days import WorkCalendar
from reports.figures import CountedClock, Figures, figures_of
from storage import deadlines, sections
from storage.database import Connection, Row

DEFAULT_RULE = "message.first_reply"
ALL_RULES = "all"
NO_SECTION = "未分办"


class Basis(StrEnum):
    """Which instant places a clock in the period."""

    RECEIVED = "received"
    DUE = "due"


class GroupBy(StrEnum):
    """What the figures are split by."""

    SECTION = "section"
    CHANNEL = "channel"
    RULE = "rule"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for.

    Attributes:
        since, until: first and last day, both counted whole.
        rule: key of a rule, or `ALL_RULES`.
        as_of: the instant the report stands at; a later answer does not count yet.
        group: only the rows of this key of `by`, for drilling down.
        section: only this section's clocks; None for all.
        follows_close: nobody asked for an `as_of`, so a closed period shows what it was closed with.
    """

    since: date
    until: date
    as_of: datetime
    rule: str = DEFAULT_RULE
    basis: Basis = Basis.RECEIVED
    by: GroupBy | None = None
    group: str | None = None
    section: str | None = None
    follows_close: bool = False

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise InvalidInput(
                f"结束日期 {self.until} 早于开始日期 {self.since}。", mend="请对调后再试。", field="to"
            )


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One clock of the report, with what identifies it and what was counted of it."""

    case: int
    deadline: int
    rule: str
    source: str | None
    native_id: str | None
    channel: str
    section: str
    title: str
    received_at: datetime
    due_at: datetime
    met_at: datetime | None
    holding_at: datetime | None
    state: DeadlineStatus
    working_days: int | None
    is_provisional: bool
    registered_at: datetime
    clock: CountedClock

    def as_json(self) -> dict[str, Any]:
        """The contract's shape of a row."""
        shown = ("case", "deadline", "rule", "source", "native_id", "channel", "section", "title")
        return {
            **{name: getattr(self, name) for name in shown},
            "received_at": iso(self.received_at),
            "due_at": iso(self.due_at),
            "met_at": iso(self.met_at),
            "holding_at": iso(self.holding_at),
            "state": self.state.value,
            "working_days": self.working_days,
        }


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of one key."""

    key: str
    label: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Close:
    """The close 结账 that a report shows.

    Attributes:
        rows_sha256: fingerprint of the rows it was closed with.
        restatements: how often it was restated since.
    """

    period: int
    closed_at: datetime
    rows_sha256: str
    restatements: int

    def as_json(self) -> dict[str, Any]:
        """Beside the figures of the report."""
        return {**asdict(self), "closed_at": iso(self.closed_at)}


@dataclass(frozen=True, slots=True)
class Report:
    """A finished report.

    Attributes:
        groups: by key, months in order of time; empty without `by`.
        rows: every clock counted, in order of receipt; they recount to `total`.
        provisional: clocks whose due time rests on a calendar that is not published yet.
        imported_at: when the newest of the counted history was entered, or None.
        close: the close whose frozen figures these are; None for figures counted now.
    """

    query: Query
    groups: tuple[Group, ...]
    total: Figures
    rows: tuple[ReportRow, ...]
    provisional: int
    imported_at: datetime | None
    close: Close | None = None

    def as_json(self) -> dict[str, Any]:
        """The contract's shape of the report."""
        return {
            "from": self.query.since.isoformat(),
            "to": self.query.until.isoformat(),
            "basis": self.query.basis.value,
            "rule": self.query.rule,
            "by": self.query.by.value if self.query.by else None,
            "as_of": iso(self.query.as_of),
            "imported_at": iso(self.imported_at),
            "provisional": self.provisional,
            "closed": self.close.as_json() if self.close else None,
            "groups": [{"key": g.key, "label": g.label, **asdict(g.figures)} for g in self.groups],
            "total": asdict(self.total),
        }

    def rows_as_json(self) -> dict[str, Any]:
        """The contract's shape of the rows behind the figures."""
        return {"rows": [row.as_json() for row in self.rows], "total": asdict(self.total)}


def response_times(
    connection: Connection, query: Query, calendar: WorkCalendar, rule_labels: Mapping[str, str]
) -> Report:
    """Count the clocks of a period as they stood at `query.as_of`.

    Args:
        connection: a snapshot; the whole report sees one instant.
        calendar: for the working days an answer took.
        rule_labels: the Chinese name of each rule key.
    """
    found = deadlines.population(
        connection,
        rule=None if query.rule == ALL_RULES else query.rule,
        basis=query.basis.value,
        since=day_start(query.since),
        until=day_end(query.until),
        as_of=query.as_of,
        section=query.section,
    )
    rows = [_row(row, query, calendar) for row in found]
    return assemble(connection, query, rows, rule_labels)


def assemble(
    connection: Connection,
    query: Query,
    rows: Sequence[ReportRow],
    rule_labels: Mapping[str, str],
    close: Close | None = None,
) -> Report:
    """The report over rows that were counted already, in order of receipt.

    Args:
        connection: for the names of the sections.
        close: where the rows are those of a close.
    """
    if query.group is not None:
        rows = [row for row in rows if group_of(row, query) == query.group]
    return Report(
        query=query,
        groups=_groups(query, rows, _labels(connection, query, rule_labels)) if query.by else (),
        total=figures_of([row.clock for row in rows]),
        rows=tuple(rows),
        provisional=sum(row.is_provisional for row in rows),
        imported_at=max((row.registered_at for row in rows), default=None),
        close=close,
    )


def _row(row: Row, query: Query, calendar: WorkCalendar) -> ReportRow:
    status = DeadlineStatus(row["status"])
    answered = status in {DeadlineStatus.ON_TIME, DeadlineStatus.LATE}
    met_at = row["met_at"] if answered else None
    held = row["has_holding_reply"] and (row["holding_at"] is None or row["holding_at"] <= query.as_of)
    days = calendar.working_days_after(local_day(row["started_at"]), local_day(met_at)) if met_at else None
    return ReportRow(
        case=row["case_id"],
        deadline=row["deadline_id"],
        rule=row["rule_key"],
        source=row["source"],
        native_id=row["native_id"],
        channel=row["channel"],
        section=row["section"],
        title=row["title"],
        received_at=row["started_at"],
        due_at=row["due_at"],
        met_at=met_at,
        holding_at=row["holding_at"] if held else None,
        state=status,
        working_days=days,
        is_provisional=row["is_provisional"],
        registered_at=row["registered_at"],
        clock=CountedClock(
            status=status,
            started_at=row["started_at"],
            met_at=met_at,
            met_precision=Precision(row["met_precision"]) if row["met_precision"] else None,
            working_days=days,
            has_holding_reply=held,
        ),
    )


def group_of(row: ReportRow, query: Query) -> str:
    """The key of the group that a row stands in; empty where nothing is grouped."""
    match query.by:
        case GroupBy.SECTION:
            return row.section or ""
        case GroupBy.CHANNEL:
            return row.channel
        case GroupBy.RULE:
            return row.rule
        case GroupBy.MONTH:
            is_received = query.basis is Basis.RECEIVED
            day = local_day(row.received_at) if is_received else due_day(row.due_at)
            return f"{day:%Y-%m}"
        case None:
            return ""


def _groups(query: Query, rows: Sequence[ReportRow], labels: Callable[[str], str]) -> tuple[Group, ...]:
    members: dict[str, list[CountedClock]] = {}
    for row in rows:
        members.setdefault(group_of(row, query), []).append(row.clock)
    return tuple(Group(key, labels(key), figures_of(members[key])) for key in sorted(members))


def _labels(connection: Connection, query: Query, rule_labels: Mapping[str, str]) -> Callable[[str], str]:
    match query.by:
        case GroupBy.SECTION:
            names = sections.names(connection)
            return lambda key: names.get(key, key) or NO_SECTION
        case GroupBy.CHANNEL:
            return lambda key: label(Channel(key))
        case GroupBy.RULE:
            return lambda key: rule_labels.get(key, key)
        case _:
            return lambda key: key


def drill_down(query: Query, group: str) -> Query:
    """The same question about one group alone."""
    return replace(query, group=group)
