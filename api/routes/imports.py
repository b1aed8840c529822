"""Imports over the interface: upload a file, and ask how far it is."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, UploadFile
from starlette.responses import Response

from api.commands import Intake
from api.idempotency import Answer
from api.routes.answers import BEARER, COOKIE, problems
from api.schemas.imports import UploadOut
from api.security.identity import Reader, Wired, require_scope
from api.uploading import UPLOAD_BYTES, UploadWish, queue, take_upload, upload_json
from api.visible import Number
from core.errors import NotAllowed
from core.vocabulary import ImportKind, Scope
from storage import uploads
from storage.database import Connection
from storage.staging import forget

router = APIRouter(prefix="/imports", tags=["导入"], dependencies=[Depends(BEARER), Depends(COOKIE)])

_Reads = Annotated[Reader, Depends(require_scope(Scope.READ))]
_Kind = Annotated[ImportKind, Form(description="文件是哪一种导出表。")]
_Source = Annotated[str, Form(max_length=80, description="来源名；不填则与种类同名。")]
_Mapping = Annotated[str, Form(max_length=20_000, description="列对应文件(TOML)的内容。")]
_Preview = Annotated[bool, Form(description="true：只看会导入什么，等人在页面上确认。")]


@router.post(
    "",
    status_code=202,
    summary="上传导出表",
    response_model=UploadOut,
    responses=problems(401, 403, 409, 413, 422),
    max_body_size=UPLOAD_BYTES,
)
def upload(
    services: Wired,
    sent: Intake,
    file: Annotated[UploadFile, File(description="xlsx、xls 或 csv，最大128 MB。")],
    kind: _Kind,
    source: _Source = "",
    mapping: _Mapping = "",
    preview: _Preview = False,
) -> Response:
    """Take a file; it is imported in the background. Sent again under its key it is not imported twice."""
    earlier = sent.once.earlier()
    if earlier is not None:
        return earlier
    wish = UploadWish(kind, source, mapping, is_confirmed=not preview)
    row = take_upload(services, file.file, file.filename or "", wish, sent.actor.name)

    def effect(connection: Connection) -> Answer:
        return Answer(202, upload_json(uploads.get(connection, queue(connection, services, row))))

    try:
        return sent.once.answer(effect)
    except Exception:
        forget(services.data_dir, row["staged"])
        raise


@router.get(
    "/{upload_id}", summary="导入到哪一步", response_model=UploadOut, responses=problems(401, 403, 404)
)
def one(services: Wired, reader: _Reads, upload_id: Number) -> dict[str, Any]:
    """How far an uploaded file is, and what became of its rows."""
    if reader.sees_only is not None:
        raise NotAllowed("您的岗位不导入文件。", mend="请由新闻宣传或管理人员办理。", code="role.refused")
    with services.database.read() as connection:
        return upload_json(uploads.get(connection, upload_id))
