"""`huiying import` as a person meets it: shapes, exit codes, and Chinese sentences for every bad file."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.command import Command

HEADER = "留言编号,留言用户,留言主题,留言时间,留言详情,答复意见,答复时间\n"
GOOD = "1,A1,路灯不亮,2026/3/2 9:00:00,门口路灯坏了,,\n"


@pytest.fixture
def run(data_dir: Path) -> Command:
    """The command line with a data folder of its own."""
    return Command(data_dir)


def workbook(path: Path, rows: list[list[Any]]) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for line, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            sheet.write(line, column, cell)
    book.close()
    return path


def text(name: str, content: str | bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


def plain_zip(folder: Path) -> Path:
    path = folder / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "这不是工作簿")
    return path


BAD_FILES: dict[str, Callable[[Path], Path]] = {
    "an empty file": text("a.csv", ""),
    "an empty workbook name": text("a.xlsx", ""),
    "a zip that is no workbook": plain_zip,
    "a workbook with no known header": lambda folder: workbook(folder / "a.xlsx", [["甲", "乙"], ["1", "2"]]),
    "a csv cut inside a row": text("a.csv", HEADER + GOOD * 3 + "4,A1,路灯"),
    "a csv cut inside a character": text("a.csv", (HEADER + GOOD + "2,A1,路灯").encode()[:-1]),
    "an unclosed quote": text("a.csv", HEADER + GOOD + '2,A1,"没有收住,2026/3/2,正文,,\n' + GOOD * 5),
    "mojibake": text("a.csv", (HEADER + GOOD).encode().decode("gb18030", "replace").encode()),
    "half a workbook": lambda folder: _cut(workbook(folder / "a.xlsx", [HEADER.strip().split(",")])),
}


def _cut(path: Path) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


@pytest.mark.parametrize("make", BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_bad_file_ends_with_a_sentence_and_stores_nothing(
    run: Command, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    result = run("import", make(tmp_path), "--as", "mailbox", "--json")
    assert result.code == 1, result.out + result.err
    error = result.json["error"]
    assert error["code"]
    assert error["message"].endswith("。")
    assert error["mend"].endswith("。")
    assert "Traceback" not in (result.out + result.err)
    assert run("messages", "--json").json == {"messages": [], "total": 0}


def test_the_json_has_the_contracts_shape(run: Command, tmp_path: Path) -> None:
    path = text("a.csv", HEADER + GOOD + "2,A1,坏,2026-13-40,正文,,\n")(tmp_path)
    answer = run("import", path, "--as", "mailbox", "--json").json
    (one,) = answer["files"]
    assert {
        "file",
        "kind",
        "source",
        "read",
        "stored",
        "revised",
        "duplicate",
        "quarantined",
        "quarantine_file",
        "ignored",
        "warnings",
        "columns",
        "unmapped",
        "encoding",
    } <= set(one)
    assert (one["read"], one["stored"], one["quarantined"]) == (2, 1, 1)
    assert Path(one["quarantine_file"]).is_file()
    assert answer["total"] == {"read": 2, "stored": 1, "revised": 0, "duplicate": 0, "quarantined": 1}
    assert answer["deadlines"]["overdue"] == 1


def test_a_good_file_is_kept_when_another_is_refused(run: Command, tmp_path: Path) -> None:
    good, bad = text("good.csv", HEADER + GOOD)(tmp_path), text("bad.csv", "")(tmp_path)
    result = run("import", bad, good, "--as", "mailbox", "--json")
    assert result.code == 1
    answer = result.json
    assert answer["total"]["stored"] == 1
    assert answer["error"]["code"] == answer["refused"][0]["code"]


def test_a_missing_kind_is_bad_usage(run: Command, tmp_path: Path) -> None:
    assert run("import", tmp_path / "a.csv").code == 2
    assert run("import", tmp_path / "a.csv", "--as", "letters").code == 2


def test_a_missing_file_is_named(run: Command, tmp_path: Path) -> None:
    result = run("import", tmp_path / "nowhere.csv", "--as", "mailbox", "--json")
    assert result.code == 1
    assert result.json["error"]["code"] == "file.not_found"


def test_a_quarantine_opened_is_recorded(run: Command, tmp_path: Path) -> None:
    path = text("a.csv", HEADER + "2,A1,坏,2026-13-40,正文,,\n")(tmp_path)
    number = str(run("import", path, "--as", "mailbox", "--json").json["files"][0]["import"])
    before = run("audit", "verify", "--json").json["events"]
    out = tmp_path / "q.xlsx"
    assert run("quarantine", "export", number, "--out", out).code == 0
    assert out.stat().st_mode & 0o077 == 0
    assert run("audit", "verify", "--json").json == {
        "ok": True,
        "events": before + 1,
        "first_bad": None,
        "reason": None,
    }


def test_undo_by_number_and_of_a_number_that_does_not_exist(run: Command, tmp_path: Path) -> None:
    path = text("a.csv", HEADER + GOOD)(tmp_path)
    number = str(run("import", path, "--as", "mailbox", "--json").json["files"][0]["import"])
    assert run("import", "undo", number, "--json").json["withdrawn"] == 1
    again = run("import", "undo", number, "--json")
    assert again.code == 1
    assert again.json["error"]["code"] == "import.not_undoable"
    assert run("import", "undo", "99").code == 1


def test_people_see_a_table_with_what_to_do_next(run: Command, tmp_path: Path) -> None:
    path = text("a.csv", HEADER + GOOD + "2,A1,坏,2026-13-40,正文,,\n")(tmp_path)
    result = run("import", path, "--as", "mailbox")
    assert "huiying quarantine export" in (result.out + result.err)
    assert "超期未答 1" in (result.out + result.err)


def test_a_mapping_file_overrides_the_columns(run: Command, tmp_path: Path) -> None:
    path = text("a.csv", "编号,主题,甲时间,乙时间,内容\n1,路灯,2026/3/2 9:00,2026/3/9 9:00,正文\n")(tmp_path)
    mapping = text("m.toml", '[columns]\ncreated_at = "乙时间"\n')(tmp_path)
    answer = run("import", path, "--as", "mailbox", "--mapping", mapping, "--json").json
    assert answer["files"][0]["columns"]["created_at"] == "乙时间"
    message = run("messages", "--json").json["messages"][0]
    assert message["received_at"] == "2026-03-09T09:00:00+08:00"
