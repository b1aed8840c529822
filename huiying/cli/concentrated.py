"""`huiying concentrated`: what many messages of a period have in common, and what is suggested."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table

from core.clock import day_end, day_start, parse_day
from core.rule_files import rules_folder
from huiying.office import open_office
from huiying.output import command, console, print_json, print_table
from reports.concentrated import (
    KINDS,
    SUGGESTED,
    Heard,
    Problem,
    concentrated,
    consumer_complaints,
    load_concentrated_rules,
    ratings_counted,
)
from reports.heard import heard_in


@command
def concentrated_command(
    since: Annotated[str, typer.Option("--from", help="从这一天起收到的，如 2026-09-01。")],
    until: Annotated[str, typer.Option("--to", help="到这一天为止。")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """列出期间内的集中问题（领域、事项、同一件事、低分事项）和建议，以及消费投诉统计。"""
    begin, end = day_start(parse_day(since)), day_end(parse_day(until))
    rules = load_concentrated_rules(rules_folder() / "concentrated.yml")
    with open_office() as office, office.database.read() as connection:
        heard = heard_in(connection, since=begin, until=end)
    problems, consumer = concentrated(heard, rules), consumer_complaints(heard)
    if as_json:
        told = [one.as_json() for one in problems]
        rated = ratings_counted(heard)
        print_json(
            {"from": since, "to": until, "problems": told, "consumer_complaints": consumer, "ratings": rated}
        )
    else:
        _show(problems, heard)


def _show(problems: list[Problem], heard: Sequence[Heard]) -> None:
    count, rated = sum(one.message is not None for one in heard), ratings_counted(heard)
    if rated["total"]:
        console.print(f"好差评 {rated['total']:,} 次，其中差评 {rated['low']:,} 次。")
    if not problems:
        console.print(f"期间内共 {count:,} 件来文，没有集中的问题。")
        return
    table = Table("类型", "问题", "件数", "占比", "建议")
    for one in problems:
        advice = SUGGESTED[one.suggests]
        table.add_row(KINDS[one.common], one.name, str(one.count), f"{one.share:.0%}", advice)
    print_table(table)
    console.print(f"期间内共 {count:,} 件来文。加 --json 可看每个问题背后的来文。")
