"""Saying together what has piled up for one person on one channel."""

from __future__ import annotations

from datetime import datetime

from alerts import notices as text
from alerts.ladders import Delivery
from core.vocabulary import Tag
from storage import events, notices, outbox
from storage.database import Connection
from storage.events import Draft
from storage.outbox import Claim

_DIGEST_PRIORITY = 3
_MERGED = "积压太多，已并入一条摘要"


def merge_backlog(connection: Connection, claim: Claim, delivery: Delivery, now: datetime) -> int:
    """Put one digest in place of the routine notices that wait beside this one; how many it replaces.

    Nothing happens while they are few, or for what is most urgent. Each replaced notice is on record in its
    case.
    """
    if claim.priority == 0 or claim.case_id is None:
        return 0
    waiting = outbox.routine_backlog(connection, claim.channel_id, claim.person_id, now)
    if len(waiting) <= delivery.digest_above:
        return 0
    words = text.words("digest", {"count": str(len(waiting))})
    key = f"digest/{claim.channel_id}/{claim.person_id}/{waiting[0]['id']}"
    row = {
        "case_id": None,
        "deadline_id": None,
        "kind": "digest",
        "person_id": claim.person_id,
        "subject": words.subject,
        "body": words.body,
        "resolved": [{"notices": [one["notice_id"] for one in waiting]}],
        "dedupe_key": key,
        "created_at": now,
    }
    for notice_id in notices.insert_new(connection, [row]).values():
        outgoing = {
            "notice_id": notice_id,
            "channel_id": claim.channel_id,
            "address": claim.address,
            "priority": _DIGEST_PRIORITY,
            "place": 0,
            "next_at": now,
        }
        outbox.queue(connection, [outgoing])
    outbox.cancel_rows(connection, [one["id"] for one in waiting], _MERGED)
    drafts = [
        Draft(
            one["case_id"],
            Tag.NOTICE_CANCELLED,
            "system",
            "dispatcher",
            now,
            {"notice": one["notice_id"], "channel": claim.channel_id, "reason": _MERGED},
        )
        for one in waiting
    ]
    events.append(connection, drafts, now)
    return len(waiting)
