"""Signing in with login and password, slowed down for those who guess."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from api.security.passwords import verify_password
from api.security.secrets import hashed, new_secret
from api.services import Services
from core.errors import NotSignedIn, TooManyAttempts
from storage import people, sessions, sign_in_failures
from storage.database import Row

WINDOW = timedelta(minutes=15)
# From one address; and from all of them together, so that many machines cannot guess in turn while one
# machine cannot lock a duty officer out.
TRIES = 10
TRIES_FROM_ANYWHERE = 50
_ADDRESS_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that has just begun.

    Attributes:
        secret: what the cookie holds; kept nowhere else.
    """

    secret: str
    csrf_token: str
    expires_at: datetime
    person: Row


def sign_in(services: Services, login: str, password: str, address: str) -> Opened:
    """Open a session for the person with this login and password.

    The attempt is counted before the password is looked at, so that parallel guesses are counted, too.

    Raises:
        NotSignedIn: no such person, a wrong password or a closed account; which of them is not told.
        TooManyAttempts: too many failures within `WINDOW`.
    """
    address = address[:_ADDRESS_LENGTH]
    _count_attempt(services, login, address)
    with services.database.read() as connection:
        person = people.find(connection, login)
    usable = person is not None and person["disabled_at"] is None
    matches = verify_password(password, person["password_hash"] if person is not None else None)
    if person is None or not usable or not matches:
        raise NotSignedIn("登录名或密码不对。", mend="请重新输入。", code="session.wrong_password")
    return _open(services, person, address)


def _count_attempt(services: Services, login: str, address: str) -> None:
    now = services.clock.now()
    with services.database.write() as connection:
        sign_in_failures.hold(connection, login)
        sign_in_failures.forget(connection, now - WINDOW)
        here = sign_in_failures.recent(connection, login, now - WINDOW, address=address)
        anywhere = sign_in_failures.recent(connection, login, now - WINDOW)
        if len(here) >= TRIES:
            raise _too_many(here[-TRIES], now)
        if len(anywhere) >= TRIES_FROM_ANYWHERE:
            raise _too_many(anywhere[-TRIES_FROM_ANYWHERE], now)
        sign_in_failures.add(connection, login, address, now)


def _too_many(oldest: datetime, now: datetime) -> TooManyAttempts:
    seconds = max(1, ceil((oldest + WINDOW - now).total_seconds()))
    return TooManyAttempts(
        "密码输错次数过多，暂时不能登录。",
        retry_after_seconds=seconds,
        mend=f"请在{ceil(seconds / 60)}分钟后再试，或请管理员重设密码。",
        code="session.too_many_attempts",
    )


def _open(services: Services, person: Row, address: str) -> Opened:
    now = services.clock.now()
    opened = Opened(
        secret=new_secret(),
        csrf_token=new_secret(),
        expires_at=now + timedelta(hours=services.settings.server.session_hours),
        person=person,
    )
    with services.database.write() as connection:
        sign_in_failures.clear(connection, person["login"], address)
        sessions.start(
            connection,
            id_hash=hashed(opened.secret),
            person_id=person["id"],
            csrf_token=opened.csrf_token,
            now=now,
            expires_at=opened.expires_at,
        )
    return opened
