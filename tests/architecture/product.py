"""The product's own source files, parsed once for the checks of this folder."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("huiying", "api", "reports", "crawlers", "analysis", "alerts", "storage", "core")


@dataclass(frozen=True)
class Source:
    """One Python file.

    Attributes:
        path: relative to the checkout, with forward slashes.
    """

    path: str
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """The top folder."""
        return self.path.split("/", 1)[0]

    @property
    def module(self) -> str:
        """The name it is imported by."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def where(self, node: ast.expr | ast.stmt) -> str:
        """`path:line`, as an editor opens it."""
        return f"{self.path}:{node.lineno}"


@cache
def product_sources() -> tuple[Source, ...]:
    """Every file of the eight packages, by path; generated migrations left out."""
    return tuple(
        parse(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations/versions" not in path.as_posix()
    )


def parse(text: str, path: str = "core/example.py") -> Source:
    """A source from text; the checks' own tests use it for code that must be caught."""
    return Source(path, text, ast.parse(text, path))


def calls(source: Source) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the dotted name that is called (`datetime.now`), empty when it is no plain name."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            yield node, _dotted(node.func)


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""
