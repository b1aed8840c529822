"""Importing one file into an office: stage, open, store, and say what became of every row."""

from __future__ import annotations

import gc
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from alerts.casework import Origin, Registrar
from alerts.flagged import raise_flagged
from alerts.low_ratings import load_rating_rules, raise_low_ratings
from alerts.revision import revise
from core.errors import FileRefused
from core.model import MessageRecord
from core.rule_files import rules_folder
from core.vocabulary import Channel, DeadlineStatus, ImportKind
from crawlers.imports.mapping import Mapping
from crawlers.imports.opening import OpenedFile, ReadingContext, open_file
from crawlers.imports.quarantine import write_sealed
from crawlers.imports.records import CHANNELS
from crawlers.imports.rehearsal import rehearse
from crawlers.imports.runner import Ceiling, ImportRunner, TooManyRejected
from huiying.office import Office
from storage import deadlines, imports, sources
from storage.database import Connection
from storage.imports import Counts, Identity, Run
from storage.messages import Stored

_OBJECTS_BETWEEN_COLLECTIONS = 200_000
# Rows; a shorter file is stored before a second process would have helped.
_WORTH_A_READER = 2000
_STATUSES = (DeadlineStatus.ON_TIME, DeadlineStatus.LATE, DeadlineStatus.OVERDUE, DeadlineStatus.OPEN)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person asked for.

    Attributes:
        source: key of the source; the kind of file when None.
        mapping: a mapping file, or None to match columns by alias alone.
        dry_run: read and count everything, write nothing.
        accept_rejected: go on however many rows cannot be read.
        reads_ahead: a long file is read by a process of its own while this one stores; only for a caller
            whose other threads may stand still for the moment of a fork.
    """

    kind: ImportKind
    source: str | None = None
    mapping: Mapping | None = None
    dry_run: bool = False
    accept_rejected: bool = False
    reads_ahead: bool = False

    @property
    def source_key(self) -> str:
        """The key of the source."""
        return self.source or self.kind.value

    @property
    def channel(self) -> Channel:
        """The channel of the messages: the mapping may name another than the kind's own."""
        named = self.mapping.channel if self.mapping else None
        return named or CHANNELS[self.kind]


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one file.

    Attributes:
        import_id: None on a dry run.
        earlier: number of an earlier import of the same bytes, or None.
    """

    file: str
    wish: Wish
    counts: Counts
    columns: dict[str, str]
    unmapped: list[str]
    encoding: str | None
    notes: list[str]
    quarantine_file: Path | None
    import_id: int | None
    earlier: int | None

    def as_json(self) -> dict[str, Any]:
        """The contract's shape of one file."""
        return {
            "file": self.file,
            "import": self.import_id,
            "kind": self.wish.kind.value,
            "source": self.wish.source_key,
            **asdict(self.counts),
            "quarantine_file": str(self.quarantine_file) if self.quarantine_file else None,
            "columns": self.columns,
            "unmapped": self.unmapped,
            "encoding": self.encoding,
            "notes": self.notes,
            "already_imported": self.earlier,
        }


class OfficeIntake:
    """What happens to imported messages: cases, clocks and replies, in the transaction that stores them."""

    def __init__(self, office: Office, origin: Origin) -> None:
        self.registrar = Registrar(office.law, origin)
        self._go_live_on = office.law.go_live_on
        self._rating_rules = load_rating_rules(rules_folder() / "ratings.yml")

    def register(self, connection: Connection, stored: list[Stored], now: datetime) -> None:
        """Open cases for new messages; low ratings among them are told."""
        self.registrar.register(connection, stored, now)
        raise_flagged(connection, stored, go_live_on=self._go_live_on, now=now)
        if stored and stored[0].record.channel is Channel.RATING:
            self.rate(connection, [one.record for one in stored], now)

    def rate(self, connection: Connection, records: list[MessageRecord], now: datetime) -> None:
        """Raise alerts for low ratings."""
        raise_low_ratings(connection, records, self._rating_rules, go_live_on=self._go_live_on, now=now)

    def revise(self, connection: Connection, message_id: int, record: MessageRecord, now: datetime) -> None:
        """Take over a newer export of a message."""
        revise(connection, self.registrar, message_id, record, now)
        flagged = [Stored(message_id, record)]
        raise_flagged(connection, flagged, go_live_on=self._go_live_on, now=now)


Progress = Callable[[int, int], None]


def import_file(
    office: Office,
    path: Path,
    wish: Wish,
    progress: Progress = lambda _done, _all: None,
) -> Imported:
    """Import one file; killed and called again, it ends as if called once.

    Args:
        office: where to.
        path: the file; it is copied first, so that replacing it meanwhile changes nothing.
        wish: how to read it.
        progress: called with rows done and rows in all.

    Raises:
        FileRefused: the file as a whole cannot be read; nothing was stored.
        Conflict: another process is importing it.
    """
    with _staged(office, path) as stream:
        return import_stream(office, stream, path.name, wish, progress, shown=str(path))


def import_stream(
    office: Office,
    stream: BinaryIO,
    name: str,
    wish: Wish,
    progress: Progress = lambda _done, _all: None,
    *,
    shown: str | None = None,
    begun: Callable[[int], None] = lambda _import_id: None,
) -> Imported:
    """The same for an open file that nobody else writes to.

    Args:
        name: name of the file, for messages; the content alone decides what it is.
        shown: how the answer names the file; `name` when None.
        begun: called with the number of the import before its first row.

    Raises:
        FileRefused, Conflict: see `import_file`.
    """
    digest, size = _measured(stream)
    context = ReadingContext(
        now=office.clock.now(), redactor=office.redactor, mapping=wish.mapping, channel=wish.channel
    )
    with open_file(stream, name, wish.kind, context) as opened:
        if wish.dry_run:
            return _rehearse(office, opened, shown or name, wish)
        with office.database.write() as connection:
            now = office.clock.now()
            source = sources.ensure(connection, wish.source_key, wish.channel, now)
            mapping = wish.mapping.fingerprint if wish.mapping else ""
            identity = Identity(source.id, wish.kind.value, digest, mapping)
            run = imports.begin(connection, identity, name, size, now)
        begun(run.id)
        return _store(office, opened, shown or name, source.id, run, wish, progress)


