"""A person's word about a message where the machine was wrong; kept beside the machine's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.errors import Conflict, InvalidInput
from core.vocabulary import MessageKind, Polarity, Tag
from storage import events, people
from storage.cases import lock_of_message
from storage.events import OFFICE_STREAM, Draft
from storage.tables import assessments, corrections

# Field → the assessment's column, and the values it may take (None: any words).
_FIELDS: Mapping[str, tuple[str, tuple[str, ...] | None]] = {
    "polarity": ("polarity", tuple(Polarity)),
    "kind": ("kind", tuple(MessageKind)),
    "is_simple": ("is_simple", ("true", "false")),
    "topic": ("topic", None),
    "section": ("suggested_section", None),
}
_AS_TEXT: Mapping[type, Callable[[object], str]] = {bool: lambda value: str(value).lower()}


def correct(
    connection: Connection, message_id: int, field: str, value: str, person_id: int, now: datetime
) -> None:
    """Record that a person holds `field` to be `value`; the machine's value is kept with it.

    The newest correction of a field stands, also after the message is assessed again. An event goes into the
    trail of the message's case, or of the office where it has none.

    Args:
        field: `polarity`, `kind`, `is_simple` (`true` or `false`), `topic` or `section`.

    Raises:
        InvalidInput: there is no such field, or it cannot have this value.
        Conflict: the message has not been assessed yet.
    """
    if field not in _FIELDS:
        raise InvalidInput(
            f"没有可以更正的项“{field}”。", mend=f"可以更正：{'、'.join(_FIELDS)}。", field="field"
        )
    column, allowed = _FIELDS[field]
    if allowed is not None and value not in allowed:
        raise InvalidInput(
            f"“{value}”不能作为该项的值。", mend=f"可以是：{'、'.join(allowed)}。", field="value"
        )
    case = lock_of_message(connection, message_id)
    machine = connection.execute(
        sa.select(assessments.c[column]).where(assessments.c.message_id == message_id)
    ).first()
    if machine is None:
        raise Conflict("这件来文还没有研判。", mend="请稍后再更正。", code="message.not_assessed")
    machine_value = _AS_TEXT.get(type(machine[0]), str)(machine[0])
    connection.execute(
        corrections.insert().values(
            message_id=message_id,
            field=field,
            machine_value=machine_value,
            value=value,
            person_id=person_id,
            at=now,
        )
    )
    facts = {"message": message_id, "field": field, "machine": machine_value, "value": value}
    actor = people.get(connection, person_id)["login"]
    stream = OFFICE_STREAM if case is None else case["id"]
    events.append(connection, [Draft(stream, Tag.MESSAGE_CORRECTED, "human", actor, now, facts)], now)


def newest(connection: Connection, message_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Message id → field → what a person said last; messages nobody corrected are left out."""
    query = (
        sa.select(corrections.c.message_id, corrections.c.field, corrections.c.value)
        .where(corrections.c.message_id.in_(message_ids))
        .order_by(corrections.c.id)
    )
    said: dict[int, dict[str, str]] = {}
    for row in connection.execute(query):
        said.setdefault(row.message_id, {})[row.field] = row.value
    return said


def of_message(connection: Connection, message_id: int) -> Sequence[RowMapping]:
    """Every correction of one message, oldest first, with both values, the person and the time."""
    query = sa.select(corrections).where(corrections.c.message_id == message_id).order_by(corrections.c.id)
    return connection.execute(query).mappings().all()
