"""From the rows about a message to the document the engines keep."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.clock import shanghai
from storage import corrections
from storage.database import in_chunks
from storage.search.port import SCHEMA, Document
from storage.search.terms import document_terms
from storage.tables import assessments, cases, incident_messages, messages, sources


@dataclass(frozen=True, slots=True)
class Loaded:
    """What some messages look like now.

    Attributes:
        documents: those that can be found.
        gone: those that cannot: number → month it was first seen in, None where it was deleted.
    """

    documents: Sequence[Document]
    gone: Mapping[int, str | None]


def load(connection: Connection, message_ids: Sequence[int]) -> Loaded:
    """The documents of these messages; withdrawn and deleted ones are gone."""
    documents: list[Document] = []
    gone: dict[int, str | None] = dict.fromkeys(message_ids)
    for some in in_chunks(sorted(gone)):
        rows = connection.execute(_rows().where(messages.c.id.in_(some))).mappings().all()
        said = corrections.newest(connection, some)
        incidents = _incidents(connection, some)
        for row in rows:
            if row["withdrawn_at"] is not None:
                gone[row["id"]] = _month(row)
                continue
            del gone[row["id"]]
            documents.append(_document(row, said.get(row["id"], {}), incidents.get(row["id"], ())))
    return Loaded(documents, gone)


def every(connection: Connection, *, after: int, limit: int) -> list[int]:
    """The numbers of the next `limit` messages behind `after` that can be found, in order."""
    query = (
        sa.select(messages.c.id)
        .where(messages.c.id > after, messages.c.withdrawn_at.is_(None))
        .order_by(messages.c.id)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def count(connection: Connection) -> int:
    """How many messages can be found."""
    query = sa.select(sa.func.count()).select_from(messages).where(messages.c.withdrawn_at.is_(None))
    return connection.execute(query).scalar_one()


def _rows() -> sa.Select[tuple[object, ...]]:
    joined = (
        messages.join(sources, sources.c.id == messages.c.source_id)
        .outerjoin(cases, cases.c.message_id == messages.c.id)
        .outerjoin(assessments, assessments.c.message_id == messages.c.id)
    )
    return sa.select(
        messages.c.id,
        messages.c.channel,
        messages.c.title,
        messages.c.body,
        messages.c.received_at,
        messages.c.section,
        messages.c.area,
        messages.c.first_seen_at,
        messages.c.withdrawn_at,
        sources.c.key.label("source"),
        cases.c.section.label("case_section"),
        assessments.c.topic,
        assessments.c.polarity,
        assessments.c.kind,
        assessments.c.risk_level,
    ).select_from(joined)


def _incidents(connection: Connection, message_ids: Sequence[int]) -> dict[int, list[str]]:
    query = (
        sa.select(incident_messages.c.message_id, incident_messages.c.case_id)
        .where(incident_messages.c.message_id.in_(message_ids))
        .order_by(incident_messages.c.case_id)
    )
    found: dict[int, list[str]] = {}
    for row in connection.execute(query):
        found.setdefault(row.message_id, []).append(str(row.case_id))
    return found


def _document(row: RowMapping, said: Mapping[str, str], incidents: Sequence[str]) -> Document:
    values = dict(_values(row, said, incidents))
    terms = document_terms(row["title"], row["body"])
    facts = repr((SCHEMA, row["received_at"], terms, sorted(values.items())))
    digest = hashlib.blake2b(facts.encode(), digest_size=4).digest()
    return Document(
        id=row["id"],
        received_at=row["received_at"],
        month=_month(row),
        terms=terms,
        values=values,
        digest=int.from_bytes(digest, "big"),
    )


def _values(
    row: RowMapping, said: Mapping[str, str], incidents: Sequence[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    section = row["section"] if row["case_section"] is None else row["case_section"]
    one = {
        "channel": row["channel"],
        "source": row["source"],
        "section": section,
        "case_section": row["case_section"],
        "area": row["area"],
        "topic": said.get("topic", row["topic"]),
        "polarity": said.get("polarity", row["polarity"]),
        "kind": said.get("kind", row["kind"]),
        "risk": row["risk_level"],
    }
    yield from ((name, (value,)) for name, value in one.items() if value)
    if incidents:
        yield "incident", tuple(incidents)


def _month(row: RowMapping) -> str:
    return shanghai(row["first_seen_at"]).strftime("%Y%m")