def deadline_counts(office: Office, files: list[Imported]) -> dict[str, int]:
    """How the clocks of the messages that these imports stored stand now."""
    numbers = [one.import_id for one in files if one.import_id is not None]
    with office.database.read() as connection:
        found = deadlines.count_by_status(connection, numbers, office.clock.now()) if numbers else {}
    shown = {status.value: found.get(status.value, 0) for status in _STATUSES}
    return {**shown, "time_unknown": found.get(DeadlineStatus.TIME_UNKNOWN.value, 0)}


def _store(
    office: Office,
    opened: OpenedFile,
    shown: str,
    source_id: int,
    run: Run,
    wish: Wish,
    progress: Progress,
) -> Imported:
    runner = ImportRunner(
        database=office.database,
        clock=office.clock,
        key=office.key,
        batch_rows=office.settings.imports.batch_rows,
        make_intake=lambda number: OfficeIntake(office, Origin(number, f"导入 {number}")),
        progress=lambda done: progress(done, opened.row_count),
        ceiling=None if wish.accept_rejected else ceiling_of(office),
        reads_ahead=wish.reads_ahead and opened.row_count >= _WORTH_A_READER and os.cpu_count() != 1,
    )
    try:
        with _rare_collections():
            run = runner.run(opened, run, source_id)
    except TooManyRejected as stopped:
        with office.database.write() as connection:
            imports.stop(connection, stopped.run)
        raise _stopped(shown, stopped) from stopped
    with office.database.read() as connection:
        sealed = write_sealed(connection, office.settings.data_dir, office.key, run.id)
    return _imported(opened, shown, wish, run.counts, run, sealed)


def ceiling_of(office: Office) -> Ceiling:
    """From how many unreadable rows on an import stops and asks."""
    chosen = office.settings.imports
    return Ceiling(chosen.stop_rejected_share, chosen.stop_rejected_rows)


def too_many_note(ceiling: Ceiling, counts: Counts) -> list[str]:
    """What to say where an import with these counts would stop; nothing where it would not."""
    if not ceiling.is_broken(counts.read, counts.quarantined):
        return []
    share = f"{counts.quarantined / counts.read:.0%}"
    return [f"有 {share} 的行读不了，多半是列认错了：请先核对识别的列。确认照此导入，这些行进隔离。"]


def _stopped(shown: str, stopped: TooManyRejected) -> FileRefused:
    first, counts, number = stopped.first, stopped.run.counts, stopped.run.id
    place = f"{first.sheet} 第 {first.row} 行" if first.sheet else f"第 {first.row} 行"
    kept = f"之前的 {counts.stored} 件已经存入" if counts.stored else "还什么都没有存入"
    return FileRefused(
        shown,
        f"导入 {number} 停下了：读了 {stopped.read} 行，其中 {stopped.rejected} 行读不了"
        f"({stopped.rejected / stopped.read:.0%})，多半是列认错了；例如{place}：{first.reason}{kept}。",
        mend=f"请用 --dry-run 查看列对应，改好后重新导入；确认照此导入，加 --accept-rejected 从停下处接着做；"
        f"撤回已存入的，用 huiying import undo {number}。",
        code="import.too_many_rejected",
    )


def _rehearse(office: Office, opened: OpenedFile, shown: str, wish: Wish) -> Imported:
    """Count what an import would do, comparing with what is stored, and write nothing."""
    with office.database.read() as connection:
        counts = rehearse(connection, opened, wish.source_key)
    opened.warnings += too_many_note(ceiling_of(office), counts)
    return _imported(opened, shown, wish, counts, None, None)


def _imported(
    opened: OpenedFile, shown: str, wish: Wish, counts: Counts, run: Run | None, sealed: Path | None
) -> Imported:
    return Imported(
        file=shown,
        wish=wish,
        counts=counts,
        columns=dict(opened.columns),
        unmapped=list(opened.unmapped),
        encoding=opened.encoding,
        notes=list(opened.warnings),
        quarantine_file=sealed,
        import_id=run.id if run else None,
        earlier=run.earlier if run else None,
    )


def _measured(stream: BinaryIO) -> tuple[str, int]:
    """The SHA-256 of a file and its size in bytes; it stands at its beginning again."""
    digest = hashlib.sha256()
    while chunk := stream.read(1 << 20):
        digest.update(chunk)
    size = stream.tell()
    stream.seek(0)
    return digest.hexdigest(), size


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for reference cycles seldom: rows make none, and looking often costs a tenth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def _staged(office: Office, path: Path) -> Iterator[BinaryIO]:
    """A private copy of the file, at its beginning.

    The copy has no name, so a killed process leaves no unmasked text behind.
    """
    if not path.is_file():
        raise FileRefused(
            path.name, f"找不到文件 {path}。", mend="请检查文件名和路径。", code="file.not_found"
        )
    with tempfile.TemporaryFile(dir=office.settings.data_dir) as copy:
        try:
            with path.open("rb") as original:
                shutil.copyfileobj(original, copy, 1 << 20)
        except OSError as error:
            raise FileRefused(
                path.name,
                f"读不了文件 {path}：{error.strerror}。",
                mend="请检查权限和磁盘空间。",
                code="file.unreadable",
            ) from error
        copy.seek(0)
        yield copy
