"""Signing in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from api.pages.contexts import ResumePage, SignInPage
from api.pages.rendering import render
from api.pages.resuming import read_kept
from api.problems import problem_of
from api.security.addresses import HOME, address_of, require_same_origin, safe_next
from api.security.identity import Person, Wired, clear_cookie, find_person, form_sender, set_cookie
from api.security.passwords import MAX_LENGTH
from api.security.sign_in import sign_in
from core.errors import NotSignedIn, TooManyAttempts
from storage import people, sessions

router = APIRouter()

_LOGIN_LENGTH = 60
_NOTICES = {
    "expired": "登录已失效，请重新登录，之后会回到原来的页面。",
    "signed-out": "已退出。",
    "disabled": "账号已停用。",
}


@router.get("/")
def home() -> Response:
    """The first page is the desk."""
    return RedirectResponse(HOME, 303)


@router.get("/sign-in")
def show(request: Request, services: Wired, next: str = "", why: str = "") -> Response:  # noqa: A002 - the name in the address
    """The way in; somebody who is in already goes on."""
    if find_person(request, services) is not None:
        return RedirectResponse(safe_next(next), 303)
    with services.database.read() as connection:
        if not people.is_anybody(connection):
            return RedirectResponse("/setup", 303)
    page = SignInPage(safe_next(next), "", _NOTICES.get(why), None, guests=services.guests)
    return render(request, "sign_in.html", page)


@router.post("/sign-in")
def submit(
    request: Request,
    services: Wired,
    login: Annotated[str, Form(max_length=_LOGIN_LENGTH, pattern=r"^[^\x00]*$")] = "",
    password: Annotated[str, Form(max_length=MAX_LENGTH)] = "",
    next: Annotated[str, Form()] = "",  # noqa: A002 - the name of the field
    kept: Annotated[str, Form()] = "",
) -> Response:
    """Open a session and go on to where the person was, or say what is wrong.

    What was typed before the session ended comes along, and is offered again on the other side.
    """
    require_same_origin(request)
    try:
        opened = sign_in(services, login.strip().lower(), password, address_of(request))
    except (NotSignedIn, TooManyAttempts) as error:
        problem = problem_of(error)
        said = f"{error.message}{error.mend}"
        page = SignInPage(safe_next(next), login, None, said, read_kept(kept), services.guests)
        response: Response = render(request, "sign_in.html", page, status=problem.status)
        response.headers.update(problem.headers)
        return response
    typed = read_kept(kept)
    if typed is None or opened.person["must_change_password"]:
        response = RedirectResponse(safe_next(next), 303)
    else:
        response = render(request, "resume.html", ResumePage(typed, opened.csrf_token))
    set_cookie(response, services, opened.secret)
    return response


@router.post("/sign-out")
def leave(services: Wired, person: Annotated[Person, Depends(form_sender)]) -> Response:
    """End the session, in SQL as well as in the browser."""
    with services.database.write() as connection:
        sessions.revoke(connection, person.session, services.clock.now())
    response = RedirectResponse("/sign-in?why=signed-out", 303)
    clear_cookie(response, services)
    return response
