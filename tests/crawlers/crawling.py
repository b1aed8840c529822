"""Running the process of a source against its replica, without an office."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from core.clock import SHANGHAI
from crawlers.catalog import Source, read_source, shipped_folder
from crawlers.launching import Line, run_process
from crawlers.wire import Job, KnownRow
from tests.replicas.server import Replica

NOW = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)


def shipped(key: str, replica: Replica, **changes: Any) -> Source:
    """A source that ships, pointed at a replica and asked without pause."""
    source = read_source(shipped_folder() / f"{key}.yml").at(replica.url)
    politeness = source.politeness.model_copy(update={"delay_seconds": 0.0})
    return source.model_copy(update={"politeness": politeness, **changes})


def own(folder: Path, text: str, replica: Replica) -> Source:
    """A source from a file of the test's own."""
    path = folder / "own_source.yml"
    path.write_text(text, "utf-8")
    source = read_source(path).at(replica.url)
    return source.model_copy(
        update={"politeness": source.politeness.model_copy(update={"delay_seconds": 0.0})}
    )


def job(source: Source, **given: Any) -> Job:
    """The job of a run at `NOW`."""
    return Job(**{"source": source, "now": NOW, "search_key": b"k" * 32, "user_agent": "test-agent", **given})


def known(url: str, signature: str, seen: datetime) -> KnownRow:
    """A row an earlier run looked at."""
    return KnownRow(url, signature, seen, seen)


class Said:
    """Everything one run said."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.end = lines[-1]

    def of(self, kind: str) -> list[Line]:
        """The lines of one kind."""
        return [line for line in self.lines if line["t"] == kind]

    @property
    def records(self) -> list[dict[str, Any]]:
        """The records as JSON."""
        return [line["r"] for line in self.of("record")]

    @property
    def verdict(self) -> str:
        """The word the run ended with."""
        return str(self.end["verdict"])


def run(source: Source, **given: Any) -> Said:
    """Run a source to its end."""
    return Said(list(run_process(job(source, **given))))
