"""Copying a database while it is used, and putting a copy back.

SQLite by its online backup, which gives one consistent instant without stopping anybody; PostgreSQL by the
server's own `pg_dump` and `pg_restore`, which must be installed where the command runs.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from core.errors import StorageError

Progress = Callable[[int, int], None]
_PAGES = 2000


def dump(url: str, target: Path, progress: Progress) -> None:
    """Write a copy of the database at `url` to `target`, readable by its owner alone.

    Args:
        progress: called with what is done and what there is, in pages; on PostgreSQL once at the end.

    Raises:
        StorageError: the tools are missing or the copy failed; `target` is then incomplete.
    """
    parsed = make_url(url)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    if parsed.get_backend_name() == "sqlite":
        with (
            closing(sqlite3.connect(str(parsed.database))) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy, pages=_PAGES, progress=lambda _s, left, all_: progress(all_ - left, all_))
            # A copy that is one file: no journal beside it.
            copy.execute("PRAGMA journal_mode=DELETE")
        return
    _run("pg_dump", parsed, ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"])
    progress(1, 1)


def load(url: str, source: Path) -> None:
    """Put a copy in the place of the database at `url`; everything that stands there is replaced.

    Nobody may use the database meanwhile: on SQLite the caller holds the engine's lock, on PostgreSQL the
    restore is one transaction.

    Raises:
        StorageError: the copy is damaged, the tools are missing or the database is used; on PostgreSQL
            nothing has changed then.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        _check(source)
        place = Path(str(parsed.database))
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = place.with_name(f".{place.name}.restoring")
        shutil.copyfile(source, draft)
        draft.chmod(0o600)
        for beside in ("-wal", "-shm"):
            place.with_name(f"{place.name}{beside}").unlink(missing_ok=True)
        draft.replace(place)
        return
    options = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction"]
    _run("pg_restore", parsed, [*options, str(source)])


def kind_of(url: str) -> str:
    """`sqlite` or `postgresql`."""
    return make_url(url).get_backend_name()


def _check(source: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as copy:
            verdict = copy.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        raise StorageError("备份中的数据库已损坏。", mend="请改用另一份备份。", code="backup.damaged")


def _run(tool: str, url: URL, options: list[str]) -> None:
    path = shutil.which(tool)
    if path is None:
        raise StorageError(
            f"找不到 {tool}。", mend="请安装 PostgreSQL 客户端工具后再试。", code="backup.no_tool"
        )
    # The password goes by the environment: arguments are seen by everybody on the machine.
    secret = {"PGPASSWORD": url.password} if url.password else {}
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    done = subprocess.run(  # noqa: S603 - our own arguments
        [path, f"--dbname={plain}", *options],
        env={**os.environ, **secret},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        reason = lines[-1] if lines else f"退出码 {done.returncode}"
        raise StorageError(f"{tool} 没有完成：{reason}", mend="请按提示处理后再试。", code="backup.failed")
