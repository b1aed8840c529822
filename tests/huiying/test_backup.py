"""A backup made while the office works, put back later: whole, stopped for a decision, the gap on record."""

from __future__ import annotations

import os
import sqlite3
import stat
import tarfile
from pathlib import Path

import pytest

from core.clock import parse_instant
from huiying.engine_right import EngineRight
from storage.database import open_database
from tests.command import Command


@pytest.fixture
def office(database_url: str, data_dir: Path) -> Command:
    made = Command(data_dir, settings=(("HUIYING_DATABASE__URL", database_url),))
    assert made("people", "add", "guanli", "--name", "管理", "--role", "admin", "--json").code == 0
    return made


def later(office: Command, now: str) -> Command:
    return Command(office.data_dir, now, office.settings)


def test_what_was_backed_up_comes_back_whole_and_waits_for_a_decision(
    office: Command, tmp_path: Path
) -> None:
    copies = office.data_dir / "copies"
    copies.mkdir(exist_ok=True)
    (copies / "a").write_bytes(b"saved")
    file = tmp_path / "one.backup"
    made = office("backup", "--out", file, "--json").json
    assert made["events"] == 1
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600  # noqa: PTH116 - the mode is what is asked
    (copies / "a").write_bytes(b"changed")
    office("people", "add", "later", "--name", "后来", "--role", "duty", "--json")
    after = later(office, "2026-11-23T10:00:00+08:00")
    assert after("restore", file, "--json").json["error"]["code"] == "restore.unconfirmed"
    assert after("people", "list", "--json").json["total"] == 2
    assert after("restore", file, "--yes", "--json").json["restored"] is True
    assert after("people", "list", "--json").json["total"] == 1
    assert (copies / "a").read_bytes() == b"saved"
    assert after("audit", "verify", "--json").json["ok"] is True
    status = after("engine", "status", "--json")
    assert status.code == 1
    assert status.json["halted"]["reason"] == "恢复了备份"
    assert status.json["halted"]["gap_from"] == "2026-11-23T09:00:00+08:00"
    assert status.json["halted"]["gap_until"] == "2026-11-23T10:00:00+08:00"
    assert after("engine", "resume", "--json").json["resumed"] is True
    assert after("engine", "resume", "--json").json["error"]["code"] == "engine.not_halted"


def test_the_key_is_not_in_a_backup(office: Command, tmp_path: Path) -> None:
    file = tmp_path / "one.backup"
    assert office("worker", "--once", "--json").code == 0
    assert office("backup", "--out", file).code == 0
    with tarfile.open(file) as archive:
        names = archive.getnames()
    assert "database" in names
    assert not [name for name in names if "key" in name]


@pytest.fixture
def embedded(data_dir: Path) -> Command:
    made = Command(data_dir)
    assert made("people", "add", "guanli", "--name", "管理", "--role", "admin", "--json").code == 0
    return made


def test_a_damaged_backup_is_refused_and_nothing_changes(embedded: Command, tmp_path: Path) -> None:
    file = tmp_path / "one.backup"
    assert embedded("backup", "--out", file).code == 0
    whole = file.read_bytes()
    for damaged in (whole[: len(whole) // 2], b"no backup", b""):
        file.write_bytes(damaged)
        answer = embedded("restore", file, "--yes", "--json")
        assert (answer.code, answer.json["error"]["code"]) == (1, "backup.damaged")
    assert embedded("people", "list", "--json").json["total"] == 1


def test_a_backup_whose_content_was_exchanged_is_refused(embedded: Command, tmp_path: Path) -> None:
    file, other = tmp_path / "one.backup", tmp_path / "two.backup"
    assert embedded("backup", "--out", file).code == 0
    with tarfile.open(file) as archive:
        archive.extractall(tmp_path / "x", filter="data")
    with sqlite3.connect(tmp_path / "x" / "database") as database:
        database.execute("DELETE FROM people")
    database.close()
    with tarfile.open(other, "w:gz") as archive:
        for name in ("manifest.json", "database"):
            archive.add(tmp_path / "x" / name, name)
    answer = embedded("restore", other, "--yes", "--json")
    assert answer.json["error"]["code"] == "backup.damaged"
    assert "与清单不符" in answer.json["error"]["message"]


def test_nothing_is_restored_under_a_running_engine(embedded: Command, tmp_path: Path) -> None:
    file = tmp_path / "one.backup"
    assert embedded("backup", "--out", file).code == 0
    database = open_database(f"sqlite:///{embedded.data_dir / 'huiying.db'}")
    right = EngineRight.acquire(database, parse_instant(embedded.now))
    answer = embedded("restore", file, "--yes", "--json")
    assert answer.json["error"]["code"] == "engine.running"
    right.release()
    database.close()


def test_a_backup_is_never_written_over_another(embedded: Command, tmp_path: Path) -> None:
    file = tmp_path / "one.backup"
    file.write_text("mine")
    assert embedded("backup", "--out", file, "--json").json["error"]["code"] == "file.exists"
    assert file.read_text() == "mine"


def test_by_default_a_backup_lies_in_the_data_folder_and_not_in_the_next_one(embedded: Command) -> None:
    first = embedded("backup", "--json").json
    assert Path(first["file"]).parent == embedded.data_dir / "backups"
    second = later(embedded, "2026-11-23T09:00:01+08:00")("backup", "--json").json
    assert second["files"] == first["files"]
    assert second["database"] == "sqlite"
