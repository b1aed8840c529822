"""Dirty cases 11 to 13, which need a database, and files of which too much cannot be read."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from alerts.revision import undo_import
from core.errors import FileRefused
from core.settings import ImportSettings
from core.vocabulary import ImportKind
from huiying.importing import Imported, Wish, import_file
from huiying.office import Office
from storage import imports
from storage.tables import message_revisions, messages, quarantine

HEADER = ("留言编号", "留言主题", "留言时间", "留言详情")
MAILBOX = Wish(ImportKind.MAILBOX)
ANYWAY = replace(MAILBOX, accept_rejected=True)


def letters(
    first: int, last: int, *, title: str = "路灯不亮", at: str = "2026/3/2 9:00:00"
) -> list[list[str]]:
    return [[f"N{number}", title, at, f"第 {number} 盏"] for number in range(first, last + 1)]


def write(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def counts(done: Imported) -> tuple[int, int, int, int, int]:
    c = done.counts
    return c.read, c.stored, c.revised, c.duplicate, c.quarantined


def stored(office: Office) -> list[str]:
    with office.database.read() as connection:
        query = sa.select(messages.c.title).where(messages.c.withdrawn_at.is_(None))
        return list(connection.execute(query).scalars())


def rows_of(office: Office, table: sa.Table) -> int:
    with office.database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_d11_the_same_bytes_twice_are_known_by_their_first_import(office: Office, tmp_path: Path) -> None:
    first = import_file(office, write(tmp_path / "三月.csv", letters(1, 3)), MAILBOX)
    again = import_file(office, write(tmp_path / "换了名字.csv", letters(1, 3)), MAILBOX)
    assert again.earlier == first.import_id
    assert again.as_json()["already_imported"] == first.import_id
    assert counts(again) == (3, 0, 0, 3, 0)
    assert len(stored(office)) == 3


def test_d12_an_overlapping_export_stores_what_is_new_and_revises_what_changed(
    office: Office, tmp_path: Path
) -> None:
    import_file(office, write(tmp_path / "a.csv", letters(1, 5)), MAILBOX)
    newer = [*letters(4, 4), *letters(5, 5, title="改了标题"), *letters(6, 8)]
    done = import_file(office, write(tmp_path / "b.csv", newer), MAILBOX)
    assert counts(done) == (5, 3, 1, 1, 0)
    assert done.earlier is None
    assert (len(stored(office)), rows_of(office, message_revisions)) == (8, 1)


def test_d13_a_file_replaced_while_it_is_read_is_read_as_it_was(office: Office, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", letters(1, 6, title="原来的"))
    small = office.settings.model_copy(update={"imports": ImportSettings(batch_rows=2)})
    replaced: list[int] = []

    def replace_it(done: int, _all: int) -> None:
        if not replaced:
            replaced.append(done)
            other = write(tmp_path / "b.csv", letters(1, 40, title="换上的"))
            other.replace(path)

    done = import_file(Office(small, office.clock, office.database), path, MAILBOX, replace_it)
    assert replaced == [2], "it was replaced after the first batch"
    assert counts(done) == (6, 6, 0, 0, 0)
    assert set(stored(office)) == {"原来的"}


BAD = letters(1, 70) + letters(71, 100, at="没有时间")


def test_a_file_of_which_too_much_cannot_be_read_stops_and_says_so(office: Office, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", BAD)
    with pytest.raises(FileRefused) as stopped:
        import_file(office, path, MAILBOX)
    assert stopped.value.code == "import.too_many_rejected"
    assert "读了 100 行，其中 30 行读不了(30%)" in stopped.value.message
    assert "第 72 行：“留言时间”中的“没有时间”不是有效的时间" in stopped.value.message
    assert "--accept-rejected" in stopped.value.mend
    assert stored(office) == []
    done = import_file(office, path, ANYWAY)
    assert counts(done) == (100, 70, 0, 0, 30)
    assert rows_of(office, quarantine) == 30


def test_a_stopped_import_goes_on_where_it_stopped_or_is_undone(office: Office, tmp_path: Path) -> None:
    small = office.settings.model_copy(update={"imports": ImportSettings(batch_rows=50)})
    careful = Office(small, office.clock, office.database)
    path = write(tmp_path / "a.csv", BAD)
    for _ in range(2):
        with pytest.raises(FileRefused, match="之前的 50 件已经存入"):
            import_file(careful, path, MAILBOX)
    assert len(stored(office)) == 50
    with office.database.read() as connection:
        (row,) = imports.newest(connection, 5)
    assert (row["state"], row["read"]) == (imports.STOPPED, 50)
    with office.database.write() as connection:
        undone = undo_import(connection, office.law, row["id"], actor="王", now=office.clock.now())
    assert undone["withdrawn"] == 50
    assert stored(office) == []
    done = import_file(careful, path, ANYWAY)
    assert (counts(done)[1], len(stored(office))) == (70, 70)


@pytest.mark.parametrize("bad", [19, 20], ids=["fewer than twenty", "a fifth and no more"])
def test_a_few_unreadable_rows_stop_nothing(office: Office, tmp_path: Path, bad: int) -> None:
    good = 5 if bad < 20 else 80
    rows = letters(1, good) + letters(201, 200 + bad, at="没有时间")
    done = import_file(office, write(tmp_path / "a.csv", rows), MAILBOX)
    assert counts(done) == (good + bad, good, 0, 0, bad)


def test_a_dry_run_of_such_a_file_counts_on_and_warns(office: Office, tmp_path: Path) -> None:
    done = import_file(office, write(tmp_path / "a.csv", BAD), replace(MAILBOX, dry_run=True))
    assert counts(done) == (100, 70, 0, 0, 30)
    assert any("30%" in note for note in done.notes)
