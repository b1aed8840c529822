"""The watched folder: files put into `inbox/` of the data folder are imported once they stop growing.

The kind of a file is the folder it lies in: `inbox/hotline_12345/导出.xlsx`, with a folder of the source's
name in between where an office has several. What was done lies in `done/` or `failed/`, with a report beside.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from core.clock import shanghai
from core.errors import HuiyingError, InvalidInput
from core.vocabulary import ImportKind
from crawlers.imports.mapping import Mapping, load_mapping
from huiying.importing import Wish, import_file
from huiying.intake.reports import refusal_report, success_report
from huiying.office import Office

_log = logging.getLogger(__name__)

INBOX, DONE, FAILED = "inbox", "done", "failed"
MAPPING_FILE = "列对应.toml"
# Source: specs of the import contract: unchanged over two looks five seconds apart.
_QUIET = timedelta(seconds=10)
_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".download", ".swp")
_DEEPEST = 2


@dataclass(frozen=True, slots=True)
class _Look:
    """What a file looked like, and since when it has looked so."""

    size: int
    changed_ns: int
    since: datetime


class Inbox:
    """The folder of one office. `once` is to be called every few seconds, by one process."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._root = office.settings.data_dir / INBOX
        self._seen: dict[Path, _Look] = {}
        for kind in ImportKind:
            (self._root / kind.value).mkdir(parents=True, exist_ok=True, mode=0o700)

    def once(self) -> list[Path]:
        """Import every file that has stopped growing; where each of them lies now."""
        now = self._office.clock.now()
        waiting = list(self._files())
        self._seen = {path: look for path, look in self._seen.items() if path in waiting}
        return [self._take(path, now) for path in waiting if self._is_quiet(path, now)]

    def _files(self) -> Iterator[Path]:
        for path in sorted(self._root.rglob("*")):
            # A link could point anywhere on the machine.
            if path.is_symlink() or not path.is_file() or path.name == MAPPING_FILE:
                continue
            if path.name.startswith((".", "~$")) or path.suffix.lower() in _UNFINISHED:
                continue
            yield path

    def _is_quiet(self, path: Path, now: datetime) -> bool:
        """Whether the file has looked the same for ten seconds and nobody has it open."""
        try:
            stat = path.stat()
        except FileNotFoundError:
            return False
        before = self._seen.get(path)
        if before is None or (before.size, before.changed_ns) != (stat.st_size, stat.st_mtime_ns):
            self._seen[path] = _Look(stat.st_size, stat.st_mtime_ns, now)
            return False
        return now - before.since >= _QUIET and not path.with_name(f"~${path.name}").exists()

    def _take(self, path: Path, now: datetime) -> Path:
        del self._seen[path]
        try:
            done = import_file(self._office, path, self._wish(path))
        except HuiyingError as error:
            _log.warning("inbox.failed %s", error.code)
            return self._put_away(path, FAILED, refusal_report(path.name, error, now), now)
        _log.info("inbox.imported %s", done.import_id)
        return self._put_away(path, DONE, success_report(done, now), now)

    def _wish(self, path: Path) -> Wish:
        folders = path.relative_to(self._root).parts[:-1]
        if not 1 <= len(folders) <= _DEEPEST or folders[0] not in list(ImportKind):
            raise InvalidInput(
                f"{path.name} 没有放在表示种类的文件夹里。",
                mend=f"请放进 {INBOX}/ 下的 {'、'.join(kind.value for kind in ImportKind)} 之一。",
                code="inbox.no_kind",
            )
        source = folders[1] if len(folders) > 1 else None
        return Wish(ImportKind(folders[0]), source, self._mapping(path.parent))

    def _mapping(self, folder: Path) -> Mapping | None:
        named = folder / MAPPING_FILE
        return load_mapping(named) if named.is_file() and not named.is_symlink() else None

    def _put_away(self, path: Path, where: str, report: str, now: datetime) -> Path:
        """Move a file and write its report; a name that is taken gets a number, nothing is overwritten."""
        folder = self._office.settings.data_dir / where / f"{shanghai(now):%Y-%m-%d}"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = folder / path.name
        number = 1
        while target.exists():
            number += 1
            target = folder / f"{path.stem}({number}){path.suffix}"
        shutil.move(path, target)
        target.with_name(f"{target.name}.报告.txt").write_text(report, encoding="utf-8")
        return target
