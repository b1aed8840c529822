"""Making, changing and closing accounts, each with its event in the audit trail."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from api.security.passwords import (
    check_new_password,
    hash_password,
    temporary_password,
    verify_password,
)
from core.errors import Conflict, InvalidInput, NotFound
from core.vocabulary import Role, Tag
from storage import events, people, sections, sessions, sign_in_failures
from storage.database import Connection
from storage.events import OFFICE_STREAM, Draft

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody who is to be entered.

    Attributes:
        section: key of their section; required for a handler, who sees nothing else.
        must_change_password: the password is temporary and opens only the page where it is changed.
    """

    login: str
    name: str
    role: Role
    section: str
    password: str
    must_change_password: bool


def add_person(connection: Connection, new: NewPerson, *, actor: str, now: datetime) -> int:
    """Enter a person and record who did; the new id.

    Raises:
        InvalidInput: the login, name, section or password cannot be used.
        Conflict: the login is taken.
    """
    _check(new)
    person_id = people.add(
        connection,
        login=new.login,
        name=new.name.strip(),
        role=new.role,
        section=new.section,
        password_hash=hash_password(new.password),
        must_change_password=new.must_change_password,
        now=now,
    )
    sections.ensure(connection, [new.section], now)
    _record(connection, Tag.PERSON_ADDED, actor, {"person": person_id, "role": new.role.value}, now)
    return person_id


def disable_person(connection: Connection, login: str, *, actor: str, now: datetime) -> int:
    """Close an account and end its sessions at once; the person's id.

    Raises:
        NotFound: nobody has this login.
        Conflict: it is closed already.
    """
    person_id = people.disable(connection, login, now)
    sessions.revoke_of_person(connection, person_id, now)
    _record(connection, Tag.PERSON_DISABLED, actor, {"person": person_id}, now)
    return person_id


def reset_password(connection: Connection, login: str, *, actor: str, now: datetime) -> str:
    """Replace a forgotten password by a temporary one, which is shown once and kept nowhere.

    Every session of the person ends, and wrong passwords tried before are forgotten.

    Raises:
        NotFound: nobody has this login.
        Conflict: the account is closed.
    """
    person = people.find(connection, login)
    if person is None:
        raise NotFound(f"没有登录名为 {login} 的人员。", mend="请核对登录名。", code="person.not_found")
    if person["disabled_at"] is not None:
        raise Conflict(f"{login} 已经停用。", mend="停用的账号不能再用，请新增账号。", code="person.disabled")
    password = temporary_password(login)
    people.set_password(connection, person["id"], hash_password(password), must_change=True)
    sessions.revoke_of_person(connection, person["id"], now)
    sign_in_failures.clear_all(connection, login)
    _record(connection, Tag.PASSWORD_RESET, actor, {"person": person["id"]}, now)
    return password


def change_own_password(
    connection: Connection, person_id: int, *, old: str, new: str, session: str, now: datetime
) -> None:
    """Replace a person's own password and end all their sessions but the one with the hash `session`.

    Raises:
        InvalidInput: the old password is wrong, or the new one is weak or the same.
    """
    person = people.get(connection, person_id)
    if not verify_password(old, person["password_hash"]):
        raise InvalidInput(
            "现在的密码不对。", mend="请重新输入。", field="old_password", code="password.wrong"
        )
    check_new_password(new, person["login"])
    if old == new:
        raise InvalidInput(
            "新密码与现在的密码相同。", mend="请换一个。", field="new_password", code="password.same"
        )
    people.set_password(connection, person_id, hash_password(new))
    sessions.revoke_of_person(connection, person_id, now, but=session)
    _record(connection, Tag.PASSWORD_CHANGED, person["login"], {"person": person_id}, now)


def _check(new: NewPerson) -> None:
    if not _LOGIN.fullmatch(new.login):
        raise InvalidInput(
            f"登录名“{new.login}”不能用。",
            mend="请用2到60个小写字母、数字、点、横线或下划线，以字母或数字开头。",
            field="login",
        )
    if not new.name.strip():
        raise InvalidInput("没有写姓名。", mend="请加上姓名。", field="name")
    if new.role is Role.HANDLER and not new.section:
        raise InvalidInput(
            "承办人没有写明科室。", mend="请写明所在科室（命令行用 --section）。", field="section"
        )
    check_new_password(new.password, new.login)


def _record(connection: Connection, tag: Tag, actor: str, facts: dict[str, object], now: datetime) -> None:
    events.append(connection, [Draft(OFFICE_STREAM, tag, "human", actor, now, facts)], now)
