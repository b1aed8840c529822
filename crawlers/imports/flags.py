"""The columns of a petition export that flag a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.flags import FLAG_WORDS
from crawlers.imports.cells import YES, Cell, as_line, as_yes_or_no

# `紧急程度` grades instead of answering yes or no.
_URGENT = frozenset({"紧急", "特急", "加急", "急", "特别紧急"})


class FlagColumns:
    """The flag columns of one table."""

    def __init__(self, columns: Mapping[str, tuple[int, ...]]) -> None:
        self._columns = [(word, columns.get(name, ())) for name, word in FLAG_WORDS.items()]

    def read(self, cells: Sequence[Cell]) -> str:
        """The flags of a row, joined by 、; empty where none is set."""
        return "、".join(word for word, where in self._columns if any(_is_set(cells[i]) for i in where))


def _is_set(cell: Cell) -> bool:
    return as_yes_or_no(cell) == YES or as_line(cell) in _URGENT
