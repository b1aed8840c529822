"""The doctor behind `huiying check`: what is wrong with this installation and what to do about it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from core.clock import local_day
from core.errors import HuiyingError
from huiying.office import Office
from storage import imports

# Below this many free bytes an import of a large export may fail half-way.
_LOW_DISK_BYTES = 1 << 30
# The State Council publishes next year's table between October and mid-December.
_ALARM_MONTH = 11


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: a stable code, what is wrong, what to do."""

    code: str
    message: str
    mend: str

    def as_json(self) -> dict[str, str]:
        """The contract's shape."""
        return asdict(self)


def examine(office: Office) -> list[Problem]:
    """Everything that needs somebody's hand, most basic first; empty when all is well."""
    return [*_rules(office), *_calendar(office), *_imports(office), *_disk(office)]


def _rules(office: Office) -> Iterator[Problem]:
    try:
        office.law  # noqa: B018 - building it reads and checks every rule file
        office.key.derive("check")
    except HuiyingError as error:
        yield Problem(error.code, error.message, error.mend)


def _calendar(office: Office) -> Iterator[Problem]:
    today = local_day(office.clock.now())
    years = [today.year] + ([today.year + 1] if today.month >= _ALARM_MONTH else [])
    for year in years:
        if not office.calendar.covers(year):
            yield Problem(
                "calendar.missing",
                f"还没有 {year} 年的放假安排，涉及该年的截止日都是暂定。",
                f"国务院办公厅公布后，请加入 rules/calendar/{year}.yml。",
            )


def _imports(office: Office) -> Iterator[Problem]:
    with office.database.read() as connection:
        for row in imports.newest(connection, 100):
            if row["state"] == imports.RUNNING:
                yield Problem(
                    "import.unfinished",
                    f"导入 {row['id']}({row['file_name']})没有完成。",
                    "请对同一个文件再运行一次导入命令，它会接着做完。",
                )
            elif row["state"] == imports.STOPPED:
                yield Problem(
                    "import.stopped",
                    f"导入 {row['id']}({row['file_name']})因为读不了的行太多停下了。",
                    f"请核对列后加 --accept-rejected 接着做，或用 huiying import undo {row['id']} 撤销。",
                )


def _disk(office: Office) -> Iterator[Problem]:
    if shutil.disk_usage(office.settings.data_dir).free < _LOW_DISK_BYTES:
        yield Problem("disk.low", "数据目录所在磁盘剩余不足 1 GB。", "请清理磁盘。")
