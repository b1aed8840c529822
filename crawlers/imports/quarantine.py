"""The quarantine file: rows that could not be read, as they were, with what is wrong with each.

The file lies encrypted in the data folder. Opened, mended and imported again, its rows are stored.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from core.errors import NotFound
from storage import imports
from storage.database import Connection, Row
from storage.keys import DataKey

# Our own columns stand to the right of the original ones, so that the mended file reads like the first.
OUR_HEADERS = ("隔离原因", "问题列", "原工作表", "原行号")


def sealed_path(data_dir: Path, import_id: int) -> Path:
    """Where the encrypted quarantine file of an import lies."""
    return data_dir / "quarantine" / f"import-{import_id}.xlsx.sealed"


def write_sealed(connection: Connection, data_dir: Path, key: DataKey, import_id: int) -> Path | None:
    """Write the encrypted quarantine file of an import; None when nothing was put in quarantine."""
    rows = imports.quarantined_rows(connection, import_id)
    if not rows:
        return None
    path = sealed_path(data_dir, import_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".part")
    draft.write_bytes(key.seal(workbook(rows, key)))
    draft.replace(path)
    return path


def open_sealed(data_dir: Path, key: DataKey, import_id: int) -> bytes:
    """The quarantine file of an import as a plain workbook.

    Raises:
        NotFound: the import has none.
        StorageError: it was sealed with another key.
    """
    path = sealed_path(data_dir, import_id)
    if not path.is_file():
        raise NotFound(
            f"导入 {import_id} 没有隔离件。", mend="请用 huiying imports 查看编号。", code="quarantine.none"
        )
    return key.open(path.read_bytes())


def workbook(rows: Sequence[Row], key: DataKey) -> bytes:
    """The xlsx of quarantined rows; every cell is written as text, so no formula of a stranger runs."""
    opened = [json.loads(key.open(row["sealed"])) for row in rows]
    headers = list(dict.fromkeys(name for names, _ in opened for name in names))
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_urls": False})
    sheet = book.add_worksheet("隔离件")
    for column, name in enumerate((*headers, *OUR_HEADERS)):
        sheet.write_string(0, column, name)
    for line, (row, (names, cells)) in enumerate(zip(rows, opened, strict=True), start=1):
        for name, cell in zip(names, cells, strict=False):
            sheet.write_string(line, headers.index(name), cell)
        ours = (row["reason"], row["column"], row["sheet"], str(row["row"]))
        for column, text in enumerate(ours, start=len(headers)):
            sheet.write_string(line, column, text)
    book.close()
    return buffer.getvalue()
