"""The messages of a period for the report on concentrated problems, a person's word before the machine's."""

from __future__ import annotations

from datetime import datetime

from core.vocabulary import Channel, MessageKind
from reports.concentrated import Heard
from storage import assessments, ratings
from storage.database import Connection, Row
from storage.heard import heard


def heard_in(connection: Connection, *, since: datetime, until: datetime) -> list[Heard]:
    """Every message received in a half-open period, in order of number; then the ratings without text."""
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
                item=row["category"] or (row["title"] if grade else ""),
                matter=row["matter"] or "",
                grade=int(grade) if grade.isdecimal() else None,
                title=row["title"],
                case=row["case_id"],
                received_at=row["received_at"],
            )
        )
    return found + [_rating(row) for row in ratings.rated(connection, since=since, until=until)]


def _rating(row: Row) -> Heard:
    return Heard(
        message=None,
        source=row["source"],
        native_id=row["native_id"],
        channel=Channel.RATING,
        kind=MessageKind.OTHER,
        topic="",
        item=row["item"],
        matter="",
        grade=row["grade"],
    )
