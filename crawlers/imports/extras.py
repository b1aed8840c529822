"""Every column that is no field of a message, kept under its header and masked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from core.redact import Redactor
from crawlers.imports.cells import Cell, as_line, as_switch, as_text, is_damaged_number
from crawlers.imports.header import Layout
from crawlers.parsing.counts import read_count

DAMAGED = "已损坏"
_WORDS_KEPT = 1024
_SWITCHES = frozenset(
    {"contacted", "solved", "satisfied", "is_repeat", "is_timeout", "is_hard", "urged", "first_contact_at"}
)
# Fields whose best column becomes an attribute of the message; their other columns stay here.
_TAKEN_NAMES = (
    "order_no parent_no dispatched_at created_at title body caller_name kind_src section deadline reply "
    "replied_at reply_org status_src secret url user_id limit_amount limit_unit"
)
_TAKEN = frozenset(_TAKEN_NAMES.split())
_COUNTS = ("reposts", "comments", "likes")
_JOINED = frozenset({"area", "category"})

Convert = Callable[[Cell], str]


class ExtraColumns:
    """The extra columns of one table."""

    def __init__(self, layout: Layout, redactor: Redactor) -> None:
        self._redactor = redactor
        self._width = len(layout.labels)
        fields = {i: name for name, columns in layout.columns.items() for i in columns}
        taken = {columns[0] for name, columns in layout.columns.items() if name in _TAKEN}
        taken |= {i for name in _JOINED for i in layout.columns.get(name, ())}
        # Query codes, identity numbers of rated persons: the law of the channel says not to keep them at all.
        taken |= set(layout.columns.get("never_stored", ()))
        kept = [(i, label, fields.get(i, "")) for i, label in enumerate(layout.labels) if i not in taken]
        self._plain = [(i, label, self._convert(name)) for i, label, name in kept if not _is_personal(name)]
        self._personal = [(i, label, self._convert(name)) for i, label, name in kept if _is_personal(name)]

    def read(self, cells: Sequence[Cell], *, secret: bool, warnings: list[str]) -> dict[str, str]:
        """What the columns hold, empty ones left out; nothing about the person of a secret row."""
        extra: dict[str, str] = {}
        for columns in (self._plain,) if secret else (self._plain, self._personal):
            for i, label, convert in columns:
                cell = cells[i]
                if cell != "" and (value := convert(cell)):
                    extra[label] = value
                    if value is DAMAGED:
                        warnings.append(f"“{label}”被存成了数字，后几位已丢失，记为已损坏。")
        if len(cells) > self._width:
            self._read_beyond(cells, extra, warnings)
        return extra

    def _read_beyond(self, cells: Sequence[Cell], extra: dict[str, str], warnings: list[str]) -> None:
        beyond = {f"列{i + 1}": self._text(cells[i]) for i in range(self._width, len(cells))}
        if any(beyond.values()):
            extra.update({label: value for label, value in beyond.items() if value})
            warnings.append("本行的列数多于表头。")

    def _convert(self, name: str) -> Convert:
        if name in _SWITCHES:
            return lru_cache(_WORDS_KEPT, typed=True)(lambda cell: self._redactor.text(as_switch(cell)))
        converts: dict[str, Convert] = {
            "caller_name": lambda cell: self._redactor.name(as_line(cell)),
            "caller_phone": lambda cell: _intact(cell, self._redactor.phone),
            "caller_id_no": lambda cell: _intact(cell, self._redactor.id_number),
            "address": lambda cell: self._redactor.address(as_line(cell)),
            **dict.fromkeys(_COUNTS, lambda cell: read_count(as_line(cell)) or self._text(cell)),
        }
        if name:
            return converts.get(name) or lru_cache(_WORDS_KEPT, typed=True)(self._text)
        return self._text

    def _text(self, cell: Cell) -> str:
        if not isinstance(cell, str) and is_damaged_number(cell):
            return DAMAGED
        return self._redactor.text(as_text(cell))


def _intact(cell: Cell, mask: Callable[[str], str]) -> str:
    return DAMAGED if is_damaged_number(cell) else mask(as_line(cell))


def _is_personal(name: str) -> bool:
    return name in {"caller_name", "caller_phone", "caller_id_no", "address"}
