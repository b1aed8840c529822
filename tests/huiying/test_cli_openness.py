"""`huiying report openness`, as an office calls it."""

from __future__ import annotations

from pathlib import Path

from tests.command import Command


def test_the_year_is_shown_written_and_refused(data_dir: Path, tmp_path: Path) -> None:
    huiying = Command(data_dir)
    assert "新收加结转 0 件" in huiying("report", "openness", "--year", "2025").out
    told = huiying("report", "openness", "--year", "2025", "--json").json
    assert told["figures"][0] == {
        "key": "received",
        "group": "applications",
        "label": "本年新收政府信息公开申请",
        "count": 0,
        "rows": [],
    }
    book = tmp_path / "年报.xlsx"
    assert huiying("report", "openness", "--year", "2025", "--out", str(book)).code == 0
    assert book.read_bytes()[:2] == b"PK"
    refused = huiying("report", "openness", "--year", "1990", "--json")
    assert (refused.code, "不能统计 1990 年" in refused.json["error"]["message"]) == (1, True)
