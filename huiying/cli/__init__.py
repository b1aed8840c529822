"""The command line: one module per family of commands, put together in `table`."""

from __future__ import annotations

from typing import Annotated

import typer

from huiying.cli.analysing import analyze_command, evaluate_app, score_command
from huiying.cli.channels import channels_app
from huiying.cli.closing import closing_app
from huiying.cli.demo import demo_command
from huiying.cli.due import due_command
from huiying.cli.engine import engine_app
from huiying.cli.evaluating import evaluate_incidents
from huiying.cli.exporting import export_app
from huiying.cli.importing import import_command, imports_command, quarantine_app
from huiying.cli.incidents import incidents_command
from huiying.cli.keeping import audit_app, check_command, migrate_command
from huiying.cli.looking import cases_command, messages_command
from huiying.cli.papers import papers_app
from huiying.cli.people import people_app, token_app
from huiying.cli.recomputing import recompute_command
from huiying.cli.reporting import report_app
from huiying.cli.roster import roster_app
from huiying.cli.serve import serve_command
from huiying.cli.setup import setup_command
from huiying.cli.table import CommandTable
from huiying.cli.working import worker_command

app = typer.Typer(
    name="huiying",
    cls=CommandTable,
    help="回应：听见群众说了什么，按时答复，并且说得清楚。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def root(
    debug: Annotated[bool, typer.Option("--debug", help="出错时显示完整的程序调用栈。")] = False,
) -> None:
    """Options that stand before the command."""


app.command("demo")(demo_command)
app.command("serve")(serve_command)
app.command("setup")(setup_command)
app.command("worker")(worker_command)
app.command("import")(import_command)
app.command("imports")(imports_command)
app.command("analyze")(analyze_command)
app.command("score")(score_command)
app.command("messages")(messages_command)
app.command("cases")(cases_command)
app.command("incidents")(incidents_command)
app.command("due")(due_command)
app.command("setup")(setup_command)
app.command("worker")(worker_command)
app.command("recompute")(recompute_command)
app.command("migrate")(migrate_command)
app.command("check")(check_command)
report_app.add_typer(papers_app)
report_app.add_typer(closing_app)
app.add_typer(report_app, name="report")
app.add_typer(export_app, name="export")
app.add_typer(people_app, name="people")
app.add_typer(token_app, name="token")
app.add_typer(channels_app, name="channels")
app.add_typer(engine_app, name="engine")
app.add_typer(quarantine_app, name="quarantine")
evaluate_app.command("incidents")(evaluate_incidents)
app.add_typer(evaluate_app, name="evaluate")
app.add_typer(roster_app, name="roster")
app.add_typer(audit_app, name="audit")
