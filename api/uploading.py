"""Files somebody uploads: checked, kept encrypted, and queued for the service that imports them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from api.services import Services
from core.clock import iso
from core.errors import InvalidInput
from core.vocabulary import ImportKind
from crawlers.imports.fields import column_dictionary
from crawlers.imports.mapping import parse_mapping
from storage import uploads
from storage.database import Connection, Row
from storage.keys import load_or_create_key
from storage.staging import stage

# Real exports of a city's hotline for a year are below 40 MB.
UPLOAD_BYTES = 128 << 20
_NAME_LENGTH = 120
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e]")
_SOURCE = re.compile(r"[\w.·-]{1,80}")


@dataclass(frozen=True, slots=True)
class UploadWish:
    """How an uploaded file is to be read.

    Attributes:
        source: key of the source; empty for the kind's own.
        mapping: text of a mapping file; may be empty.
        is_confirmed: import it without a further word.
    """

    kind: ImportKind
    source: str = ""
    mapping: str = ""
    is_confirmed: bool = False

    def check(self) -> None:
        """Refuse at once what could only fail later.

        Raises:
            InvalidInput: the source is no name, or the mapping is none.
        """
        if self.source and _SOURCE.fullmatch(self.source) is None:
            raise InvalidInput(
                "来源名只能用汉字、字母、数字、点和横线，最多80个字。",
                mend="请改短或去掉符号。",
                field="source",
            )
        if self.mapping:
            parse_mapping(self.mapping).check_fields(column_dictionary(self.kind))


def take_upload(
    services: Services, stream: BinaryIO, name: str, wish: UploadWish, sent_by: str
) -> dict[str, Any]:
    """The row of an uploaded file whose bytes now lie encrypted in the data folder.

    Raises:
        InvalidInput: nothing was uploaded, or see `UploadWish.check`.
    """
    wish.check()
    key = load_or_create_key(services.data_dir)
    staged, size = stage(services.data_dir, key, stream)
    return {
        "file_name": shown_name(name),
        "size_bytes": size,
        "kind": wish.kind.value,
        "source_key": wish.source or wish.kind.value,
        "mapping": wish.mapping,
        "is_confirmed": wish.is_confirmed,
        "sent_by": sent_by,
        "staged": staged,
    }


def shown_name(name: str) -> str:
    """The name of a file as it may be shown: no path, no control or direction marks, not too long."""
    last = PurePosixPath(_CONTROL.sub("", name).replace("\\", "/")).name
    return last[-_NAME_LENGTH:] or "未命名"


def queue(connection: Connection, services: Services, row: dict[str, Any]) -> int:
    """Put an uploaded file before the service that imports; its number."""
    return uploads.add(connection, row, services.clock.now())


def upload_json(row: Row) -> dict[str, Any]:
    """One upload in the words of the interface."""
    began = row["import_id"] is not None
    counts = ("read", "stored", "revised", "duplicate", "quarantined", "ignored", "warnings")
    preview = row["preview"] or {}
    return {
        "id": row["id"],
        "file": row["file_name"],
        "kind": row["kind"],
        "source": row["source_key"],
        "state": row["state"],
        "created_at": iso(row["created_at"]),
        "rows": row["row_count"],
        "done_rows": row["resume_position"],
        "import": row["import_id"],
        "counts": {name: row[name] for name in counts} if began else preview.get("counts"),
        "columns": preview.get("columns"),
        "unmapped": preview.get("unmapped"),
        "notes": preview.get("notes"),
        "error": row["refusal"],
    }
