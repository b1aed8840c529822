"""The roster as it stands in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import Audience
from storage.tables import absences, duty_posts, handovers, people, roll_calls, shift_overrides, shifts


def add_post(
    connection: Connection,
    *,
    key: str,
    name: str,
    audience: Audience,
    section: str,
    needs_all: bool,
    now: datetime,
) -> int:
    """Enter a post; its number. The caller knows that the key is free."""
    values = {
        "key": key,
        "name": name,
        "audience": audience.value,
        "section": section,
        "needs_all": needs_all,
        "created_at": now,
    }
    return int(connection.execute(duty_posts.insert().values(values).returning(duty_posts.c.id)).scalar_one())


def find_post(connection: Connection, key: str) -> RowMapping | None:
    """The post with this key, closed or not; None when there is none."""
    return connection.execute(sa.select(duty_posts).where(duty_posts.c.key == key)).mappings().first()


def close_post(connection: Connection, post_id: int, now: datetime) -> None:
    """A post that answers nothing from now on; its history stays."""
    connection.execute(duty_posts.update().where(duty_posts.c.id == post_id).values(closed_at=now))


def posts(connection: Connection) -> Sequence[RowMapping]:
    """The posts that are not closed, in order of entry."""
    query = sa.select(duty_posts).where(duty_posts.c.closed_at.is_(None)).order_by(duty_posts.c.id)
    return connection.execute(query).mappings().all()


def add_shift(
    connection: Connection,
    *,
    post_id: int,
    person_id: int,
    since: datetime,
    until: datetime,
    by: str,
    now: datetime,
) -> int:
    """Enter somebody's turn; its number."""
    values = {
        "post_id": post_id,
        "person_id": person_id,
        "since": since,
        "until": until,
        "entered_at": now,
        "entered_by": by,
    }
    return int(connection.execute(shifts.insert().values(values).returning(shifts.c.id)).scalar_one())


def cancel_shifts(
    connection: Connection, post_id: int, *, since: datetime, until: datetime, now: datetime
) -> int:
    """Take back the turns on a post that begin in a period; how many. The rows stay."""
    done = connection.execute(
        shifts.update()
        .where(
            shifts.c.post_id == post_id,
            shifts.c.since >= since,
            shifts.c.since < until,
            shifts.c.cancelled_at.is_(None),
        )
        .values(cancelled_at=now)
    )
    return done.rowcount


def add_override(
    connection: Connection,
    *,
    post_id: int,
    person_id: int | None,
    stand_in_id: int,
    since: datetime,
    until: datetime,
    reason: str,
    by: str,
    now: datetime,
) -> int:
    """Enter that somebody takes another's turn; its number."""
    values = {
        "post_id": post_id,
        "person_id": person_id,
        "stand_in_id": stand_in_id,
        "since": since,
        "until": until,
        "reason": reason,
        "entered_at": now,
        "entered_by": by,
    }
    statement = shift_overrides.insert().values(values).returning(shift_overrides.c.id)
    return int(connection.execute(statement).scalar_one())


def add_absence(
    connection: Connection,
    *,
    person_id: int,
    delegate_id: int,
    since: datetime,
    until: datetime,
    reason: str,
    now: datetime,
) -> int:
    """Enter that somebody is away and who stands in; its number."""
    values = {
        "person_id": person_id,
        "delegate_id": delegate_id,
        "since": since,
        "until": until,
        "reason": reason,
        "entered_at": now,
    }
    return int(connection.execute(absences.insert().values(values).returning(absences.c.id)).scalar_one())


def cancel_absence(connection: Connection, person_id: int, absence_id: int, now: datetime) -> bool:
    """End a person's own absence early; False where there is no such absence that still counts."""
    done = connection.execute(
        absences.update()
        .where(
            absences.c.id == absence_id, absences.c.person_id == person_id, absences.c.cancelled_at.is_(None)
        )
        .values(cancelled_at=now)
    )
    return done.rowcount == 1


def around(connection: Connection, since: datetime, until: datetime) -> dict[str, Sequence[RowMapping]]:
    """What counts somewhere in a period (closed at its end): `posts`, `shifts`, `overrides`, `absences`."""
    return {
        "posts": posts(connection),
        "shifts": _counting(connection, shifts, since, until),
        "overrides": _counting(connection, shift_overrides, since, until),
        "absences": _counting(connection, absences, since, until),
    }


def _counting(
    connection: Connection, table: sa.Table, since: datetime, until: datetime
) -> Sequence[RowMapping]:
    query = (
        sa.select(table)
        .where(table.c.cancelled_at.is_(None), table.c.since <= until, table.c.until > since)
        .order_by(table.c.since, table.c.id)
    )
    return connection.execute(query).mappings().all()


def write_handover(
    connection: Connection,
    *,
    post_id: int,
    from_person: int,
    to_person: int,
    note: str,
    clocks: Sequence[dict[str, Any]],
    now: datetime,
) -> int:
    """Enter a hand-over, signed by who hands over; its number."""
    values = {
        "post_id": post_id,
        "from_person": from_person,
        "to_person": to_person,
        "note": note,
        "clocks": list(clocks),
        "written_at": now,
    }
    return int(connection.execute(handovers.insert().values(values).returning(handovers.c.id)).scalar_one())


def take_handover(connection: Connection, handover_id: int, person_id: int, now: datetime) -> bool:
    """Sign a hand-over as who takes over; False, and nothing changed, where that is not theirs to sign."""
    done = connection.execute(
        handovers.update()
        .where(
            handovers.c.id == handover_id,
            handovers.c.to_person == person_id,
            handovers.c.taken_at.is_(None),
        )
        .values(taken_at=now)
    )
    return done.rowcount == 1


def recent_handovers(connection: Connection, limit: int) -> Sequence[RowMapping]:
    """The newest hand-overs with the names of both people and of the post, newest first."""
    gave, took = people.alias("gave"), people.alias("took")
    query = (
        sa.select(
            handovers,
            gave.c.name.label("from_name"),
            took.c.name.label("to_name"),
            duty_posts.c.name.label("post_name"),
        )
        .join(gave, gave.c.id == handovers.c.from_person)
        .join(took, took.c.id == handovers.c.to_person)
        .join(duty_posts, duty_posts.c.id == handovers.c.post_id)
        .order_by(handovers.c.id.desc())
        .limit(limit)
    )
    return connection.execute(query).mappings().all()


def add_call(connection: Connection, *, post_id: int, person_id: int, by: str, now: datetime) -> int:
    """Enter that somebody on duty was called; the number of the call."""
    values = {"post_id": post_id, "person_id": person_id, "called_at": now, "called_by": by}
    return int(connection.execute(roll_calls.insert().values(values).returning(roll_calls.c.id)).scalar_one())


def answer_calls(connection: Connection, person_id: int, now: datetime) -> int:
    """The person is there: every call of theirs that waits is answered; how many."""
    done = connection.execute(
        roll_calls.update()
        .where(roll_calls.c.person_id == person_id, roll_calls.c.answered_at.is_(None))
        .values(answered_at=now)
    )
    return done.rowcount


def recent_calls(connection: Connection, limit: int) -> Sequence[RowMapping]:
    """The newest calls with the names of the person and of the post, newest first."""
    query = (
        sa.select(roll_calls, people.c.name, duty_posts.c.name.label("post_name"))
        .join(people, people.c.id == roll_calls.c.person_id)
        .join(duty_posts, duty_posts.c.id == roll_calls.c.post_id)
        .order_by(roll_calls.c.id.desc())
        .limit(limit)
    )
    return connection.execute(query).mappings().all()
