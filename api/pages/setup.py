"""开局: the office, its sections, people and channels from one workbook.

Open to everybody only as long as the installation has nobody; after that to administrators.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from starlette.responses import Response

from api.pages.office_contexts import SetupPage
from api.pages.rendering import render
from api.problems import problem_of
from api.security.addresses import require_same_origin
from api.security.identity import Person, Wired, find_person, form_sender, recognised, require_role, signed_in
from api.services import Services
from api.setting_up import Setup, SetupAnswer
from core.errors import Conflict, FileRefused, InvalidInput, NotFound
from core.vocabulary import Role
from storage import people

router = APIRouter()

UPLOAD_BYTES = 9 << 20
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def may_set_up(request: Request, services: Wired) -> Person | None:
    """None while the installation has nobody, then the administrator who asks.

    Raises:
        NotSignedIn, NotAllowed: somebody is there, and no administrator asks.
    """
    with services.database.read() as connection:
        is_first = not people.is_anybody(connection)
    if is_first:
        return None
    person = find_person(request, services) or recognised(request, services)
    return require_role(Role.ADMIN)(signed_in(person))


_Who = Annotated[Person | None, Depends(may_set_up)]


@router.get("/setup")
def show(request: Request, who: _Who) -> Response:
    """The page, with what to do first."""
    return render(request, "setup.html", SetupPage(who is None, None, None))


@router.get("/setup/template.xlsx")
def template(services: Wired, _who: _Who) -> Response:
    """The empty workbook."""
    names = f"filename=\"setup.xlsx\"; filename*=UTF-8''{quote('开局表.xlsx')}"
    headers = {"Content-Disposition": f"attachment; {names}"}
    return Response(_setup(services).template(), media_type=_XLSX, headers=headers)


@router.post("/setup", max_body_size=UPLOAD_BYTES)
def submit(
    request: Request,
    services: Wired,
    who: _Who,
    csrf: Annotated[str, Form(max_length=100)] = "",
    rehearse: Annotated[str, Form(max_length=1)] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Check the workbook, or follow it whole; what is wrong is listed cell by cell and nothing is written."""
    require_same_origin(request)
    if who is not None:
        form_sender(request, who, csrf)
    try:
        answer = _read(services, who, file, write=rehearse != "1")
    except (FileRefused, InvalidInput, Conflict) as error:
        page = SetupPage(who is None, None, f"{error.message}{error.mend}")
        return render(request, "setup.html", page, status=problem_of(error).status)
    status = 422 if answer.problems else 200
    return render(request, "setup.html", SetupPage(who is None, answer, None), status=status)


def _read(services: Services, who: Person | None, file: UploadFile | None, *, write: bool) -> SetupAnswer:
    if file is None or not file.filename:
        raise InvalidInput("没有选择文件。", mend="请选择填好的开局表。", field="file")
    actor = who.login if who is not None else "开局"
    content = file.file.read()
    return _setup(services).read(content, file.filename, actor=actor, is_first=who is None, write=write)


def _setup(services: Services) -> Setup:
    if services.setup is None:
        raise NotFound("这个服务不提供网页开局。", mend="请用命令 huiying setup。", code="setup.not_served")
    return services.setup
