"""Files that come with a message: judged by their content, kept encrypted outside the web root."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any, BinaryIO

from api.services import Services
from api.uploading import shown_name
from core.errors import InvalidInput
from storage.keys import load_or_create_key
from storage.staging import ATTACHMENTS, forget, stage

LARGEST_BYTES = 20 << 20
MOST_FILES = 5
# Documents, pictures and recorded calls; nothing a browser or an office program would run.
_HEADS: Sequence[tuple[bytes, str]] = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"#!AMR", "audio/amr"),
)
_OFFICE = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def keep(services: Services, files: Sequence[tuple[BinaryIO, str]], added_by: str) -> list[dict[str, Any]]:
    """The rows of files whose bytes now lie encrypted in the data folder, but for their message.

    Raises:
        InvalidInput: too many, too large, empty, or of a kind that is not taken; nothing is kept then.
    """
    if len(files) > MOST_FILES:
        raise InvalidInput(f"附件最多{MOST_FILES}个。", mend="请减少附件。", field="files")
    judged = [(*_read(stream, shown_name(name)), shown_name(name)) for stream, name in files]
    key, now = load_or_create_key(services.data_dir), services.clock.now()
    rows = []
    for content, media_type, name in judged:
        kept_as, size = stage(services.data_dir, key, io.BytesIO(content), ATTACHMENTS)
        facts = {"file_name": name, "media_type": media_type, "size_bytes": size, "kept_as": kept_as}
        rows.append({**facts, "added_by": added_by, "added_at": now})
    return rows


def drop(services: Services, rows: Sequence[dict[str, Any]]) -> None:
    """Remove kept files whose message was refused after all."""
    for row in rows:
        forget(services.data_dir, row["kept_as"], ATTACHMENTS)


def _read(stream: BinaryIO, name: str) -> tuple[bytes, str]:
    content = stream.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise InvalidInput(f"附件“{name}”超过20 MB。", mend="请压缩图片或分开上传。", field="files")
    media_type = media_type_of(content)
    if media_type is None:
        raise InvalidInput(
            f"附件“{name}”不是能接收的文件。",
            mend="可以上传 PDF、JPG、PNG、docx、xlsx、mp3、amr，按内容识别，不看扩展名。",
            field="files",
        )
    return content, media_type


def media_type_of(content: bytes) -> str | None:
    """What a file is, by its content; None for what is not taken."""
    for head, media_type in _HEADS:
        if content.startswith(head):
            return media_type
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except zipfile.BadZipFile:
        return None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((media_type for part, media_type in _OFFICE.items() if part in names), None)
