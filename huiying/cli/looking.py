"""`huiying messages` and `huiying cases`: what is here and what is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.table import Table

from analysis.urgency import Urgency
from core.clock import iso, shanghai
from core.labels import label
from core.vocabulary import Channel, DeadlineState, DeadlineStatus
from huiying.office import open_office
from huiying.output import command, console, print_json, print_table
from reports.repeats import Repeated, repeats_of
from reports.urgency import urgencies
from storage import assessments, deadlines, messages
from storage.assessments import Effective
from storage.database import Connection, Row

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
Limit = Annotated[int | None, typer.Option(min=1, help="最多列出几条。")]

_DEFAULT_ROWS = 50
# So many of the riskiest by their words and of the next due are weighed against each other.
_POOL = 500


class Standing(StrEnum):
    """Which clocks to list."""

    RUNNING = "running"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    MET = "met"


class Order(StrEnum):
    """How to sort messages."""

    RECEIVED = "received"
    DUE = "due"
    RISK = "risk"


@command
def messages_command(
    order: Annotated[Order, typer.Option(help="排序。")] = Order.RECEIVED,
    channel: Annotated[list[Channel] | None, typer.Option(help="只看这个渠道，可多次。")] = None,
    limit: Limit = _DEFAULT_ROWS,
    as_json: Json = False,
) -> None:
    """列出来文：最新的在前，先到期的在前，或风险高的在前。"""
    chosen = [one.value for one in channel or []]
    with open_office() as office, office.database.read() as connection:
        now, count = office.clock.now(), limit or _DEFAULT_ROWS
        rows, total = messages.listed(connection, order=order.value, channels=chosen, limit=max(count, _POOL))
        if order is Order.RISK:
            rows = _pressing_first(connection, rows, chosen, now)
        rows = rows[:count]
        ids = [row["id"] for row in rows]
        pressing = urgencies(connection, ids, now)
        said, groups = assessments.effective(connection, ids), repeats_of(connection, ids)
    if as_json:
        print_json(
            {
                "messages": [
                    _message(row, said.get(row["id"]), groups.get(row["id"]), pressing.get(row["id"]))
                    for row in rows
                ],
                "total": total,
            }
        )
        return
    if not rows:
        console.print("还没有来文。用 huiying import 导入一份导出表。")
        return
    table = Table("编号", "收到", "渠道", "科室", "标题")
    for row in rows:
        received = shanghai(row["received_at"]).strftime("%Y-%m-%d %H:%M")
        table.add_row(str(row["id"]), received, label(Channel(row["channel"])), row["section"], row["title"])
    print_table(table)
    console.print(f"共 {total:,} 件" + (f",列出 {len(rows)} 件。" if len(rows) < total else "。"))


def _pressing_first(
    connection: Connection, risky: Sequence[Row], channels: Sequence[str], now: datetime
) -> list[Row]:
    """The most pressing first, of the riskiest and the next due; those not assessed come last."""
    due, _ = messages.listed(connection, order=Order.DUE.value, channels=channels, limit=_POOL)
    rows = {row["id"]: row for row in [*risky, *due]}
    places = {number: place for place, number in enumerate(urgencies(connection, rows, now))}
    return sorted(rows.values(), key=lambda row: places.get(row["id"], len(rows)))


def _message(
    row: Row, said: Effective | None, group: Repeated | None, urgency: Urgency | None
) -> dict[str, Any]:
    """The contract's shape; what the analysis has not looked at yet is null."""
    return {
        "message": row["id"],
        "source": row["source"],
        "native_id": row["native_id"],
        "channel": row["channel"],
        "section": row["section"] or None,
        "topic": said.topic or None if said else None,
        "title": row["title"],
        "received_at": iso(row["received_at"]),
        "risk": _risk(urgency) if urgency else None,
        "sentiment": {"raw": said.sentiment_raw, "label": said.sentiment_label} if said else None,
        "group": group.as_json() if group else None,
    }


def _risk(urgency: Urgency) -> dict[str, Any]:
    return {"level": urgency.level, "score": urgency.score, "reasons": list(urgency.reasons)}


@command
def cases_command(
    state: Annotated[Standing | None, typer.Option(help="只看这种状态。")] = None,
    section: Annotated[str | None, typer.Option(help="只看这个科室。")] = None,
    limit: Limit = None,
    as_json: Json = False,
) -> None:
    """列出办件和它们的时限，先到期的在前。"""
    with open_office() as office, office.database.read() as connection:
        now = office.clock.now()
        soon = timedelta(hours=office.settings.office.due_soon_hours)
        rows = deadlines.standing(
            connection, state=state.value if state else None, as_of=now, soon=soon, section=section
        )
    grouped: dict[int, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["case_id"], []).append(row)
    listed = list(grouped.values())[:limit]
    if as_json:
        print_json({"cases": [_case(clocks, now + soon) for clocks in listed], "total": len(grouped)})
        return
    _show_cases(listed, len(grouped))


def _case(clocks: list[Row], soon_until: datetime) -> dict[str, Any]:
    first = clocks[0]
    return {
        "case": first["case_id"],
        "kind": first["case_kind"],
        "title": first["title"],
        "section": first["section"] or None,
        "history": first["is_history"],
        "deadlines": [
            {
                "deadline": row["deadline_id"],
                "rule": row["rule_key"],
                "due_at": iso(row["due_at"]),
                "state": _standing(row, soon_until),
                "status": row["status"],
                "provisional": row["is_provisional"],
            }
            for row in clocks
        ],
    }


def _standing(row: Row, soon_until: datetime) -> str:
    """The word of `--state` for one clock."""
    if row["state"] == DeadlineState.MET.value:
        return Standing.MET.value
    if row["status"] == DeadlineStatus.OVERDUE.value:
        return Standing.OVERDUE.value
    return Standing.DUE_SOON.value if row["due_at"] <= soon_until else Standing.RUNNING.value


def _show_cases(listed: list[list[Row]], total: int) -> None:
    if not listed:
        console.print("没有这样的办件。")
        return
    table = Table("办件", "截止", "状态", "科室", "标题")
    for clocks in listed:
        row = clocks[0]
        status = label(DeadlineStatus(row["status"])) + ("（历史未办）" if _is_old_debt(row) else "")
        due = shanghai(row["due_at"]).strftime("%Y-%m-%d %H:%M") + (
            "（暂定）" if row["is_provisional"] else ""
        )
        table.add_row(str(row["case_id"]), due, status, row["section"] or "未分办", row["title"])
    print_table(table)
    console.print(f"共 {total:,} 件。")


def _is_old_debt(row: Row) -> bool:
    return bool(row["is_history"]) and row["state"] == DeadlineState.RUNNING.value
