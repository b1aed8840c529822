"""One's own account: the password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from api.pages.contexts import AccountPage
from api.pages.rendering import render
from api.security.accounts import change_own_password
from api.security.identity import Person, Recognised, Wired, form_sender
from api.security.passwords import MAX_LENGTH, MIN_LENGTH
from core.errors import InvalidInput

router = APIRouter()

_TEMPORARY = "这是临时密码，请先改成自己的密码，然后才能使用其他页面。"


@router.get("/account")
def show(request: Request, person: Recognised, done: str = "") -> Response:
    """The account of the person who asks."""
    notice = _TEMPORARY if person.must_change_password else None
    return render(request, "account.html", AccountPage(notice, None, None, done == "1", MIN_LENGTH))


@router.post("/account/password")
def change(
    request: Request,
    services: Wired,
    person: Annotated[Person, Depends(form_sender)],
    old_password: Annotated[str, Form(max_length=MAX_LENGTH)] = "",
    new_password: Annotated[str, Form(max_length=MAX_LENGTH)] = "",
    repeated: Annotated[str, Form(max_length=MAX_LENGTH)] = "",
) -> Response:
    """Change the password; every other session of the person ends."""
    try:
        _require_same(new_password, repeated)
        with services.database.write() as connection:
            change_own_password(
                connection,
                person.id,
                old=old_password,
                new=new_password,
                session=person.session,
                now=services.clock.now(),
            )
    except InvalidInput as error:
        notice = _TEMPORARY if person.must_change_password else None
        page = AccountPage(notice, f"{error.message}{error.mend}", error.field, False, MIN_LENGTH)
        return render(request, "account.html", page, status=422)
    return RedirectResponse("/account?done=1", 303)


def _require_same(new_password: str, repeated: str) -> None:
    if new_password != repeated:
        raise InvalidInput("两次输入的新密码不一样。", mend="请重新输入。", field="repeated")
