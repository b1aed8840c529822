"""One upload as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.pages.import_contexts import Rejection, UploadPage
from core.labels import label
from core.vocabulary import ImportKind
from crawlers.imports.field_labels import FIELD_LABELS
from storage import imports, uploads
from storage.database import Connection, Row

STATES = {
    uploads.UPLOADED: "正在查看",
    uploads.PREVIEWED: "等待确认",
    uploads.WAITING: "等待导入",
    uploads.RUNNING: "导入中",
    uploads.DONE: "完成",
    uploads.REFUSED: "读不了",
    uploads.DISCARDED: "已放弃",
}
_MOVING = frozenset({uploads.UPLOADED, uploads.WAITING, uploads.RUNNING})
_COUNTS = {
    "read": "读入",
    "stored": "新存",
    "revised": "更新",
    "duplicate": "重复",
    "quarantined": "隔离",
    "ignored": "略过",
    "warnings": "警告",
}
_REJECTIONS_SHOWN = 100


def upload_page(connection: Connection, upload_id: int, *, error: str | None = None) -> UploadPage:
    """The page of one upload.

    Raises:
        NotFound: there is none with that number.
    """
    row = uploads.get(connection, upload_id)
    preview: Mapping[str, Any] = row["preview"] or {}
    began = row["import_id"] is not None
    counts = row if began else preview.get("counts") or {}
    refusal = row["refusal"]
    return UploadPage(
        id=row["id"],
        file=row["file_name"],
        kind=label(ImportKind(row["kind"])),
        source=row["source_key"],
        sent_by=row["sent_by"],
        at=row["created_at"],
        state=row["state"],
        state_label=STATES[row["state"]],
        is_moving=row["state"] in _MOVING,
        percent=_percent(row),
        row_count=row["row_count"],
        counts=[(word, counts[name]) for name, word in _COUNTS.items()] if counts else [],
        columns=[(FIELD_LABELS[ours], theirs) for ours, theirs in preview.get("columns", {}).items()],
        unmapped=preview.get("unmapped", []),
        notes=preview.get("notes", []),
        rows=preview.get("rows", []),
        import_id=row["import_id"],
        is_undone=row["import_state"] == imports.UNDONE,
        quarantined=row["quarantined"] or 0,
        rejections=_rejections(connection, row),
        error=error or (f"{refusal['message']}{refusal['mend']}" if refusal else None),
    )


def _rejections(connection: Connection, row: Row) -> list[Rejection]:
    if not row["quarantined"]:
        return []
    found = imports.quarantined_rows(connection, row["import_id"])[:_REJECTIONS_SHOWN]
    return [Rejection(one["sheet"], one["row"], one["column"], one["reason"]) for one in found]


def _percent(row: Row) -> int:
    if row["state"] == uploads.DONE:
        return 100
    total = row["row_count"] or 0
    return min(100, 100 * (row["resume_position"] or 0) // total) if total else 0
