"""Loads the demo bureau: people, sections, and the two exports by the ordinary import."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from api.security.accounts import NewPerson, add_person
from api.security.passwords import hash_password, verify_password
from core.clock import iso
from core.vocabulary import ImportKind, Role
from huiying.demo.bureau import Bureau, Person
from huiying.demo.logins import passwords
from huiying.demo.opening import moments_of
from huiying.demo.workbooks import write_workbooks
from huiying.importing import Wish, import_file
from huiying.office import Office
from storage import engine_state, people, sections, sessions
from storage.database import Connection

_LOADED_AT = "demo_loaded_at"
_ACTOR = "演示"


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """How one role signs in, and what it should look at first."""

    role: Role
    name: str
    login: str
    password: str
    look: str


@dataclass(frozen=True, slots=True)
class DemoLogins:
    """The demo, ready.

    Attributes:
        logins: one for each role; every password opens the account.
        stored: how many messages this call stored; 0 when the demo stood already.
        began_at: the instant its moments are relative to.
    """

    logins: tuple[DemoLogin, ...]
    stored: int
    began_at: datetime


def load_demo(office: Office, bureau: Bureau) -> DemoLogins:
    """Load what is missing of the demo; called again, it stores nothing twice and gives the same passwords.

    Args:
        office: the demo's own installation, from `open_demo`.
        bureau: what to load.
    """
    drawn = passwords(office.settings.data_dir, [person.login for person in bureau.people])
    with office.database.write() as connection:
        now = office.clock.now()
        sections.ensure(connection, bureau.sections, now)
        for person in bureau.people:
            _admit(connection, person, drawn[person.login], now)
    stored = _load_messages(office, bureau)
    return DemoLogins(_logins(bureau, drawn), stored, moments_of(office).at)


def _admit(connection: Connection, person: Person, password: str, now: datetime) -> None:
    """Enter the person, or give back the password that will be shown."""
    known = people.find(connection, person.login)
    if known is None:
        new = NewPerson(person.login, person.name, person.role, person.section, password, False)
        add_person(connection, new, actor=_ACTOR, now=now)
    elif not verify_password(password, known["password_hash"]):
        people.set_password(connection, known["id"], hash_password(password))
        sessions.revoke_of_person(connection, known["id"], now)


def _load_messages(office: Office, bureau: Bureau) -> int:
    """Import both exports unless that was done; how many messages were stored."""
    with office.database.read() as connection:
        if engine_state.find(connection, _LOADED_AT) is not None:
            return 0
    # The exports hold telephone numbers as a real one does, so they do not stay.
    with tempfile.TemporaryDirectory(dir=office.settings.data_dir) as folder:
        letters, orders = write_workbooks(bureau, moments_of(office), Path(folder))
        done = [
            import_file(office, letters, Wish(ImportKind.MAILBOX)),
            import_file(office, orders, Wish(ImportKind.HOTLINE_12345)),
        ]
    with office.database.write() as connection:
        engine_state.set_once(connection, _LOADED_AT, iso(office.clock.now()) or "")
    return sum(one.counts.stored for one in done)


def _logins(bureau: Bureau, drawn: Mapping[str, str]) -> tuple[DemoLogin, ...]:
    return tuple(
        DemoLogin(person.role, person.name, person.login, drawn[person.login], person.look)
        for person in bureau.people
    )
