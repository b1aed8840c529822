"""Plain makers of the values tests need; every argument has a default that means nothing special."""

from __future__ import annotations

import hashlib
from datetime import datetime
from itertools import count

from core.clock import parse_instant
from core.model import MessageRecord, ReplyRecord
from core.vocabulary import Channel, Precision

_NUMBERS = count(1)


ANSWER = "您好,已派人到现场查看并修复,感谢您的监督。"
HOLDING = "您好,您的留言已收悉。"


def make_reply(text: str = ANSWER, at: str | None = None) -> ReplyRecord:
    """A reply; `at` is an instant as text, local time of the office when it has no zone."""
    return ReplyRecord(text, parse_instant(at) if at else None, Precision.SECOND)


def make_record(
    received: str = "2026-03-02T09:00",
    *,
    native_id: str | None = None,
    title: str = "路灯不亮",
    body: str = "小区门口的路灯坏了一周。",
    channel: Channel = Channel.LEADER_MAILBOX,
    section: str = "",
    replies: tuple[ReplyRecord, ...] = (),
    order_due_at: datetime | None = None,
) -> MessageRecord:
    """A message as an import yields it, with a number of its own unless one is given."""
    said = [(reply.text, str(reply.at)) for reply in replies]
    digest = hashlib.sha256(repr((title, body, section, said)).encode()).hexdigest()
    return MessageRecord(
        channel=channel,
        native_id=native_id or f"N{next(_NUMBERS)}",
        native_id_is_derived=False,
        title=title,
        body=body,
        received_at=parse_instant(received),
        received_precision=Precision.SECOND,
        received_from="created_at",
        content_hash=digest,
        section=section,
        replies=replies,
        order_due_at=order_due_at,
    )
