"""Who sends a request: the dependencies every route and page declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Form, Header, Request, Response

from api.security.addresses import require_same_origin
from api.security.secrets import hashed, same
from api.services import Services, services_of
from core.errors import NotAllowed, NotSignedIn
from core.labels import label
from core.vocabulary import Role, Scope
from storage import sessions, tokens

MUST_CHANGE = "password.must_change"
EXPIRED = "session.expired"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has signed in.

    Attributes:
        session: hash of the session's id.
        csrf_token: what a form or a script must send back with a write.
    """

    id: int
    login: str
    name: str
    role: Role
    section: str
    must_change_password: bool
    session: str
    csrf_token: str
    expires_at: datetime

    @property
    def sees_only(self) -> str | None:
        """The section a handler is confined to; None for those who see the whole office."""
        return self.section if self.role is Role.HANDLER else None

    @property
    def role_label(self) -> str:
        """What an official calls the role."""
        return label(self.role)


@dataclass(frozen=True, slots=True)
class Reader:
    """A person or a program that may read.

    Attributes:
        sees_only: the section it is confined to, or None.
    """

    sees_only: str | None


Wired = Annotated[Services, Depends(services_of)]


def cookie_name(services: Services) -> str:
    """The name of the session cookie; over HTTPS the browser itself then ties it to this host."""
    return "__Host-huiying_session" if services.settings.server.secure_cookies else "huiying_session"


def set_cookie(response: Response, services: Services, secret: str) -> None:
    """Hand the session to the browser."""
    response.set_cookie(
        cookie_name(services),
        secret,
        max_age=services.settings.server.session_hours * 3600,
        httponly=True,
        samesite="lax",
        secure=services.settings.server.secure_cookies,
    )


def clear_cookie(response: Response, services: Services) -> None:
    """Take the session away from the browser."""
    response.delete_cookie(
        cookie_name(services), httponly=True, samesite="lax", secure=services.settings.server.secure_cookies
    )


def find_person(request: Request, services: Services) -> Person | None:
    """The person whose valid session came with the request, or None."""
    secret = request.cookies.get(cookie_name(services))
    if not secret:
        return None
    with services.database.read() as connection:
        row = sessions.find(connection, hashed(secret), services.clock.now())
    if row is None:
        return None
    person = Person(
        id=row["person_id"],
        login=row["login"],
        name=row["name"],
        role=Role(row["role"]),
        section=row["section"],
        must_change_password=row["must_change_password"],
        session=row["id_hash"],
        csrf_token=row["csrf_token"],
        expires_at=row["expires_at"],
    )
    # The layout of every page names the person, that of an error page, too.
    request.state.person = person
    return person


def recognised(request: Request, services: Wired) -> Person:
    """The person who has signed in, even if a temporary password must be changed first.

    Raises:
        NotSignedIn: no session, or one that ran out or was ended.
    """
    person = find_person(request, services)
    if person is not None:
        return person
    if request.cookies.get(cookie_name(services)):
        raise NotSignedIn("登录已失效。", mend="请重新登录，之后会回到原来的页面。", code=EXPIRED)
    raise NotSignedIn("还没有登录。", mend="请先登录。")


def signed_in(person: Annotated[Person, Depends(recognised)]) -> Person:
    """The person who has signed in and may work.

    Raises:
        NotAllowed: the password is temporary.
    """
    if person.must_change_password:
        raise NotAllowed("这是临时密码。", mend="请先在“账号”中改成自己的密码。", code=MUST_CHANGE)
    return person


Recognised = Annotated[Person, Depends(recognised)]
SignedIn = Annotated[Person, Depends(signed_in)]


def form_sender(
    request: Request, person: Recognised, csrf: Annotated[str, Form(max_length=100)] = ""
) -> Person:
    """The person whose form this is, once the form proves that it came from our own page.

    Raises:
        NotAllowed: the form's token is not that of the session, or another site sent it.
    """
    require_same_origin(request)
    if not same(csrf, person.csrf_token):
        raise NotAllowed("表单已过期。", mend="请返回并刷新页面，再提交一次。", code="csrf.refused")
    return person


def script_sender(
    request: Request, person: Recognised, x_csrf_token: Annotated[str, Header()] = ""
) -> Person:
    """The same for a JSON write that comes with a cookie: the token stands in a header.

    Raises:
        NotAllowed: see `form_sender`.
    """
    return form_sender(request, person, x_csrf_token)


def require_role(*roles: Role) -> Callable[[Person], Person]:
    """A dependency that lets only these roles pass.

    The dependency raises NotAllowed for everybody else.
    """

    def checked(person: SignedIn) -> Person:
        if person.role not in roles:
            allowed = "、".join(label(role) for role in roles)
            raise NotAllowed(
                f"您的角色是{person.role_label}，不能使用这一功能。",
                mend=f"请由{allowed}办理。",
                code="role.refused",
            )
        return person

    return checked


def require_scope(scope: Scope) -> Callable[..., Reader]:
    """A dependency that lets a program with this scope pass, or a person who has signed in.

    The dependency raises NotSignedIn for a bad token and NotAllowed for one without the scope.
    """

    def checked(request: Request, services: Wired) -> Reader:
        authorization = request.headers.get("authorization")
        if authorization is None:
            return Reader(signed_in(recognised(request, services)).sees_only)
        kind, _, secret = authorization.partition(" ")
        with services.database.read() as connection:
            row = tokens.find(connection, hashed(secret.strip()), services.clock.now())
        if kind.lower() != "bearer" or row is None:
            raise NotSignedIn("接口令牌无效或已过期。", mend="请向管理员索取新的令牌。", code="token.invalid")
        _count(request, services, f"token/{row['id']}")
        if scope.value not in row["scopes"].split():
            raise NotAllowed(
                f"接口令牌没有“{label(scope)}”权限。", mend="请向管理员索取合适的令牌。", code="token.scope"
            )
        return Reader(None)

    return checked


def _count(request: Request, services: Services, owner: str) -> None:
    """Count a request once, however often its sender is asked for while it lasts (a stream lasts long).

    Raises:
        TooManyAttempts: the program has used up this minute.
    """
    if not getattr(request.state, "is_counted", False):
        request.state.is_counted = True
        limit = services.settings.server.requests_per_minute
        services.rate.spend(services.database, owner, limit, services.clock.now())
