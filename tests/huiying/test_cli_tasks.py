"""`huiying tasks`, as an office calls it."""

from __future__ import annotations

from pathlib import Path

from tests.command import Command
from tests.crawlers.imports.test_task_plans import workbook


def test_a_plan_is_tried_entered_and_listed(data_dir: Path, tmp_path: Path) -> None:
    huiying = Command(data_dir, now="2026-03-02T09:00:00+08:00")
    people = [("li", "李宣传", "press", ""), ("wang", "王承办", "handler", "市政科")]
    for login, name, role, section in people:
        given = ("--name", name, "--role", role, *(("--section", section) if section else ()))
        assert huiying("people", "add", login, *given).code == 0
    plan = tmp_path / "plan.xlsx"
    rows = [(1, "甲", "", "市政科", "6月底前"), (2, "乙", "", "市政科", "适时")]
    plan.write_bytes(workbook(*rows).read())
    given = (str(plan), "--title", "2026年要点", "--printed", "2026-02-20", "--by", "li", "--json")
    tried = huiying("tasks", "import", *given, "--dry-run").json
    assert (len(tried["opened"]), tried["rejected"][0]["row"], tried["dry_run"]) == (1, 4, True)
    assert huiying("tasks", "list", "--json").json["tasks"] == []
    entered = huiying("tasks", "import", *given).json
    assert list(entered["opened"]) == ["1"]
    added = huiying(
        "tasks",
        "add",
        "open_day",
        "--title",
        "开放日",
        "--section",
        "市政科",
        "--planned",
        "2026-03-13",
        "--by",
        "li",
    )
    assert (added.code, "已新建任务" in added.out) == (0, True)
    listed = huiying("tasks", "list", "--json").json
    assert [one["title"] for one in listed["tasks"]] == ["开放日", "甲"]
    assert listed["plans"] == [{"plan": "2026年要点", "total": 1, "rejected": 1}]
    refused = huiying(
        "tasks", "add", "open_day", "--title", "甲", "--section", "市政科", "--by", "nobody", "--json"
    )
    assert (refused.code, refused.json["error"]["code"]) == (1, "invalid_input")
