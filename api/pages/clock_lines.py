"""Rows of clocks as lines of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from api.pages.contexts import ClockGroup, ClockLine
from api.pages.wording import countdown
from api.standing import Standing, standing
from core.clock import iso
from core.vocabulary import CaseKind, Channel
from storage.database import Row
from storage.desk import Choice

NO_SECTION = "未分办"
STATES = {"overdue": "超期未答", "due_soon": "即将到期", "later": "尚有时间"}


def case_path(kind: str, case_id: int) -> str:
    """The address of a case's page."""
    return f"/{'incidents' if kind == CaseKind.INCIDENT.value else 'cases'}/{case_id}"


def clock_line(row: Row, choice: Choice, rule_labels: Mapping[str, str], signature: str = "") -> ClockLine:
    """One clock as it stands at `choice.as_of`."""
    stands = standing(row, choice)
    return ClockLine(
        id=row["deadline_id"],
        case_href=case_path(row["case_kind"], row["case_id"]),
        state="later" if stands is Standing.RUNNING else stands.value,
        countdown="" if stands is Standing.MET else countdown(row["due_at"], choice.as_of),
        due_at=row["due_at"],
        due_iso=iso(row["due_at"]) or "",
        title=row["title"] or "（无标题）",
        number=row["native_id"] or f"办件{row['case_id']}",
        channel=Channel(row["channel"]),
        section=row["section"] or NO_SECTION,
        rule=rule_labels.get(row["rule_key"], row["rule_key"]),
        is_provisional=row["is_provisional"],
        case_id=row["case_id"],
        signature=signature,
    )


def groups_of(lines: Sequence[ClockLine]) -> list[ClockGroup]:
    """The states in order of urgency, which is also the order of due times; empty ones are left out."""
    groups = [
        ClockGroup(state, words, [line for line in lines if line.state == state])
        for state, words in STATES.items()
    ]
    return [group for group in groups if group.lines]
