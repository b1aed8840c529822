"""`huiying drill`: play an incident with the office's own people, and show whom it would wake when."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from alerts.drill import MARK, Drill, Told, load_drill, play
from alerts.incident_rules import load_incident_rules
from core.clock import iso, parse_instant, shanghai
from core.labels import label
from core.rulebook import rules_folder
from huiying.office import Office, open_office
from huiying.output import command, console, print_json, print_table
from storage.copying import copy_office
from storage.database import open_database
from storage.migrate import migrate

_FOLDER = "drills"


@command
def drill_command(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="演练的名称；list 列出全部。")],
    at: Annotated[str | None, typer.Option("--at", metavar="T", help="假定何时发生；不填为现在。")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """演练：按现有人员、值班表和提醒安排推演一个事件，什么也不发出，什么也不写入。"""
    folder = rules_folder() / _FOLDER
    if scenario == "list":
        _list(folder, as_json=as_json)
        return
    drill = load_drill(folder, scenario)
    with open_office() as office:
        start = parse_instant(at) if at else office.clock.now()
        told = _play(office, drill, start.replace(second=0, microsecond=0))
    if as_json:
        lines = [
            {"at": iso(one.at), "to": one.address, "subject": one.subject, "body": one.body} for one in told
        ]
        print_json({"scenario": scenario, "label": drill.label, "notices": lines, "total": len(lines)})
        return
    _print(drill, told)


def _play(office: Office, drill: Drill, start: datetime) -> list[Told]:
    rules = load_incident_rules(rules_folder() / "incidents.yml")
    with tempfile.TemporaryDirectory(prefix="huiying-drill-") as folder:
        copy = open_database(f"sqlite:///{Path(folder) / 'drill.db'}")
        try:
            migrate(copy, start)
            with office.database.read() as source, copy.write() as target:
                copy_office(source, target, start)
            return list(play(copy, office.law, rules, office.calendar, drill, start))
        finally:
            copy.close()


def _list(folder: Path, *, as_json: bool) -> None:
    found = {path.stem: load_drill(folder, path.stem) for path in sorted(folder.glob("*.yml"))}
    if as_json:
        print_json({"drills": [{"scenario": name, "label": one.label} for name, one in found.items()]})
        return
    for name, one in found.items():
        console.print(f"{name}：{one.label}", markup=False, highlight=False)


def _print(drill: Drill, told: list[Told]) -> None:
    console.print(f"{MARK}{drill.label}：{drill.title}（{label(drill.level)}），推演{drill.hours}小时。")
    if not told:
        console.print("没有任何人会收到通知。请检查人员和值班表。")
        return
    table = Table("时刻", "收件人", "通知")
    for one in told:
        table.add_row(f"{shanghai(one.at):%m-%d %H:%M}", one.address, one.subject)
    print_table(table)
    console.print(f"共{len(told)}条；以上都没有发出，也没有写入。")
