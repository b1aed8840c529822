"""Importing files: what becomes of every row, twice, changed, mended, interrupted, undone."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa

from alerts.revision import undo_import
from core.clock import day_end, parse_day, parse_instant
from core.errors import Conflict, FileRefused
from core.vocabulary import DeadlineStatus, ImportKind
from crawlers.imports.quarantine import open_sealed
from huiying.importing import Imported, Wish, deadline_counts, import_file
from huiying.office import Office
from storage import deadlines, events, responses
from storage.database import Row
from storage.tables import cases, message_revisions, messages, quarantine
from storage.tables import events as events_table
from tests.factories import ANSWER, HOLDING

HEADER = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间")
MAILBOX = Wish(ImportKind.MAILBOX)
ROWS = (
    ("1", "A001", "路灯不亮", "2026/3/2 9:00:00", "门口的路灯坏了", ANSWER, "2026/3/4 10:00:00"),
    ("2", "A002", "噪音扰民", "2026/3/2 10:00:00", "夜里施工,电话13800138000", HOLDING, "2026/3/3 8:00:00"),
    ("3", "A003", "办证咨询", "2026/3/3 9:00:00", "需要什么材料", "", ""),
)


def write(path: Path, rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def counts(done: Imported) -> tuple[int, int, int, int, int]:
    c = done.counts
    assert c.read == c.stored + c.revised + c.duplicate + c.quarantined
    return c.read, c.stored, c.revised, c.duplicate, c.quarantined


def clocks(office: Office) -> dict[str, Row]:
    with office.database.read() as connection:
        found = deadlines.population(
            connection,
            rule=None,
            basis="received",
            since=parse_instant("2000-01-01"),
            until=parse_instant("2100-01-01"),
            as_of=office.clock.now(),
        )
    return {row["native_id"]: row for row in found}


def test_rows_become_messages_with_clocks_and_replies(office: Office, folder: Path) -> None:
    done = import_file(office, write(folder / "a.csv", ROWS), MAILBOX)
    assert counts(done) == (3, 3, 0, 0, 0)
    assert deadline_counts(office, [done]) == {
        "on_time": 1,
        "late": 0,
        "overdue": 2,
        "open": 0,
        "time_unknown": 0,
    }
    assert {k: row["status"] for k, row in clocks(office).items()} == {
        "1": "on_time",
        "2": "overdue",
        "3": "overdue",
    }
    assert clocks(office)["2"]["has_holding_reply"] is True


def test_the_same_file_twice_stores_nothing_new(office: Office, folder: Path) -> None:
    path = write(folder / "a.csv", ROWS)
    first = import_file(office, path, MAILBOX)
    again = import_file(office, path, MAILBOX)
    assert counts(again) == (3, 0, 0, 3, 0)
    assert again.earlier == first.import_id
    with office.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(messages)).scalar() == 3


def test_no_telephone_number_reaches_the_database(office: Office, folder: Path) -> None:
    import_file(office, write(folder / "a.csv", ROWS), MAILBOX)
    with office.database.read() as connection:
        bodies = connection.execute(sa.select(messages.c.body)).scalars().all()
    assert any("138****8000" in body for body in bodies)
    assert not any("13800138000" in body for body in bodies)


def test_a_reply_that_comes_with_a_later_export_stops_the_clock_as_a_revision(
    office: Office, folder: Path
) -> None:
    import_file(office, write(folder / "a.csv", ROWS), MAILBOX)
    answered = (*ROWS[2][:5], ANSWER, "2026/3/5 9:00:00")
    done = import_file(office, write(folder / "b.csv", [*ROWS[:2], answered]), MAILBOX)
    assert counts(done) == (3, 0, 1, 2, 0)
    assert clocks(office)["3"]["status"] == DeadlineStatus.ON_TIME.value
    with office.database.read() as connection:
        before = connection.execute(sa.select(message_revisions.c.before)).scalar_one()
        assert before["replies"] == []
        assert events.verify(connection).first_bad is None


def test_a_reply_that_vanishes_from_a_later_export_is_withdrawn_not_deleted(
    office: Office, folder: Path
) -> None:
    import_file(office, write(folder / "a.csv", ROWS), MAILBOX)
    import_file(office, write(folder / "b.csv", [(*ROWS[0][:5], "", "")]), MAILBOX)
    row = clocks(office)["1"]
    assert row["status"] == DeadlineStatus.OVERDUE.value
    with office.database.read() as connection:
        assert responses.standing(connection, row["case_id"]) == []
        tags = [event["tag"] for event in events.of_stream(connection, row["case_id"])]
    assert tags == ["case:registered", "case:replied", "message:revised", "reply:withdrawn"]


@pytest.mark.parametrize(
    ("received", "due_day"),
    [("2026/2/27 9:00:00", "2026-03-05"), ("2026/3/6 9:00:00", "2026-03-10")],
    ids=["earlier", "later"],
)
def test_the_earliest_receipt_stands(office: Office, folder: Path, received: str, due_day: str) -> None:
    import_file(office, write(folder / "a.csv", ROWS), MAILBOX)
    changed = (*ROWS[2][:3], received, "正文补充了一句", "", "")
    import_file(office, write(folder / "b.csv", [changed]), MAILBOX)
    assert clocks(office)["3"]["due_at"] == day_end(parse_day(due_day))


def test_one_number_twice_in_a_file_is_a_message_and_its_revision(office: Office, folder: Path) -> None:
    newer = (*ROWS[2][:4], "需要什么材料?急", "", "")
    done = import_file(office, write(folder / "a.csv", [*ROWS, newer, newer]), MAILBOX)
    assert counts(done) == (5, 3, 1, 1, 0)


def test_bad_rows_go_to_quarantine_and_come_back_mended(office: Office, folder: Path) -> None:
    bad = ("4", "A004", "日期不对", "2026-13-40", "=cmd|' /C calc'!A0", "", "")
    early = ("5", "A005", "答复在前", "2026/3/3 9:00:00", "正文", ANSWER, "2026/3/1 9:00:00")
    future = ("6", "A006", "还没发生", "2099/1/1 9:00:00", "正文", "", "")
    done = import_file(office, write(folder / "a.csv", [*ROWS, bad, early, future]), MAILBOX)
    assert counts(done) == (6, 3, 0, 0, 3)
    assert done.import_id is not None
    plain = open_sealed(office.settings.data_dir, office.key, done.import_id)
    sheet = openpyxl.load_workbook(io.BytesIO(plain)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][: len(HEADER)] == HEADER
    assert [row[0] for row in rows[1:]] == ["4", "5", "6"]
    assert [row[-1] for row in rows[1:]] == ["5", "6", "7"]
    mended = folder / "mended.xlsx"
    sheet.cell(2, 4).value = "2026/3/4 9:00:00"
    sheet.cell(3, 7).value = "2026/3/5 9:00:00"
    sheet.parent.save(mended)  # type: ignore[union-attr]  # a sheet of a workbook has one
    again = import_file(office, mended, MAILBOX)
    assert counts(again) == (3, 2, 0, 0, 1)


def test_what_lies_in_quarantine_is_encrypted(office: Office, folder: Path) -> None:
    bad = ("4", "A004", "求助", "昨天", "电话13912345678", "", "")
    done = import_file(office, write(folder / "a.csv", [*ROWS, bad]), MAILBOX)
    assert done.quarantine_file is not None
    assert b"13912345678" not in done.quarantine_file.read_bytes()
    with office.database.read() as connection:
        sealed = connection.execute(sa.select(quarantine.c.sealed)).scalar_one()
    assert b"13912345678" not in sealed
    for path in office.settings.data_dir.rglob("*"):
        assert not path.is_file() or b"13912345678" not in path.read_bytes(), path


def test_a_dry_run_counts_the_same_and_writes_nothing(office: Office, folder: Path) -> None:
    rows = [*ROWS, ROWS[0], (*ROWS[2][:4], "改了", "", ""), ("9", "", "坏", "x", "坏", "", "")]
    path = write(folder / "a.csv", rows)
    rehearsed = import_file(office, path, Wish(ImportKind.MAILBOX, dry_run=True))
    with office.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(messages)).scalar() == 0
        assert connection.execute(sa.select(sa.func.count()).select_from(events_table)).scalar() == 0
    assert rehearsed.counts == import_file(office, path, MAILBOX).counts
    second = import_file(office, path, Wish(ImportKind.MAILBOX, dry_run=True))
    assert (second.counts.stored, second.counts.quarantined) == (0, 1)


def test_a_refused_file_leaves_nothing_behind(office: Office, folder: Path) -> None:
    path = folder / "a.csv"
    path.write_text('留言编号,留言主题,留言时间,留言详情\n1,甲,2026/3/2,"没有收住\n' * 3, "utf-8")
    with pytest.raises(FileRefused):
        import_file(office, path, MAILBOX)
    with office.database.read() as connection:
        for table in (messages, cases, events_table):
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0


def test_two_sources_may_use_the_same_numbers(office: Office, folder: Path) -> None:
    path = write(folder / "a.csv", ROWS)
    import_file(office, path, MAILBOX)
    done = import_file(office, path, Wish(ImportKind.MAILBOX, source="mayor"))
    assert counts(done) == (3, 3, 0, 0, 0)


def test_undo_takes_new_messages_back_and_a_new_import_stores_them_again(
    office: Office, folder: Path
) -> None:
    path = write(folder / "a.csv", ROWS)
    done = import_file(office, path, MAILBOX)
    assert done.import_id is not None
    with office.database.write() as connection:
        undone = undo_import(connection, office.law, done.import_id, actor="王", now=office.clock.now())
    assert undone == {"withdrawn": 3, "restored": 0}
    assert clocks(office) == {}
    assert counts(import_file(office, path, MAILBOX)) == (3, 3, 0, 0, 0)
    assert len(clocks(office)) == 3
    with office.database.read() as connection:
        assert events.verify(connection).first_bad is None


def test_undo_rolls_a_revision_back_one_step(office: Office, folder: Path) -> None:
    import_file(office, write(folder / "a.csv", ROWS), MAILBOX)
    before = clocks(office)
    wrong = [
        ("1", "A001", "改错了", "2026/2/2 9:00:00", "改错了", "", ""),
        (*ROWS[2][:5], ANSWER, "2026/3/5 9:00:00"),
    ]
    done = import_file(office, write(folder / "b.csv", wrong), MAILBOX)
    assert done.import_id is not None
    assert clocks(office)["1"]["status"] == "overdue"
    with office.database.write() as connection:
        undo_import(connection, office.law, done.import_id, actor="王", now=office.clock.now())
    after = clocks(office)
    for number, row in before.items():
        for column in ("title", "started_at", "due_at", "met_at", "status"):
            assert after[number][column] == row[column], (number, column)


def test_an_import_that_a_later_one_revised_cannot_be_undone_first(office: Office, folder: Path) -> None:
    first = import_file(office, write(folder / "a.csv", ROWS), MAILBOX)
    import_file(office, write(folder / "b.csv", [(*ROWS[2][:5], ANSWER, "2026/3/5 9:00:00")]), MAILBOX)
    assert first.import_id is not None
    with (
        pytest.raises(Conflict, match="之后又被别的导入更新过"),
        office.database.write() as connection,
    ):
        undo_import(connection, office.law, first.import_id, actor="王", now=office.clock.now())
    assert len(clocks(office)) == 3
