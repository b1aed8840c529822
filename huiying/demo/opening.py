"""Opens the demo's own installation, and never somebody's real one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from core.clock import Clock, FixedClock, SystemClock, iso, parse_instant
from core.errors import Conflict, StorageError
from core.settings import PREFIX, DatabaseSettings, OfficeSettings, Settings, load_settings
from huiying.demo.bureau import Bureau
from huiying.demo.logins import is_demo_folder
from huiying.demo.moments import Moments
from huiying.office import Office
from storage import engine_state, imports, people
from storage.database import Connection, Database, open_database
from storage.migrate import migrate

DEFAULT_FOLDER = Path("demo-data")
_BEGAN_AT = "demo_began_at"


@contextmanager
def open_demo(environment: Mapping[str, str], bureau: Bureau, *, fresh: bool = False) -> Iterator[Office]:
    """Open the demo's data folder as the office of `bureau`, making it when it is not there.

    The folder is `demo-data` unless `HUIYING_DATA_DIR` names another. The database and the office that the
    settings name are left out: the demo keeps its own database in its folder, and its own end of day.

    Args:
        environment: the process environment.
        bureau: gives the office its name and the day it went live.
        fresh: throw away a demo that stands there; any other folder is left alone.

    Raises:
        Conflict: the folder holds an office that is not a demo.
        SettingsError: the settings are wrong.
        StorageError: the folder or its database cannot be used.
    """
    settings = _settings(environment)
    clock: Clock = FixedClock(settings.now) if settings.now is not None else SystemClock()
    if fresh and is_demo_folder(settings.data_dir):
        _remove(settings.data_dir)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = open_database(settings.database_url)
    try:
        migrate(database, clock.now())
        _claim(database, settings.data_dir, clock.now())
        yield _as_bureau(Office(settings, clock, database), bureau)
    finally:
        database.close()


def moments_of(office: Office) -> Moments:
    """Reads the relative moments of this demo, the same on every run.

    Raises:
        StorageError: the office is not a demo.
    """
    with office.database.read() as connection:
        began_at = _began_at(connection)
    if began_at is None:
        raise StorageError("这不是演示数据。", mend="请运行 huiying demo。", code="demo.not_a_demo")
    return Moments(began_at, office.calendar)


def _settings(environment: Mapping[str, str]) -> Settings:
    given = {} if f"{PREFIX}DATA_DIR" in environment else {"data_dir": DEFAULT_FOLDER}
    settings = load_settings(environment, **given)
    return settings.model_copy(update={"database": DatabaseSettings(url=None)})


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise StorageError(
            f"删不掉演示数据目录 {folder}：{error.strerror}。",
            mend="请先停掉正在运行的演示，再检查权限。",
            code="demo.not_removed",
        ) from error


def _claim(database: Database, folder: Path, now: datetime) -> None:
    """Mark a new database as the demo's; its instant is kept, so a killed load can go on."""
    with database.write() as connection:
        if _began_at(connection) is not None:
            return
        if imports.newest(connection, 1) or people.listed(connection):
            raise Conflict(
                f"数据目录 {folder} 里是一个真实单位的数据，演示没有动它。",
                mend="请换一个目录：不设 HUIYING_DATA_DIR,演示会用 demo-data。",
                code="demo.not_a_demo",
            )
        engine_state.set_once(connection, _BEGAN_AT, iso(now) or "")


def _began_at(connection: Connection) -> datetime | None:
    text = engine_state.find(connection, _BEGAN_AT)
    return parse_instant(text) if text else None


def _as_bureau(office: Office, bureau: Bureau) -> Office:
    """The same installation under the bureau's name, gone live on the bureau's day."""
    moments = moments_of(office)
    named = OfficeSettings(name=bureau.name, go_live_on=moments.day(bureau.go_live))
    return Office(office.settings.model_copy(update={"office": named}), office.clock, office.database)
