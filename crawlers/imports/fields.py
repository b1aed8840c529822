"""Our fields and the headers that mean them: the dictionaries under `columns/`, one per kind of file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, cast

import yaml

from core.vocabulary import ImportKind

Pick = Literal["first", "ordered", "joined"]

_TIME_NAMES = (
    "dispatched_at created_at replied_at closed_at deadline "
    "accepted_at registered_at told_at decided_at finished_at answered_at"
)
TIME_FIELDS = frozenset(_TIME_NAMES.split())
# Boards and the collection of advice write the same columns as leader mailboxes.
_SAME_COLUMNS = {
    ImportKind.MESSAGE_BOARD: ImportKind.MAILBOX,
    ImportKind.PEOPLES_ADVICE: ImportKind.MAILBOX,
}
PERSON_FIELDS = frozenset({"caller_name", "caller_phone", "caller_id_no", "address"})

_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|\{[^{}]*\}|《[^《》]*》")
_DROPPED = re.compile(r"[\s::*\u200b\ufeff]+")
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class FieldWords:
    """The headers of one field.

    Attributes:
        names: whole headers, best first.
        contains: words that mean the field anywhere in a header.
        pick: what to do with several columns on this field.
    """

    names: tuple[str, ...]
    contains: tuple[str, ...]
    pick: Pick


@dataclass(frozen=True)
class ColumnDictionary:
    """All headers of one kind of file.

    Attributes:
        least_hits: how many fields a row must name to be the header.
        fields: by our name of the field.
        by_name: the field of a whole normalised header.
    """

    least_hits: int
    fields: Mapping[str, FieldWords]
    by_name: Mapping[str, str]

    def exact(self, header: str) -> str | None:
        """The field a whole normalised header names."""
        return self.by_name.get(header)

    def containing(self, header: str) -> str | None:
        """The field of the first word that stands somewhere in a normalised header."""
        for name, words in self.fields.items():
            if any(word in header for word in words.contains):
                return name
        return None

    def rank(self, field: str, header: str) -> int:
        """The place of a normalised header among the names of `field`, 0 best; unknown headers come last."""
        names = self.fields[field].names
        return names.index(header) if header in names else len(names)


@cache
def column_dictionary(kind: ImportKind) -> ColumnDictionary:
    """The dictionary of `kind`, read once from the package."""
    text = (
        resources.files("crawlers.imports")
        .joinpath("columns", f"{_SAME_COLUMNS.get(kind, kind).value}.yml")
        .read_text("utf-8")
    )
    read = yaml.safe_load(text)
    fields = {
        name: FieldWords(
            names=tuple(normalised(word) for word in entry["names"]),
            contains=tuple(normalised(word) for word in entry.get("contains", ())),
            pick=cast("Pick", entry.get("pick", "first")),
        )
        for name, entry in read["fields"].items()
    }
    by_name = {word: name for name, words in fields.items() for word in words.names}
    return ColumnDictionary(read["least_hits"], fields, by_name)


def normalised(header: object) -> str:
    """A header as the dictionaries write it; empty for a blank, a number and anything that is no text."""
    if not isinstance(header, str):
        return ""
    flat = unicodedata.normalize("NFKC", header)
    text = _DROPPED.sub("", _BRACKETED.sub("", flat)) or _DROPPED.sub("", flat).strip("()[]【】〔〕{}《》")
    return "" if _PLAIN_NUMBER.fullmatch(text) else text.casefold()
