"""Papers on the command line: written where asked, kept when asked, refused with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document

from tests.command import Command


@pytest.fixture
def huiying(data_dir: Path) -> Command:
    """The command on an empty office at Monday 23 November 2026, 09:00."""
    return Command(data_dir)


def test_a_weekly_briefing_covers_the_seven_days_before_today(huiying: Command, tmp_path: Path) -> None:
    done = huiying("report", "weekly", "--out", tmp_path / "周报.docx", "--lists", tmp_path / "附表.xlsx")
    assert (done.code, done.err) == (0, "")
    assert "已写到" in done.out
    text = "\n".join(line.text for line in Document(str(tmp_path / "周报.docx")).paragraphs)
    assert "2026年11月16日至2026年11月22日" in text
    assert (tmp_path / "附表.xlsx").stat().st_size > 0


def test_json_holds_the_paper_with_every_list(huiying: Command) -> None:
    paper = huiying("report", "daily", "--from", "2026-11-20", "--to", "2026-11-20", "--format", "json").json
    assert paper["period"] == "2026年11月20日"
    assert [one["key"] for one in paper["appendices"]][:2] == ["received", "before"]
    assert paper["paper"] is None


def test_a_kept_paper_has_a_number(huiying: Command) -> None:
    assert huiying("report", "daily", "--keep", "--json").json["paper"] == 1
    assert huiying("report", "daily", "--keep", "--json").json["paper"] == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("daily",), "invalid_input"),
        (("special", "99", "--keep"), "case.not_found"),
        (("review", "--from", "2026-11-30", "--to", "2026-11-01", "--keep"), "invalid_input"),
        (("daily", "--from", "2026-13-40", "--keep"), "invalid_input"),
    ],
)
def test_what_cannot_be_made_is_refused_with_a_sentence(
    huiying: Command, arguments: tuple[str, ...], code: str
) -> None:
    done = huiying("report", *arguments, "--json")
    assert done.code == 1
    assert done.json["error"]["code"] == code
    assert done.json["error"]["mend"]
