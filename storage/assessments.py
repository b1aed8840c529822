"""What the analysis says of messages, and what stands where a person said otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from core.vocabulary import MessageKind, Polarity, RiskLevel
from storage.corrections import newest
from storage.database import in_chunks
from storage.tables import assessments, messages


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message to be assessed; `revision` is the one whose words these are."""

    message_id: int
    revision: int
    title: str
    body: str
    channel: str = ""
    area: str = ""


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """One assessment as stored; the columns say what each value means."""

    message_id: int
    revision: int
    model: str
    sentiment_raw: float | None
    sentiment_log_odds: float | None
    sentiment_words: Sequence[tuple[str, float]]
    unknown_share: float | None
    polarity: str
    kind: str
    is_simple: bool
    topic: str
    suggested_section: str
    keywords: Sequence[str]
    risk_level: str
    risk_score: float
    reasons: Mapping[str, Sequence[str]]
    place: str = ""
    place_candidates: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Effective:
    """What stands about one message: the machine's word, a person's before it.

    Attributes:
        place: where it happened, from the province down; empty for unknown.
        place_candidates: where it may be, where the name alone does not tell; else empty.
        section: the suggested section's name; empty for none.
        sentiment_label: `uncalibrated` unless a fitted model or a person gave a polarity.
        corrected: the fields a person corrected, of `polarity`, `kind`, `is_simple`, `topic`, `section`.
    """

    message_id: int
    model: str
    sentiment_raw: float | None
    sentiment_label: str
    polarity: Polarity
    kind: MessageKind
    is_simple: bool
    topic: str
    place: str
    place_candidates: tuple[str, ...]
    section: str
    keywords: tuple[str, ...]
    risk_level: RiskLevel
    risk_score: float
    reasons: Mapping[str, Sequence[str]]
    corrected: frozenset[str]


def waiting(connection: Connection, *, limit: int, after: int = 0, rescore: bool = False) -> list[Waiting]:
    """Messages whose present revision has no assessment, in order of id, withdrawn ones left out.

    Args:
        limit: at most so many.
        after: only ids above this one.
        rescore: those with an assessment too.
    """
    assessed = sa.and_(
        assessments.c.message_id == messages.c.id, assessments.c.revision == messages.c.revision
    )
    query = (
        sa.select(
            messages.c.id,
            messages.c.revision,
            messages.c.title,
            messages.c.body,
            messages.c.channel,
            messages.c.area,
        )
        .where(messages.c.withdrawn_at.is_(None), messages.c.id > after)
        .order_by(messages.c.id)
        .limit(limit)
    )
    if not rescore:
        query = query.where(~sa.exists().where(assessed))
    return [Waiting(*row) for row in connection.execute(query)]


def save(connection: Connection, rows: Sequence[AssessmentRow], now: datetime) -> None:
    """Store assessments; the one that stood gives way unless it is of a later revision.

    Two processes that assess the same message leave one row, without an error.
    """
    if not rows:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(assessments)
    given = insert.excluded
    changed = {column.name: given[column.name] for column in assessments.c if column.name != "message_id"}
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=[assessments.c.message_id],
            set_=changed,
            where=assessments.c.revision <= given.revision,
        ),
        [{**asdict(row), "assessed_at": now} for row in rows],
    )


def effective(connection: Connection, message_ids: Sequence[int]) -> dict[int, Effective]:
    """Message id → what stands about it; messages not assessed yet are left out."""
    standing: dict[int, Effective] = {}
    for some in in_chunks(message_ids):
        said = newest(connection, some)
        query = sa.select(assessments).where(assessments.c.message_id.in_(some))
        for row in connection.execute(query).mappings():
            message_id = row["message_id"]
            standing[message_id] = _standing(dict(row), said.get(message_id, {}))
    return standing


def _standing(row: dict[str, Any], said: Mapping[str, str]) -> Effective:
    polarity = Polarity(said.get("polarity", row["polarity"]))
    return Effective(
        message_id=row["message_id"],
        model=row["model"],
        sentiment_raw=row["sentiment_raw"],
        sentiment_label="uncalibrated" if polarity is Polarity.UNSURE else polarity.value,
        polarity=polarity,
        kind=MessageKind(said.get("kind", row["kind"])),
        is_simple=said["is_simple"] == "true" if "is_simple" in said else row["is_simple"],
        topic=said.get("topic", row["topic"]),
        place=row["place"],
        place_candidates=tuple(row["place_candidates"]),
        section=said.get("section", row["suggested_section"]),
        keywords=tuple(row["keywords"]),
        risk_level=RiskLevel(row["risk_level"]),
        risk_score=row["risk_score"],
        reasons=row["reasons"],
        corrected=frozenset(said),
    )
