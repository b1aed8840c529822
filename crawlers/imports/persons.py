"""The person behind a row: shown masked, found by a keyed hash, hidden where secrecy was asked for."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from core.redact import Redactor

SECRET_WORDS = frozenset({"保密", "匿名", "匿名用户", "匿名网友", "不公开"})
_POLITE = ("先生", "女士", "小姐")
_GROUPED_MOBILE = re.compile(r"\s*(?:(?:\+|00)?86[\s-]*)?(1[3-9](?:[\s-]?[0-9]){9})(?![0-9])")
_APART = re.compile(r"[/、,\uff0c;\uff1b\s]+(?=[+0-9(])")


class Person(NamedTuple):
    """Masked name (may be empty) and keyed hash (None where nothing tells the person apart)."""

    display: str
    hash: str | None


def _first_number(key: str) -> str:
    """The first of several numbers; blanks and dashes inside one do not cut it (`+86 138-0013-8000`)."""
    mobile = _GROUPED_MOBILE.match(unicodedata.normalize("NFKC", key))
    return mobile.group(1) if mobile else _APART.split(key, maxsplit=1)[0]


NOBODY = Person("", None)


def masked_person(redactor: Redactor, name: str, key: str) -> Person:
    """The person of a row.

    Args:
        name: as the source gives it.
        key: the number that tells the person apart (telephone, user number), or empty.
    """
    masked = "*" in key or "×" in key
    telling = ""
    if key and not masked:
        telling = key if key.isalnum() else _first_number(key)
    if not telling and name and not name.endswith(_POLITE) and "*" not in name and "×" not in name:
        telling = name
    return Person(redactor.name(name), redactor.search_key(telling) if telling else None)
