"""A message that a program pushes or a person types in: cleaned, masked, and registered with its clocks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from alerts.casework import Origin, Registrar
from alerts.revision import revise
from api.commands import Sent
from api.idempotency import Answer
from api.periods import instant_of
from api.schemas.messages import MessageIn
from core.clock import iso, shanghai
from core.errors import InvalidInput, NotAllowed
from core.model import MessageRecord
from core.redact import Redactor
from core.vocabulary import Precision
from crawlers.imports.persons import NOBODY, SECRET_WORDS, masked_person
from crawlers.parsing.fingerprints import content_hash, derived_id
from crawlers.parsing.text import clean_line, clean_text
from storage import cases, messages, sections, sources
from storage.database import Connection
from storage.sources import Source

_TITLE_LENGTH = 40


def take_in(sent: Sent, connection: Connection, given: MessageIn) -> Answer:
    """Store a message and open its case; a number that is known already revises its message.

    Raises:
        InvalidInput: an instant is unreadable or in the future, the section is unknown, or there is no text.
        Conflict: the source is used for another channel.
        NotAllowed: the sender may push to another source only.
    """
    services, now = sent.services, sent.services.clock.now()
    record = record_of(services.redactor, given, now)
    if record.section and record.section not in sections.names(connection):
        raise InvalidInput(f"没有科室“{record.section}”。", mend="请从科室表中选择。", field="section")
    source = sources.ensure(connection, _source_of(sent, given), given.channel, now)
    # Two sendings of the same number at the same instant: the second then finds the first.
    sources.lock(connection, source.id)
    origin = Origin(None, sent.actor.name, is_person=sent.actor.person_id is not None)
    registrar = Registrar(services.law, origin)
    message_id, outcome = _store(connection, registrar, source, record, now)
    owed = cases.ids_of_messages(connection, [message_id])
    body: dict[str, Any] = {"message": message_id, "outcome": outcome, "case": owed[0] if owed else None}
    return Answer(201 if outcome == "stored" else 200, body)


def record_of(redactor: Redactor, given: MessageIn, now: datetime) -> MessageRecord:
    """The record of a message, with nothing in it that tells a citizen apart.

    Raises:
        InvalidInput: see `take_in`.
    """
    body = redactor.text(clean_text(given.body))
    if not body:
        raise InvalidInput("没有正文。", mend="请写明来文内容。", field="body")
    title = redactor.text(clean_line(given.title)) or body.replace("\n", " ")[:_TITLE_LENGTH]
    received_at = _past(given.received_at, "received_at", now) or now
    secret = given.author_name in SECRET_WORDS
    author = NOBODY if secret else masked_person(redactor, clean_line(given.author_name), given.author_key)
    native_id = clean_line(given.native_id or "")
    order_due_at = instant_of(given.order_due_at, "order_due_at") if given.order_due_at else None
    return MessageRecord(
        channel=given.channel,
        native_id=native_id or derived_id(given.channel.value, iso(received_at) or "", title, body),
        native_id_is_derived=not native_id,
        title=title,
        body=body,
        received_at=received_at,
        received_precision=Precision.SECOND,
        received_from="dispatched_at" if given.created_at else "created_at",
        content_hash=content_hash(title, body, status="", limit=iso(order_due_at) or ""),
        created_at=_past(given.created_at, "created_at", now),
        author_display=author.display,
        author_hash=author.hash,
        section=clean_line(given.section),
        area=redactor.address(clean_line(given.area)),
        category=clean_line(given.category),
        url=given.url,
        order_due_at=order_due_at,
    )


def _source_of(sent: Sent, given: MessageIn) -> str:
    if sent.only_source is None:
        return given.source or given.channel.value
    if given.source not in {None, "", sent.only_source}:
        raise NotAllowed(
            f"发送方“{sent.actor.name}”只能推送到来源“{sent.only_source}”。",
            mend="请去掉 source，或改成这个来源。",
            code="sender.source",
        )
    return sent.only_source


def _store(
    connection: Connection, registrar: Registrar, source: Source, record: MessageRecord, now: datetime
) -> tuple[int, str]:
    known = messages.find_known(connection, source.id, [record.native_id]).get(record.native_id)
    if known is None:
        stored = messages.insert(connection, source.id, [record], import_id=None, now=now)
        registrar.register(connection, stored, now)
        return stored[0].id, "stored"
    if known.content_hash == record.content_hash:
        return known.id, "duplicate"
    revise(connection, registrar, known.id, record, now)
    return known.id, "revised"


def _past(text: str | None, field: str, now: datetime) -> datetime | None:
    if text is None:
        return None
    instant = instant_of(text, field)
    if instant > now:
        raise InvalidInput(
            f"时间 {shanghai(instant):%Y-%m-%d %H:%M} 还没有到。",
            mend="请填写实际的时间。",
            code="time.in_future",
            field=field,
        )
    return instant
