"""Which command lives in which module; a module is imported when its command is called, not before.

A whole start costs seconds, since SQLAlchemy, FastAPI and the analysis come along; an office's script calls
one command at a time. The list of `--help` needs them all and pays for it.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

if TYPE_CHECKING:
    # Typer brings its own click and gives these two no other name.
    from typer._click.core import Command, Context

# In the order of `--help`: what a newcomer needs first stands first.
COMMANDS: Mapping[str, str] = {
    "demo": "huiying.cli.demo:demo_command",
    "serve": "huiying.cli.serve:serve_command",
    "setup": "huiying.cli.setup:setup_command",
    "worker": "huiying.cli.working:worker_command",
    "import": "huiying.cli.importing:import_command",
    "imports": "huiying.cli.importing:imports_command",
    "quarantine": "huiying.cli.importing:quarantine_app",
    "crawl": "huiying.cli.gathering:crawl_command",
    "sources": "huiying.cli.sources:sources_app",
    "analyze": "huiying.cli.analysing:analyze_command",
    "score": "huiying.cli.analysing:score_command",
    "evaluate": "huiying.cli.evaluating:evaluate_app",
    "accuracy": "huiying.cli.accuracy:accuracy_command",
    "train": "huiying.cli.training:train_app",
    "messages": "huiying.cli.looking:messages_command",
    "cases": "huiying.cli.looking:cases_command",
    "incidents": "huiying.cli.incidents:incidents_command",
    "concentrated": "huiying.cli.concentrated:concentrated_command",
    "search": "huiying.cli.searching:search_command",
    "index": "huiying.cli.searching:index_app",
    "watches": "huiying.cli.watches:watches_app",
    "due": "huiying.cli.due:due_command",
    "tasks": "huiying.cli.tasks:tasks_app",
    "roster": "huiying.cli.roster:roster_app",
    "drill": "huiying.cli.drilling:drill_command",
    "recompute": "huiying.cli.recomputing:recompute_command",
    "report": "huiying.cli.report:report_app",
    "export": "huiying.cli.exporting:export_app",
    "people": "huiying.cli.people:people_app",
    "token": "huiying.cli.people:token_app",
    "sender": "huiying.cli.senders:sender_app",
    "channels": "huiying.cli.channels:channels_app",
    "jobs": "huiying.cli.jobs:jobs_app",
    "move": "huiying.cli.moving:move_command",
    "migrate": "huiying.cli.keeping:migrate_command",
    "backup": "huiying.cli.backup:backup_command",
    "restore": "huiying.cli.backup:restore_command",
    "purge": "huiying.cli.purging:purge_command",
    "engine": "huiying.cli.engine:engine_app",
    "check": "huiying.cli.keeping:check_command",
    "audit": "huiying.cli.keeping:audit_app",
}


class CommandTable(TyperGroup):
    """The commands of `COMMANDS`, each loaded when it is asked for."""

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        return list(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002 - the same
        place = COMMANDS.get(cmd_name)
        return None if place is None else load(cmd_name, place)


def load(name: str, place: str) -> Command:
    """The command or family of commands at `module:attribute`."""
    module, _, attribute = place.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    if isinstance(found, typer.Typer):
        family = get_group(found)
        family.name = name
        return family
    alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    alone.command(name)(found)
    return get_command(alone)
