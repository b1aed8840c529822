"""账号: who may come in; adding people, resetting a forgotten password, closing an account."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from api.pages.contexts import Option
from api.pages.given import Given, Typed
from api.pages.office_contexts import PeoplePage, PersonLine, TemporaryPassword
from api.pages.rendering import render
from api.problems import problem_of
from api.security.accounts import NewPerson, add_person, disable_person, reset_password
from api.security.identity import Person, Wired, form_sender, require_role
from api.security.passwords import temporary_password
from api.services import Services
from core.errors import Conflict, HuiyingError, InvalidInput, NotFound
from core.labels import label
from core.vocabulary import Role
from storage import people, sections

router = APIRouter()

_Admin = Annotated[Person, Depends(require_role(Role.ADMIN))]
_Sender = Annotated[Person, Depends(form_sender)]
_Login = Annotated[str, Path(max_length=60, pattern=r"^[^\x00]*$")]
_FIELDS = ("login", "name", "role", "section")


@router.get("/people")
def show(request: Request, services: Wired, person: _Admin) -> Response:
    """Everybody, those with closed accounts last."""
    return render(request, "people.html", _page(services, person))


@router.post("/people")
def add(request: Request, services: Wired, person: _Admin, _sender: _Sender, given: Typed) -> Response:
    """Enter somebody with a temporary password, which this answer shows and nothing keeps."""
    login = given["login"].strip().lower()
    try:
        new = _new(given, login)
        with services.database.write() as connection:
            add_person(connection, new, actor=person.login, now=services.clock.now())
    except (InvalidInput, Conflict) as error:
        return _refused(request, services, person, error, given)
    fresh = TemporaryPassword(login, new.name, new.password)
    return render(request, "people.html", _page(services, person, fresh=fresh, done=f"已新增{new.name}"))


@router.post("/people/{login}/reset")
def reset(request: Request, services: Wired, person: _Admin, _sender: _Sender, login: _Login) -> Response:
    """A new temporary password; everything this person has open is signed out."""
    try:
        _require_other(person, login, "自己的密码请在“我的账号”中修改。")
        with services.database.write() as connection:
            password = reset_password(connection, login, actor=person.login, now=services.clock.now())
            found = people.find(connection, login)
    except (NotFound, Conflict) as error:
        return _refused(request, services, person, error)
    name = found["name"] if found is not None else login
    page = _page(services, person, fresh=TemporaryPassword(login, name, password), done=f"已重设{name}的密码")
    return render(request, "people.html", page)


@router.post("/people/{login}/disable")
def disable(request: Request, services: Wired, person: _Admin, _sender: _Sender, login: _Login) -> Response:
    """Close an account for good; its person is signed out at once, the history keeps the name."""
    try:
        _require_other(person, login, "不能停用自己的账号，请由另一位管理员办理。")
        with services.database.write() as connection:
            disable_person(connection, login, actor=person.login, now=services.clock.now())
    except (NotFound, Conflict) as error:
        return _refused(request, services, person, error)
    return render(request, "people.html", _page(services, person, done=f"已停用{login}"))


def _new(given: Given, login: str) -> NewPerson:
    if given["role"] not in set(Role):
        raise InvalidInput("没有选择角色。", mend="请选择角色。", field="role")
    return NewPerson(
        login=login,
        name=given["name"].strip(),
        role=Role(given["role"]),
        section=given["section"].strip(),
        password=temporary_password(login),
        must_change_password=True,
    )


def _require_other(person: Person, login: str, mend: str) -> None:
    if person.login == login:
        raise Conflict("这是您自己的账号。", mend=mend, code="person.self")


def _refused(
    request: Request,
    services: Services,
    person: Person,
    error: HuiyingError,
    given: Given | None = None,
) -> Response:
    field = error.field if isinstance(error, InvalidInput) else None
    page = _page(services, person, given=given, error=f"{error.message}{error.mend}", error_field=field)
    return render(request, "people.html", page, status=problem_of(error).status)


def _page(
    services: Services,
    person: Person,
    *,
    fresh: TemporaryPassword | None = None,
    done: str | None = None,
    given: Given | None = None,
    error: str | None = None,
    error_field: str | None = None,
) -> PeoplePage:
    typed = {name: given[name] if given is not None else "" for name in _FIELDS}
    with services.database.read() as connection:
        rows = people.listed(connection)
        names = sections.names(connection)
    return PeoplePage(
        people=[
            PersonLine(
                login=row["login"],
                name=row["name"],
                role=label(Role(row["role"])),
                section=names.get(row["section"], row["section"]),
                created_at=row["created_at"],
                disabled_at=row["disabled_at"],
                is_temporary=row["must_change_password"],
                is_self=row["login"] == person.login,
            )
            for row in sorted(rows, key=lambda row: (row["disabled_at"] is not None, row["login"]))
        ],
        roles=[Option("", "请选择", False), *(Option(one, label(one), one == typed["role"]) for one in Role)],
        sections=[
            Option("", "无", False),
            *(Option(key, name, key == typed["section"]) for key, name in names.items()),
        ],
        fresh=fresh,
        done=done,
        typed=typed,
        error=error,
        error_field=error_field,
    )
