"""导入: upload an export, see how its columns are understood, confirm, mend what was left out, undo."""

from __future__ import annotations

from typing import Annotated, BinaryIO
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, Form, Path, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from alerts.revision import undo_import
from api.pages.contexts import Option
from api.pages.import_contexts import ImportsPage, UploadLine
from api.pages.import_parts import STATES, upload_page
from api.pages.rendering import render
from api.problems import problem_of
from api.security.identity import Person, Wired, form_sender, require_role
from api.services import Services
from api.uploading import UPLOAD_BYTES, UploadWish, queue, take_upload
from core.errors import HuiyingError, InvalidInput
from core.labels import label
from core.vocabulary import ImportKind, Role, Tag
from crawlers.imports.quarantine import open_sealed
from storage import events, uploads
from storage.events import OFFICE_STREAM, Draft
from storage.keys import load_or_create_key
from storage.staging import forget

router = APIRouter()

PATH = "/imports"
_SHOWN = 50
_SEE_OTHER = 303
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_Importer = Annotated[Person, Depends(require_role(Role.PRESS, Role.MANAGER, Role.ADMIN))]
_Sender = Annotated[Person, Depends(form_sender)]
_Number = Annotated[int, Path(ge=1, le=2**53)]


@router.get(PATH)
def show(request: Request, services: Wired, _person: _Importer) -> Response:
    """The form, and what was uploaded before, newest first."""
    return render(request, "imports.html", _page(services, {}))


@router.post(PATH, max_body_size=UPLOAD_BYTES)
def submit(
    request: Request,
    services: Wired,
    person: _Importer,
    _sender: _Sender,
    kind: Annotated[str, Form(max_length=40)] = "",
    source: Annotated[str, Form(max_length=200)] = "",
    mapping: Annotated[str, Form(max_length=20_000)] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Keep the file and show what it would bring."""
    typed = {"kind": kind, "source": source, "mapping": mapping}
    try:
        wish = UploadWish(_chosen_kind(kind), source.strip(), mapping.strip())
        row = take_upload(services, *_chosen_file(file), wish, person.name)
    except InvalidInput as error:
        page = _page(services, typed, error=f"{error.message}{error.mend}")
        return render(request, "imports.html", page, status=problem_of(error).status)
    with services.database.write() as connection:
        upload_id = queue(connection, services, row)
    return RedirectResponse(f"{PATH}/{upload_id}", _SEE_OTHER)


@router.get(PATH + "/{upload_id}")
def one(request: Request, services: Wired, _person: _Importer, upload_id: _Number) -> Response:
    """One upload: its preview, its progress, or what became of it."""
    with services.database.read() as connection:
        return render(request, "upload.html", upload_page(connection, upload_id))


@router.post(PATH + "/{upload_id}/confirm")
def confirm(services: Wired, _person: _Importer, _sender: _Sender, upload_id: _Number) -> Response:
    """Import what was shown."""
    with services.database.write() as connection:
        uploads.settle(connection, upload_id, uploads.WAITING, services.clock.now())
    return RedirectResponse(f"{PATH}/{upload_id}", _SEE_OTHER)


@router.post(PATH + "/{upload_id}/discard")
def discard(services: Wired, _person: _Importer, _sender: _Sender, upload_id: _Number) -> Response:
    """Throw the file away; nothing of it was stored."""
    with services.database.write() as connection:
        staged = uploads.get(connection, upload_id)["staged"]
        uploads.settle(connection, upload_id, uploads.DISCARDED, services.clock.now())
    forget(services.data_dir, staged)
    return RedirectResponse(PATH, _SEE_OTHER)


@router.post(PATH + "/{upload_id}/undo")
def undo(
    request: Request, services: Wired, person: _Importer, _sender: _Sender, upload_id: _Number
) -> Response:
    """Take the import back, as long as nobody has worked on what it brought."""
    try:
        with services.database.write() as connection:
            number = uploads.get(connection, upload_id)["import_id"] or 0
            undo_import(connection, services.law, number, actor=person.name, now=services.clock.now())
    except HuiyingError as error:
        with services.database.read() as connection:
            page = upload_page(connection, upload_id, error=f"{error.message}{error.mend}")
        return render(request, "upload.html", page, status=problem_of(error).status)
    return RedirectResponse(f"{PATH}/{upload_id}", _SEE_OTHER)


@router.post(PATH + "/{upload_id}/quarantine.xlsx")
def quarantine(services: Wired, person: _Importer, _sender: _Sender, upload_id: _Number) -> Response:
    """The rows that could not be read, unmasked, to be mended and uploaded again; who opened them is kept."""
    with services.database.read() as connection:
        number = uploads.get(connection, upload_id)["import_id"] or 0
    content = open_sealed(services.data_dir, load_or_create_key(services.data_dir), number)
    name, now = f"隔离件-导入{number}.xlsx", services.clock.now()
    with services.database.write() as connection:
        facts = {"import": number, "file": name}
        draft = Draft(OFFICE_STREAM, Tag.QUARANTINE_OPENED, "human", person.name, now, facts)
        events.append(connection, [draft], now)
    names = f"filename=\"quarantine-{number}.xlsx\"; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=_XLSX, headers={"Content-Disposition": f"attachment; {names}"})


def _chosen_kind(kind: str) -> ImportKind:
    if kind not in set(ImportKind):
        raise InvalidInput("没有选择文件种类。", mend="请选择这是哪一种导出表。", field="kind")
    return ImportKind(kind)


def _chosen_file(file: UploadFile | None) -> tuple[BinaryIO, str]:
    if file is None or not file.filename:
        raise InvalidInput("没有选择文件。", mend="请选择从系统导出的表。", field="file")
    return file.file, file.filename


def _page(services: Services, typed: dict[str, str], *, error: str | None = None) -> ImportsPage:
    with services.database.read() as connection:
        rows = uploads.newest(connection, _SHOWN)
    chosen = typed.get("kind", "")
    lines = [
        UploadLine(
            id=row["id"],
            file=row["file_name"],
            kind=label(ImportKind(row["kind"])),
            sent_by=row["sent_by"],
            at=row["created_at"],
            state=STATES[row["state"]],
            stored=row["stored"],
            quarantined=row["quarantined"],
        )
        for row in rows
    ]
    kinds = [Option(kind.value, label(kind), kind.value == chosen) for kind in ImportKind]
    return ImportsPage(kinds, lines, {"source": "", "mapping": ""} | typed, error)
