"""A backup as one file: the database, the saved copies and quarantined files, and a list with their hashes.

The key of the data folder is not in it: whoever finds a backup cannot open what is sealed. It is kept apart.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from alerts.halting import Halt, halt, halted
from core.clock import iso, parse_instant
from core.errors import Conflict, StorageError
from core.vocabulary import Tag
from huiying.engine_guard import FILE as MARK
from huiying.engine_right import EngineRight
from huiying.office import Office
from storage import engine_state, events
from storage.backup import Progress, dump, kind_of, load
from storage.database import Database, open_database
from storage.events import OFFICE_STREAM, Draft
from storage.migrate import migrate

_MANIFEST = "manifest.json"
_DATABASE = "database"
# What can be made anew, belongs to a process, or must not lie beside what it opens.
_LEFT_OUT = ("keys", "index", "models", "backups", MARK)
_FILES = "files/"
_FORMAT = 1
# What reading a file that is no archive, or half of one, may raise.
_BROKEN = (OSError, EOFError, tarfile.TarError, zlib.error)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    Attributes:
        made_at: what happened later is not in it.
        events: number of events in the audit trail.
        hashes: SHA-256 by member.
    """

    made_at: datetime
    database: str
    events: int
    hashes: dict[str, str]


def back_up(office: Office, target: Path, progress: Progress) -> Manifest:
    """Write a backup while the service runs; it stands complete at `target` or not at all.

    Raises:
        Conflict: there is a file at `target`.
        StorageError: the database could not be copied, or the disk is full.
    """
    if target.exists():
        raise Conflict(f"已有文件 {target}。", mend="请换一个文件名。", code="file.exists")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    url = office.settings.database_url
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        copy = Path(folder) / _DATABASE
        made_at = office.clock.now()
        dump(url, copy, progress)
        members = {_DATABASE: copy, **_files(office.settings.data_dir, target.parent)}
        with office.database.read() as connection:
            count = events.count_all(connection)
        hashes = {name: _sha256(path) for name, path in members.items()}
        manifest = Manifest(made_at, kind_of(url), count, hashes)
        draft = Path(folder) / "archive"
        _write(draft, manifest, members)
        draft.chmod(0o600)
        draft.replace(target)
    return manifest


def read_manifest(source: Path) -> Manifest:
    """What a backup says of itself.

    Raises:
        StorageError: it is no backup of ours, or damaged.
    """
    try:
        with tarfile.open(source) as archive:
            member = archive.extractfile(_MANIFEST)
            facts = json.loads(member.read()) if member is not None else {}
        return Manifest(
            parse_instant(facts["made_at"]), facts["database"], facts["events"], dict(facts["sha256"])
        )
    except (*_BROKEN, KeyError, ValueError, TypeError) as error:
        raise _damaged(source) from error


def restore(office: Office, source: Path, *, actor: str) -> Manifest:
    """Put a backup in the place of what stands, and stop the engines for a decision.

    Raises:
        Conflict: it is of the other kind of database, or an engine is running.
        StorageError: the backup is damaged (nothing has changed then), or the database cannot be replaced.
    """
    manifest, url = read_manifest(source), office.settings.database_url
    if manifest.database != kind_of(url):
        raise Conflict(
            f"这是 {manifest.database} 的备份，当前数据库是 {kind_of(url)}。",
            mend="请恢复到同一种数据库。",
            code="backup.other_kind",
        )
    now, seen_at = office.clock.now(), _last_seen(office.database)
    with tempfile.TemporaryDirectory(dir=office.settings.data_dir, prefix=".restore-") as folder:
        members = _unpack(source, manifest, Path(folder))
        with _nobody_else(office):
            office.database.close()
            load(url, members.pop(_DATABASE))
        for name, path in members.items():
            place = office.settings.data_dir / name.removeprefix(_FILES)
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.replace(place)
    _stop_for_a_decision(office, manifest, max(now, seen_at or now), actor)
    return manifest


def _stop_for_a_decision(office: Office, manifest: Manifest, until: datetime, actor: str) -> None:
    database = open_database(office.settings.database_url)
    try:
        now = office.clock.now()
        migrate(database, now)
        with database.write() as connection:
            facts = {"made_at": iso(manifest.made_at), "events": manifest.events}
            draft = Draft(OFFICE_STREAM, Tag.BACKUP_RESTORED, "human", actor, now, facts)
            events.append(connection, [draft], now)
            if halted(connection) is None:
                found = Halt("恢复了备份", now, manifest.made_at, until)
                halt(connection, office.ladders.delivery, found)
    finally:
        database.close()


def _last_seen(database: Database) -> datetime | None:
    with database.read() as connection:
        text = engine_state.find(connection, engine_state.LAST_TICK_AT)
    return parse_instant(text) if text else None


@contextmanager
def _nobody_else(office: Office) -> Iterator[None]:
    """On SQLite no engine may run; on PostgreSQL none may have said within a minute that it lives.

    Raises:
        Conflict: one runs.
    """
    if office.database.is_sqlite:
        right = EngineRight.acquire(office.database, office.clock.now())
        try:
            yield
        finally:
            os.close(right.lock)
        return
    seen_at = _last_seen(office.database)
    if seen_at is not None and office.clock.now() - seen_at < timedelta(minutes=1):
        raise Conflict(
            "提醒引擎还在运行。", mend="请先停止所有 serve 和 worker，一分钟后再试。", code="engine.running"
        )
    yield


def _files(data_dir: Path, beside: Path) -> dict[str, Path]:
    """The files of the data folder that belong into a backup, by their name in it."""
    found: dict[str, Path] = {}
    for path in sorted(data_dir.rglob("*")):
        inside = path.relative_to(data_dir)
        is_ours = inside.parts[0] not in _LEFT_OUT and not any(part.startswith(".") for part in inside.parts)
        is_database = path.name.startswith("huiying.db") or path.suffix == ".engine-lock"
        if path.is_file() and is_ours and not is_database and path.parent != beside.resolve():
            found[f"{_FILES}{inside.as_posix()}"] = path
    return found


def _write(draft: Path, manifest: Manifest, members: dict[str, Path]) -> None:
    facts = {
        "format": _FORMAT,
        "made_at": iso(manifest.made_at),
        "database": manifest.database,
        "events": manifest.events,
        "sha256": manifest.hashes,
    }
    text = json.dumps(facts, ensure_ascii=False, indent=1).encode()
    with tarfile.open(draft, "w:gz", compresslevel=6) as archive:
        about = tarfile.TarInfo(_MANIFEST)
        about.size = len(text)
        archive.addfile(about, io.BytesIO(text))
        for name, path in members.items():
            archive.add(path, name, recursive=False)


def _unpack(source: Path, manifest: Manifest, folder: Path) -> dict[str, Path]:
    """The members, unpacked and compared with their hashes before anything is touched."""
    found: dict[str, Path] = {}
    try:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
    except _BROKEN as error:
        raise _damaged(source) from error
    for name, digest in manifest.hashes.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
            raise StorageError(f"备份中缺少 {name}。", mend="请换一份备份。", code="backup.damaged")
        if _sha256(path) != digest:
            raise StorageError(f"备份中的 {name} 与清单不符。", mend="请换一份备份。", code="backup.damaged")
        found[name] = path
    if _DATABASE not in found:
        raise StorageError("备份中没有数据库。", mend="请换一份备份。", code="backup.damaged")
    return found


def _damaged(source: Path) -> StorageError:
    return StorageError(
        f"{source.name} 不是本系统的备份，或已损坏。", mend="请换一份备份。", code="backup.damaged"
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
