"""People of the office: who may sign in, in which role, for which section."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.errors import Conflict, NotFound
from core.vocabulary import Role
from storage.tables import people


def add(
    connection: Connection,
    *,
    login: str,
    name: str,
    role: Role,
    section: str,
    password_hash: str,
    must_change_password: bool,
    now: datetime,
) -> int:
    """Enter a person; the new id. A login is never given twice, not even after its person was disabled.

    Raises:
        Conflict: the login is taken.
    """
    if find(connection, login) is not None:
        raise Conflict(f"登录名 {login} 已经有人使用。", mend="请换一个登录名。", code="person.exists")
    values = {
        "login": login,
        "name": name,
        "role": role.value,
        "section": section,
        "password_hash": password_hash,
        "must_change_password": must_change_password,
        "created_at": now,
    }
    return int(connection.execute(people.insert().values(values).returning(people.c.id)).scalar_one())


def find(connection: Connection, login: str) -> RowMapping | None:
    """The person with this login, disabled or not; None when there is none."""
    return connection.execute(sa.select(people).where(people.c.login == login)).mappings().first()


def get(connection: Connection, person_id: int) -> RowMapping:
    """One person's row."""
    return connection.execute(sa.select(people).where(people.c.id == person_id)).mappings().one()


def listed(connection: Connection) -> Sequence[RowMapping]:
    """Everybody, disabled people too, in order of login."""
    return connection.execute(sa.select(people).order_by(people.c.login)).mappings().all()


def is_anybody(connection: Connection) -> bool:
    """Whether the installation has people, disabled ones too."""
    return connection.execute(sa.select(people.c.id).limit(1)).first() is not None


def hold_first(connection: Connection) -> None:
    """Let nobody else enter the first people until this write transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext("people.first"))))


def set_password(
    connection: Connection, person_id: int, password_hash: str, *, must_change: bool = False
) -> None:
    """Replace a password; the caller revokes the person's other sessions in the same transaction."""
    connection.execute(
        people.update()
        .where(people.c.id == person_id)
        .values(password_hash=password_hash, must_change_password=must_change)
    )


def disable(connection: Connection, login: str, now: datetime) -> int:
    """Close a person's account for good; their id. The row stays, since history names it.

    Raises:
        NotFound: nobody has this login.
        Conflict: it is closed already.
    """
    person = find(connection, login)
    if person is None:
        raise NotFound(
            f"没有登录名为 {login} 的人员。", mend="请用 people list 核对。", code="person.not_found"
        )
    if person["disabled_at"] is not None:
        raise Conflict(f"{login} 已经停用。", mend="无需再做。", code="person.disabled")
    connection.execute(people.update().where(people.c.id == person["id"]).values(disabled_at=now))
    return int(person["id"])
