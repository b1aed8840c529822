"""The watched folder: files are taken when they have stopped growing, and a report lies beside them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.clock import FixedClock
from huiying.intake.inbox import Inbox
from huiying.office import Office
from storage.tables import imports, messages, sources

HEADER = "留言编号,留言主题,留言时间,留言详情\n"
LINE = "1,路灯不亮,2026/3/2 9:00:00,门口的路灯坏了\n"


@pytest.fixture
def inbox(office: Office) -> Inbox:
    return Inbox(office)


def put(office: Office, name: str, text: str = HEADER + LINE) -> Path:
    path = office.settings.data_dir / "inbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def settle(inbox: Inbox, clock: FixedClock) -> list[Path]:
    """Two looks ten seconds apart; what was taken at the second."""
    assert inbox.once() == []
    clock.advance(seconds=10)
    return inbox.once()


def stored(office: Office) -> int:
    with office.database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(messages)).scalar_one()


def report_of(path: Path) -> str:
    return path.with_name(f"{path.name}.报告.txt").read_text(encoding="utf-8")


def test_a_quiet_file_is_imported_and_lies_in_done_with_its_report(
    office: Office, inbox: Inbox, clock: FixedClock
) -> None:
    path = put(office, "mailbox/三月.csv")
    (taken,) = settle(inbox, clock)
    assert not path.exists()
    assert taken == office.settings.data_dir / "done" / "2026-11-23" / "三月.csv"
    assert "读入 1 行：新存 1，更新 0，重复 0，隔离 0" in report_of(taken)
    assert stored(office) == 1


def test_a_growing_file_is_waited_for(office: Office, inbox: Inbox, clock: FixedClock) -> None:
    path = put(office, "mailbox/三月.csv")
    inbox.once()
    clock.advance(seconds=8)
    path.write_text(HEADER + LINE + LINE.replace("1,", "2,", 1), encoding="utf-8")
    assert inbox.once() == []
    clock.advance(seconds=9)
    assert inbox.once() == []
    clock.advance(seconds=1)
    assert len(inbox.once()) == 1
    assert stored(office) == 2


def test_a_file_rewritten_in_the_same_size_is_waited_for(
    office: Office, inbox: Inbox, clock: FixedClock
) -> None:
    path = put(office, "mailbox/三月.csv")
    inbox.once()
    clock.advance(seconds=10)
    os.utime(path, ns=(1, 1))
    assert inbox.once() == []


@pytest.mark.parametrize(
    "name", ["~$三月.xlsx", "三月.csv.part", "三月.tmp", "三月.xlsx.crdownload", ".三月.csv"]
)
def test_d09_locks_and_unfinished_downloads_are_ignored(
    office: Office, inbox: Inbox, clock: FixedClock, name: str
) -> None:
    path = put(office, f"mailbox/{name}")
    assert settle(inbox, clock) == []
    assert path.exists()


def test_a_file_somebody_has_open_is_waited_for(office: Office, inbox: Inbox, clock: FixedClock) -> None:
    put(office, "mailbox/三月.csv")
    lock = put(office, "mailbox/~$三月.csv", "x")
    assert settle(inbox, clock) == []
    lock.unlink()
    assert len(inbox.once()) == 1


def test_d01_a_half_written_file_is_refused_and_kept(office: Office, inbox: Inbox, clock: FixedClock) -> None:
    path = office.settings.data_dir / "inbox" / "mailbox" / "三月.xlsx"
    path.write_bytes(b"PK\x03\x04half a workbook")
    (taken,) = settle(inbox, clock)
    assert taken == office.settings.data_dir / "failed" / "2026-11-23" / "三月.xlsx"
    assert "不完整或已损坏" in report_of(taken)
    assert stored(office) == 0


def test_a_file_outside_the_folders_of_kinds_is_put_aside_with_the_way_out(
    office: Office, inbox: Inbox, clock: FixedClock
) -> None:
    put(office, "三月.csv")
    (taken,) = settle(inbox, clock)
    assert "mailbox" in report_of(taken)
    assert stored(office) == 0


def test_the_folder_below_the_kind_names_the_source_and_holds_its_mapping(
    office: Office, inbox: Inbox, clock: FixedClock
) -> None:
    put(office, "mailbox/城东/三月.csv", HEADER.replace("留言时间", "市民来信日") + LINE)
    put(office, "mailbox/城东/列对应.toml", '[columns]\ncreated_at = "市民来信日"\n')
    assert len(settle(inbox, clock)) == 1
    assert stored(office) == 1
    with office.database.read() as connection:
        assert connection.execute(sa.select(sources.c.key)).scalars().all() == ["城东"]


def test_the_same_name_twice_overwrites_nothing(office: Office, inbox: Inbox, clock: FixedClock) -> None:
    put(office, "mailbox/三月.csv")
    (first,) = settle(inbox, clock)
    put(office, "mailbox/三月.csv")
    (second,) = settle(inbox, clock)
    assert (first.name, second.name) == ("三月.csv", "三月(2).csv")
    assert "以前导入过" in report_of(second)
    with office.database.read() as connection:
        assert connection.execute(sa.select(sa.func.sum(imports.c.stored))).scalar_one() == 1


def test_a_link_is_never_followed(office: Office, inbox: Inbox, clock: FixedClock, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(HEADER + LINE, encoding="utf-8")
    (office.settings.data_dir / "inbox" / "mailbox" / "a.csv").symlink_to(secret)
    assert settle(inbox, clock) == []
    assert secret.exists()


def test_what_could_not_be_read_is_said_with_the_way_to_mend_it(
    office: Office, inbox: Inbox, clock: FixedClock
) -> None:
    put(office, "mailbox/三月.csv", HEADER + LINE + "2,噪音,不知道,夜里施工\n")
    (taken,) = settle(inbox, clock)
    assert "隔离 1" in report_of(taken)
    assert "huiying quarantine export 1" in report_of(taken)
