"""The help there is for each page, read from `help.yml`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_FILE = Path(__file__).parent / "help.yml"


@dataclass(frozen=True, slots=True)
class Topic:
    """The help of one page; `keys` pairs each key with what it does."""

    page: str
    title: str
    says: Sequence[str]
    keys: Sequence[tuple[str, str]]

    @property
    def anchor(self) -> str:
        """Its name within the help page."""
        return self.page.strip("/").replace("/", "-")


@cache
def topics() -> Sequence[Topic]:
    """The parts of the help, read once a process."""
    told = yaml.safe_load(_FILE.read_text("utf-8"))
    return [
        Topic(one["page"], one["title"], one["says"], [(key, does) for key, does in one.get("keys", ())])
        for one in told
    ]


def help_href(path: str) -> str:
    """Where the help of the page at `path` is; the whole help for a page without a part of its own."""
    anchors = [one.anchor for one in topics() if path == one.page or path.startswith(f"{one.page}/")]
    return f"/help#{anchors[0]}" if anchors else "/help"
