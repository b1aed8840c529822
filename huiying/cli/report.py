"""`huiying report`: figures, closed periods and papers under one name."""

from __future__ import annotations

from huiying.cli.closing import closing_app
from huiying.cli.openness import openness_command
from huiying.cli.papers import papers_app
from huiying.cli.reporting import report_app

report_app.add_typer(papers_app)
report_app.add_typer(closing_app)
report_app.command("openness")(openness_command)

__all__ = ["report_app"]
