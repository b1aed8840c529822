"""Uploaded files: looked through for the page, imported once a person says so, resumed after a kill."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import timedelta
from itertools import islice
from typing import Any, BinaryIO

from core.clock import iso
from core.errors import HuiyingError
from core.vocabulary import ImportKind
from crawlers.imports.mapping import parse_mapping
from crawlers.imports.opening import Accepted, Ignored, OpenedFile, ReadingContext, Rejected, open_file
from crawlers.imports.rehearsal import rehearse
from huiying.importing import Wish, ceiling_of, import_stream, too_many_note
from huiying.office import Office
from storage import uploads
from storage.database import Row
from storage.staging import forget, staged

_log = logging.getLogger(__name__)
_ROWS_SHOWN = 20
# What nobody has confirmed for so long is thrown away with its encrypted copy.
_KEPT = timedelta(days=7)


class Uploads:
    """The uploads of one office; one upload is to be brought in by one process at a time."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def once(self) -> int:
        """Look through and import what waits, oldest first; how many steps were taken."""
        return sum(self.bring_in(upload_id) for upload_id in self.to_do())

    def to_do(self) -> list[int]:
        """The uploads that wait, oldest first; what nobody has confirmed for long is thrown away."""
        self._throw_away()
        with self._office.database.read() as connection:
            return uploads.to_do(connection)

    def bring_in(self, upload_id: int) -> int:
        """Look through or import one upload, until it waits for a person or is done; how many steps."""
        steps = 0
        while (row := self._waiting(upload_id)) is not None:
            self._advance(row)
            steps += 1
        return steps

    def _waiting(self, upload_id: int) -> Row | None:
        with self._office.database.read() as connection:
            row = uploads.get(connection, upload_id)
        return row if row["state"] in uploads.TO_DO else None

    def _advance(self, row: Row) -> None:
        office = self._office
        try:
            wish = _wish(row)
            with staged(office.settings.data_dir, office.key, row["staged"]) as stream:
                if row["state"] == uploads.UPLOADED:
                    self._look_through(row, stream, wish)
                else:
                    self._bring_in(row, stream, wish)
        except HuiyingError as error:
            _log.warning("upload.refused %s", error.code)
            refusal = {"code": error.code, "message": error.message, "mend": error.mend}
            self._change(row, state=uploads.REFUSED, refusal=refusal, staged="")
            forget(office.settings.data_dir, row["staged"])

    def _look_through(self, row: Row, stream: BinaryIO, wish: Wish) -> None:
        office = self._office
        context = ReadingContext(office.clock.now(), office.redactor, wish.mapping, wish.channel)
        with open_file(stream, row["file_name"], wish.kind, context) as opened:
            shown: dict[str, Any] = {
                "columns": dict(opened.columns),
                "unmapped": list(opened.unmapped),
                "notes": list(opened.warnings),
                "encoding": opened.encoding,
                "rows": _first_rows(opened),
            }
            if not row["is_confirmed"]:
                with office.database.read() as connection:
                    counts = rehearse(connection, opened, wish.source_key)
                shown["counts"] = asdict(counts)
                shown["notes"] += too_many_note(ceiling_of(office), counts)
            state = uploads.WAITING if row["is_confirmed"] else uploads.PREVIEWED
            self._change(row, state=state, preview=shown, row_count=opened.row_count)

    def _bring_in(self, row: Row, stream: BinaryIO, wish: Wish) -> None:
        import_stream(
            self._office,
            stream,
            row["file_name"],
            wish,
            begun=lambda number: self._change(row, state=uploads.RUNNING, import_id=number),
        )
        self._change(row, state=uploads.DONE, staged="")
        forget(self._office.settings.data_dir, row["staged"])

    def _throw_away(self) -> None:
        now = self._office.clock.now()
        with self._office.database.read() as connection:
            old = uploads.left_since(connection, now - _KEPT)
        for row in old:
            self._change(row, state=uploads.DISCARDED, staged="")
            forget(self._office.settings.data_dir, row["staged"])

    def _change(self, row: Row, **values: Any) -> None:
        with self._office.database.write() as connection:
            uploads.change(connection, row["id"], self._office.clock.now(), **values)


def _wish(row: Row) -> Wish:
    mapping = parse_mapping(row["mapping"]) if row["mapping"] else None
    # Whoever has confirmed after the preview has seen how many rows cannot be read.
    has_seen = "counts" in (row["preview"] or {})
    return Wish(ImportKind(row["kind"]), row["source_key"], mapping, accept_rejected=has_seen)


def _first_rows(opened: OpenedFile) -> list[dict[str, Any]]:
    """The first rows as they would be stored, masked; of a rejected row only where it stands and why."""
    nothing = {"number": "", "received_at": None, "title": "", "section": "", "replied": False}
    shown = []
    for one in islice(opened.rows(), _ROWS_SHOWN):
        place = {**nothing, "sheet": one.sheet, "row": one.row}
        match one:
            case Accepted(record=record):
                facts = {
                    "number": "" if record.native_id_is_derived else record.native_id,
                    "received_at": iso(record.received_at),
                    "title": record.title,
                    "section": record.section,
                    "replied": bool(record.replies),
                }
                shown.append({**place, **facts, "problem": "；".join(one.warnings)})
            case Rejected():
                shown.append({**place, "problem": f"隔离：{one.reason}"})
            case Ignored():
                shown.append({**place, "problem": f"略过：{one.reason}"})
    return shown
