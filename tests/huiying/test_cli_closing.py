"""Closing a month, restating it, and a report that proves itself, as typed on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import Command

HEADER = "留言编号,留言标题,留言时间,留言内容,回复内容,回复时间\n"


@pytest.fixture
def huiying(data_dir: Path) -> Command:
    """The command in November, one letter of October answered in time."""
    office = Command(data_dir, now="2026-11-02T09:00:00+08:00")
    bring(office, data_dir, "1,路灯不亮,2026-10-12 09:00,门口的灯坏了。,已修好。,2026-10-13 09:00\n")
    return office


def bring(office: Command, folder: Path, row: str) -> None:
    """Import one row of a mailbox export."""
    file = folder / "export.csv"
    file.write_text(HEADER + row, "utf-8")
    assert office("import", file, "--as", "mailbox").code == 0


def test_a_closed_month_keeps_its_figures_and_is_restated(huiying: Command, data_dir: Path) -> None:
    closed = huiying("report", "close", "--month", "2026-10", "--json").json
    assert (closed["closed"]["period"], closed["total"]["on_time"]) == (1, 1)
    bring(huiying, data_dir, "2,井盖,2026-10-14 09:00,井盖坏了。,已换。,2026-10-15 09:00\n")

    month = ("report", "response-times", "--from", "2026-10-01", "--to", "2026-10-31", "--json")
    assert huiying(*month).json["total"]["received"] == 1
    assert huiying(*month, "--as-of", "2026-11-02T09:00").json["total"]["received"] == 2

    assert len(huiying("report", "restate", "1", "--json").json["changes"]) == 1
    assert huiying("report", "restate", "1", "--reason", "补录", "--json").json["number"] == 1
    (period,) = huiying("report", "periods", "--json").json["periods"]
    assert (period["total"]["received"], period["restatements"][0]["total"]["received"]) == (1, 2)
    assert huiying("audit", "verify", "--json").json["ok"] is True


def test_a_signed_report_is_verified_and_a_changed_one_refused(huiying: Command, tmp_path: Path) -> None:
    file = tmp_path / "十月.json"
    made = huiying("report", "proof", "--from", "2026-10-01", "--to", "2026-10-31", "--out", file, "--json")
    assert made.json["rows"] == 1
    assert huiying("report", "verify", file, "--here", "--json").json["ok"] is True
    changed = json.loads(file.read_text("utf-8"))
    changed["report"]["total"]["overdue"] = 1
    file.write_text(json.dumps(changed), "utf-8")
    refused = huiying("report", "verify", file, "--json")
    assert (refused.code, refused.json["error"]["code"]) == (1, "proof.broken")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("close",), "invalid_input"),
        (("close", "--month", "2026-13"), "invalid_input"),
        (("close", "--month", "2026-11"), "period.running"),
        (("close", "--month", "2026-10", "--rule", "没有"), "rule.not_found"),
        (("restate", "7", "--reason", "补录"), "period.not_found"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence(
    huiying: Command, arguments: tuple[str, ...], code: str
) -> None:
    done = huiying("report", *arguments, "--json")
    assert (done.code, done.json["error"]["code"]) == (1, code)


def test_an_empty_list_says_how_to_begin(data_dir: Path) -> None:
    assert "report close" in Command(data_dir)("report", "periods").out
