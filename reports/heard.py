"""The messages of a period for the report on concentrated problems, a person's word before the machine's."""

from __future__ import annotations

from datetime import datetime

from core.vocabulary import Channel, MessageKind
from reports.concentrated import Heard
from storage import assessments
from storage.database import Connection
from storage.heard import heard


def heard_in(connection: Connection, *, since: datetime, until: datetime) -> list[Heard]:
    """Every message received in a half-open period, in order of number."""
    rows = heard(connection, since=since, until=until)
    said = assessments.effective(connection, [row["id"] for row in rows])
    found = []
    for row in rows:
        stands = said.get(row["id"])
        grade = str((row["extra"] or {}).get("grade", ""))
        found.append(
            Heard(
                message=row["id"],
                source=row["source"],
                native_id=row["native_id"],
                channel=Channel(row["channel"]),
                kind=stands.kind if stands else MessageKind.OTHER,
                topic=stands.topic if stands else "",
                item=row["category"],
                matter=row["matter"] or "",
                grade=int(grade) if grade.isdecimal() else None,
            )
        )
    return found
