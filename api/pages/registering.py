"""登记来文: a call, a letter or a visitor, typed in by somebody of the desk, with what they brought."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, Path, Query, Request, UploadFile
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from api.attachments import LARGEST_BYTES, MOST_FILES, drop, keep
from api.commands import Sent
from api.idempotency import Once
from api.intake import take_in
from api.pages.clock_lines import case_path
from api.pages.contexts import Option
from api.pages.given import Given, Typed
from api.pages.import_contexts import RegisterPage
from api.pages.rendering import render
from api.pages.verbs import actor_of
from api.problems import problem_of
from api.schemas.messages import MessageIn
from api.security.identity import Person, SignedIn, Wired, form_sender, require_role
from api.services import Services
from api.visible import get_visible_case
from core.errors import Conflict, InvalidInput, NotFound
from core.labels import label
from core.vocabulary import Channel, Role
from storage import attachments, cases, sections
from storage.database import Connection
from storage.keys import load_or_create_key
from storage.staging import ATTACHMENTS, staged

router = APIRouter()

_PATH = "/messages/new"
_Registrar = Annotated[Person, Depends(require_role(Role.PRESS, Role.DUTY, Role.MANAGER))]
_Sender = Annotated[Person, Depends(form_sender)]
_Number = Annotated[int, Path(ge=1, le=2**53)]
_WAYS = ("来电", "来信", "来访")
_FIELDS = ("way", "channel", "title", "body", "received_at", "author_name", "author_key", "section", "area")
_CHANNELS = (
    Channel.HOTLINE_12345,
    Channel.LEADER_MAILBOX,
    Channel.PETITION,
    Channel.PEOPLES_ADVICE,
    Channel.HOTLINE_12315,
    Channel.FOI,
    Channel.MANUAL,
)


@router.get(_PATH)
def show(
    request: Request,
    services: Wired,
    _person: _Registrar,
    done: Annotated[str, Query(max_length=1)] = "",
) -> Response:
    """The empty form; after a message without a clock it says so."""
    with services.database.read() as connection:
        return render(request, "register.html", _page(connection, Given({}), is_done=done == "1"))


@router.post(_PATH, max_body_size=(LARGEST_BYTES + (1 << 20)) * MOST_FILES)
def submit(
    request: Request,
    services: Wired,
    person: _Registrar,
    _sender: _Sender,
    given: Typed,
    files: Annotated[list[UploadFile] | None, File()] = None,
) -> Response:
    """Store the message and open its case; what was typed survives a refusal."""
    chosen = [(one.file, one.filename) for one in files or () if one.filename]
    try:
        wanted = _message(given)
        rows = keep(services, chosen, person.name)
        case_id = _store(services, person, wanted, rows)
    except (InvalidInput, Conflict) as error:
        field = error.field if isinstance(error, InvalidInput) else None
        with services.database.read() as connection:
            page = _page(connection, given, error=f"{error.message}{error.mend}", error_field=field)
        return render(request, "register.html", page, status=problem_of(error).status)
    return RedirectResponse(case_path("message", case_id) if case_id else f"{_PATH}?done=1", 303)


@router.get("/attachments/{attachment_id}")
def download(services: Wired, person: SignedIn, attachment_id: _Number) -> Response:
    """One file, to be saved and never shown by the browser; only for those who may see its case."""
    with services.database.read() as connection:
        row = attachments.get(connection, attachment_id)
        _require_visible(connection, row["message_id"], person)
    key = load_or_create_key(services.data_dir)
    with staged(services.data_dir, key, row["kept_as"], ATTACHMENTS) as plain:
        content = plain.read()
    names = f"filename=\"attachment-{attachment_id}\"; filename*=UTF-8''{quote(row['file_name'])}"
    headers = {"Content-Disposition": f"attachment; {names}"}
    return Response(content, media_type=row["media_type"], headers=headers)


def _store(services: Services, person: Person, given: MessageIn, rows: list[dict[str, object]]) -> int | None:
    sent = Sent(services, actor_of(person), Once(services, f"person/{person.id}", None, ""))
    try:
        with services.database.write() as connection:
            answer = take_in(sent, connection, given).body
            attachments.add(connection, [{"message_id": answer["message"], **row} for row in rows])
    except Exception:
        drop(services, rows)
        raise
    case: int | None = answer["case"]
    return case


def _message(given: Given) -> MessageIn:
    if given["way"] not in _WAYS:
        raise InvalidInput("没有选择来的方式。", mend="请选择来电、来信或来访。", field="way")
    if given["channel"] not in set(Channel):
        raise InvalidInput("没有选择渠道。", mend="请选择按哪个渠道办理。", field="channel")
    try:
        return MessageIn(
            channel=Channel(given["channel"]),
            title=given["title"],
            body=given["body"],
            received_at=given["received_at"] or None,
            author_name=given["author_name"],
            author_key=given["author_key"],
            section=given["section"],
            area=given["area"],
            category=given["way"],
        )
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        raise InvalidInput("有一项没有填对。", mend="请检查是否漏填或太长。", field=field) from error


def _require_visible(connection: Connection, message_id: int, person: Person) -> None:
    owed = cases.ids_of_messages(connection, [message_id])
    if owed:
        get_visible_case(connection, owed[0], person.sees_only)
    elif person.sees_only is not None:
        raise NotFound("没有这个附件。", mend="请刷新页面查看。", code="attachment.not_found")


def _page(
    connection: Connection,
    given: Given,
    *,
    is_done: bool = False,
    error: str | None = None,
    error_field: str | None = None,
) -> RegisterPage:
    names = ["", *sections.names(connection).values()]
    return RegisterPage(
        ways=[Option(way, way, given["way"] == way) for way in _WAYS],
        channels=[Option(one.value, label(one), given["channel"] == one.value) for one in _CHANNELS],
        sections=[Option(name, name or "暂不交办", given["section"] == name) for name in names],
        typed={name: given[name] for name in _FIELDS},
        is_done=is_done,
        error=error,
        error_field=error_field,
    )
