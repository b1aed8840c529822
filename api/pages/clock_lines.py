"""Rows of clocks as lines of a list."""

from __future__ import annotations

from collections.abc import Mapping

from api.pages.contexts import ClockLine
from api.pages.wording import countdown
from api.standing import Standing, standing
from core.clock import iso
from core.vocabulary import Channel
from storage.database import Row
from storage.desk import Choice

NO_SECTION = "未分办"


def clock_line(row: Row, choice: Choice, rule_labels: Mapping[str, str]) -> ClockLine:
    """One clock as it stands at `choice.as_of`."""
    stands = standing(row, choice)
    return ClockLine(
        id=row["deadline_id"],
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
    )
