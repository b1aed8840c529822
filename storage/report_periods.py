"""Closed periods and their restatements; neither is ever changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.errors import NotFound
from storage.database import allocate_ids
from storage.tables import people, report_periods, restatements


@dataclass(frozen=True, slots=True)
class PeriodKey:
    """Which report is meant: a rule, a basis, and whole days."""

    rule: str
    basis: str
    since: date
    until: date


def add(connection: Connection, key: PeriodKey, values: dict[str, Any]) -> int:
    """Store a closed period; its id. The unique key refuses a second close of the same report."""
    (period_id,) = allocate_ids(connection, report_periods, 1)
    connection.execute(
        report_periods.insert().values(
            id=period_id,
            rule_key=key.rule,
            basis=key.basis,
            since=key.since,
            until=key.until,
            **values,
        )
    )
    return period_id


def find(connection: Connection, key: PeriodKey) -> RowMapping | None:
    """The close of exactly this report, or None."""
    query = sa.select(report_periods).where(
        report_periods.c.rule_key == key.rule,
        report_periods.c.basis == key.basis,
        report_periods.c.since == key.since,
        report_periods.c.until == key.until,
    )
    return connection.execute(query).mappings().first()


def lock(connection: Connection, period_id: int) -> RowMapping:
    """One closed period, locked until the transaction ends.

    Raises:
        NotFound: no such period.
    """
    query = sa.select(report_periods).where(report_periods.c.id == period_id).with_for_update()
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(
            f"没有编号为 {period_id} 的结账。",
            mend="请用 huiying report periods 查看。",
            code="period.not_found",
        )
    return row


def listed(connection: Connection) -> Sequence[RowMapping]:
    """Every closed period without its rows, the newest close first, with who closed it."""
    columns = [column for column in report_periods.c if column.name != "rows"]
    query = (
        sa.select(*columns, people.c.name.label("closer"))
        .outerjoin(people, people.c.id == report_periods.c.closed_by)
        .order_by(report_periods.c.closed_at.desc(), report_periods.c.id.desc())
    )
    return connection.execute(query).mappings().all()


def add_restatement(connection: Connection, period_id: int, values: dict[str, Any]) -> int:
    """Store a restatement of a locked period; its number."""
    number = len(restatements_of(connection, period_id)) + 1
    connection.execute(restatements.insert().values(period_id=period_id, number=number, **values))
    return number


def restatements_of(connection: Connection, period_id: int) -> Sequence[RowMapping]:
    """The restatements of a period in order, with who made each."""
    query = (
        sa.select(restatements, people.c.name.label("maker"))
        .outerjoin(people, people.c.id == restatements.c.made_by)
        .where(restatements.c.period_id == period_id)
        .order_by(restatements.c.number)
    )
    return connection.execute(query).mappings().all()
