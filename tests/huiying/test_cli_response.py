"""`huiying roster`, `drill` and `recompute`, as an office calls them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import Command


@pytest.fixture
def huiying(data_dir: Path) -> Command:
    """The command in an empty data folder."""
    return Command(data_dir)


def test_a_roster_is_planned_from_a_file_and_played_in_a_drill(huiying: Command, tmp_path: Path) -> None:
    for login, name, role in [("sun", "孙值班", "duty"), ("li", "李宣传", "press")]:
        assert huiying("people", "add", login, "--name", name, "--role", role).code == 0
    added = huiying("roster", "post-add", "duty", "--name", "总值班", "--json")
    assert added.json["post"] == "duty"
    plan = tmp_path / "plan.csv"
    plan.write_text("login,since,until\nsun,2026-11-23T08:00,2026-11-24T08:00\n", "utf-8")
    period = ("--from", "2026-11-23T00:00", "--to", "2026-11-25T00:00")
    tried = huiying("roster", "put", "duty", str(plan), *period, "--dry-run", "--json")
    assert tried.json == {"post": "duty", "turns": 1, "replaced": 0, "dry_run": True}
    assert huiying("roster", "put", "duty", str(plan), *period, "--json").json["replaced"] == 0
    shown = huiying("roster", "show", "--from", "2026-11-23T09:00", "--json").json
    assert [one["person"] for one in shown["on_duty"]] == ["孙值班"]
    assert shown["gaps"][0]["since"] == "2026-11-24T08:00:00+08:00"
    drill = huiying("drill", "nobody-answers", "--at", "2026-11-23T09:00", "--json").json
    assert {one["to"] for one in drill["notices"][:2]} == {"sun", "li"}
    listed = huiying("drill", "list", "--json").json["drills"]
    assert "major-at-night" in {one["scenario"] for one in listed}


def test_a_file_that_cannot_be_used_is_named_by_its_line(huiying: Command, tmp_path: Path) -> None:
    huiying("roster", "post-add", "duty", "--name", "总值班")
    plan = tmp_path / "plan.csv"
    plan.write_text("login,since,until\nsun,昨天,2026-11-24T08:00\n", "utf-8")
    period = ("--from", "2026-11-23T00:00", "--to", "2026-11-25T00:00")
    refused = huiying("roster", "put", "duty", str(plan), *period, "--json")
    assert refused.code == 1
    assert "第2行" in refused.json["error"]["message"]


def test_recomputing_says_that_nothing_waits_and_refuses_half_an_order(huiying: Command) -> None:
    assert huiying("recompute", "--json").json["changed"] == 0
    refused = huiying("recompute", "--rule", "message.first_reply", "--json")
    assert (refused.code, "一起给出" in refused.json["error"]["message"]) == (1, True)


def test_a_purge_is_counted_first_and_stands_in_the_trail(huiying: Command) -> None:
    told = huiying("purge", "--before", "2026-01-01", "--dry-run", "--json").json
    assert told == {
        "before": "2026-01-01",
        "dry_run": True,
        "messages": 0,
        "revisions": 0,
        "attachments": 0,
        "quarantined": 0,
    }
    assert "已清除 0 件来文" in huiying("purge", "--before", "2026-01-01").out
    refused = huiying("purge", "--before", "2027-01-01", "--json")
    assert (refused.code, "还没有到" in refused.json["error"]["message"]) == (1, True)
    assert huiying("audit", "verify", "--json").json["ok"]
