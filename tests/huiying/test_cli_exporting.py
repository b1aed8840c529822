"""The ledger and the write-back on the command line, under the headers of the platform."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.command import Command

HEADER = "留言编号,留言标题,留言时间,留言内容,回复内容,回复时间\n"
DAYS = ("--from", "2026-10-01", "--to", "2026-10-31")


@pytest.fixture
def huiying(data_dir: Path) -> Command:
    """The command in November over one imported letter."""
    office = Command(data_dir, now="2026-11-02T09:00:00+08:00")
    file = data_dir / "export.csv"
    file.write_text(HEADER + "1,路灯不亮,2026-10-12 09:00,灯坏了。,已修好。,2026-10-13 09:00\n", "utf-8")
    assert office("import", file, "--as", "mailbox").code == 0
    return office


def test_the_ledger_lists_what_came_in(huiying: Command, tmp_path: Path) -> None:
    file = tmp_path / "台账.xlsx"
    assert huiying("export", "ledger", *DAYS, "--out", file, "--json").json["cases"] == 1
    assert openpyxl.load_workbook(file)["台账"].max_row == 2


def test_the_write_back_has_the_platforms_own_headers(huiying: Command, tmp_path: Path) -> None:
    file = tmp_path / "写回.xlsx"
    arguments = ("export", "replies", "--channel", "leader_mailbox", *DAYS, "--out", file, "--json")
    assert huiying(*arguments).json["replies"] == 0
    heads = [cell.value for cell in openpyxl.load_workbook(file)["答复"][1]]
    assert heads == ["留言编号", "留言主题", "答复内容", "答复时间", "承办单位"]


def test_a_channel_without_a_platform_is_refused(huiying: Command, tmp_path: Path) -> None:
    done = huiying("export", "replies", "--channel", "weibo", *DAYS, "--out", tmp_path / "x.xlsx", "--json")
    assert (done.code, "leader_mailbox" in done.json["error"]["mend"]) == (1, True)


def test_a_folder_that_is_not_there_is_named(huiying: Command, tmp_path: Path) -> None:
    done = huiying("export", "ledger", *DAYS, "--out", tmp_path / "no" / "x.xlsx", "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "invalid_input")
