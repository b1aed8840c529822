"""The query language, parsed once for both engines.

`停水 供水` both; `停水|断水` either; `-演习` without; `"小区停水"` as it stands.
Full-width signs are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import InvalidInput
from storage.search.terms import Phrase, phrases

LONGEST_QUERY = 200
_MOST_WORDS = 20
_QUOTED = re.compile(r'["“”＂]([^"“”＂]*)["“”＂]?')
_PIECE = re.compile(r'[-－]?["“”＂][^"“”＂]*["“”＂]?|[|｜]|[^\s|｜"“”＂]+')
_MINUS = ("-", "－")
_EITHER = {"|", "｜"}


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for.

    Attributes:
        must: every group must be found, by any one of its alternatives, with all phrases of that one.
        excluded: none of these may be found.
        text: the query as it was typed.
    """

    must: tuple[tuple[tuple[Phrase, ...], ...], ...] = ()
    excluded: tuple[tuple[Phrase, ...], ...] = ()
    text: str = ""

    @property
    def wanted(self) -> tuple[Phrase, ...]:
        """Every phrase that is to be marked in a text."""
        return tuple(phrase for group in self.must for alternative in group for phrase in alternative)


def parse(text: str) -> Query:
    """What `text` asks for; everything, where it is blank.

    Raises:
        InvalidInput: it is too long, or has no character that can be looked for.
    """
    if len(text) > LONGEST_QUERY:
        raise _refused(f"检索词太长，最多 {LONGEST_QUERY} 个字。", "请删去一些再试。")
    must: list[list[tuple[Phrase, ...]]] = []
    excluded: list[tuple[Phrase, ...]] = []
    joins = False
    for piece in _pieces(text):
        if piece in _EITHER:
            joins = bool(must)
            continue
        is_excluded = piece.startswith(_MINUS) and len(piece) > 1
        found = tuple(phrases(_bare(piece[1:] if is_excluded else piece)))
        if not found:
            continue
        if is_excluded:
            excluded.append(found)
        elif joins:
            must[-1].append(found)
        else:
            must.append([found])
        joins = False
    if text.strip() and not must and not excluded:
        raise _refused("检索词里没有可以查找的文字。", "标点和符号不参加检索，请输入汉字、字母或数字。")
    if sum(map(len, must)) + len(excluded) > _MOST_WORDS:
        raise _refused(f"检索词太多，最多 {_MOST_WORDS} 个。", "请删去一些再试。")
    return Query(tuple(tuple(group) for group in must), tuple(excluded), text.strip())


def _pieces(text: str) -> Iterator[str]:
    return (match.group() for match in _PIECE.finditer(text))


def _bare(piece: str) -> str:
    quoted = _QUOTED.fullmatch(piece)
    return quoted.group(1) if quoted else piece


def _refused(message: str, mend: str) -> InvalidInput:
    return InvalidInput(message, mend=mend, field="q", code="search.query")
