"""The earlier answers offered for a letter: found by topic and words, ranked by how alike the letters are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from analysis.suggestions import Answered, suggest
from storage import earlier_answers, messages
from storage.database import Connection

# Newest first; an answer older than so many others of its topic is no help.
_CONSIDERED = 200


@dataclass(frozen=True, slots=True)
class SuggestedReply:
    """A substantive reply to another letter.

    Attributes:
        source: the key of the source the letter came from.
        answered_at: None where an import did not say when.
        similarity: of the two letters, 0…1.
        is_same: whether the letters say nearly the same.
    """

    case_id: int
    title: str
    text: str
    source: str
    answered_at: datetime | None
    similarity: float
    is_same: bool


def suggested_replies(
    connection: Connection, message_id: int, *, section: str | None, limit: int
) -> list[SuggestedReply]:
    """Letters that say nearly the same first, then the most alike; may be empty.

    Args:
        section: only cases of this section; None for all.
    """
    message = messages.get(connection, message_id)
    rows = earlier_answers.like(connection, message_id, section=section, limit=_CONSIDERED)
    answered = [Answered(place, f"{row['title']}\n{row['body']}") for place, row in enumerate(rows)]
    found = suggest(f"{message['title']}\n{message['body']}", answered, limit=len(answered))
    replies = [
        SuggestedReply(
            case_id=row["case_id"],
            title=row["title"],
            text=row["text"],
            source=row["source"],
            answered_at=row["occurred_at"],
            similarity=one.similarity,
            is_same=bool(row["is_same"]),
        )
        for one, row in ((one, rows[one.key]) for one in found)
    ]
    return sorted(replies, key=lambda reply: not reply.is_same)[:limit]
