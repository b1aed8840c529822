"""A paper: what an office prints and signs, as values. Pure.

Every count in the text is a `Figure` that names the list it was counted from; the lists stand in the
appendix. A paper whose figure differs from what its list holds cannot be made, neither by the program nor by
the person who edits it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from core.errors import InvalidInput
from core.vocabulary import PaperKind


@dataclass(frozen=True, slots=True)
class Figure:
    """A count in the text.

    Attributes:
        value: how many.
        list: key of the appendix it was counted from.
        where: which lines of it: pairs of a column's head and what stands there; all lines when empty.
    """

    value: int
    list: str
    where: tuple[tuple[str, str], ...] = ()


Part = str | Figure


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, without its number: level 1 is counted 一、二、, level 2 within it （一）（二）."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of text and figures."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table in the text; every line is as long as the head."""

    caption: str
    head: tuple[str, ...]
    lines: tuple[tuple[Part, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of one series.

    Attributes:
        labels, values: of equal length, in the order shown.
        is_line: a line over time; else bars.
    """

    caption: str
    labels: tuple[str, ...]
    values: tuple[int, ...]
    is_line: bool = False


Block = Heading | Paragraph | Grid | Chart


@dataclass(frozen=True, slots=True)
class Appendix:
    """A list behind figures.

    Attributes:
        key: unique in the paper.
        lines: each as long as `head`; may be empty.
    """

    key: str
    title: str
    head: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]

    def count(self, *where: tuple[str, str]) -> Figure:
        """The figure of the lines in which each of these columns holds this text."""
        columns = [(self.head.index(column), text) for column, text in where]
        value = sum(all(line[at] == text for at, text in columns) for line in self.lines)
        return Figure(value, self.key, where)


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as it stands.

    Attributes:
        issuer: the office, in the red head.
        period: what it covers, in words.
        as_of: the instant its figures stand at.
        addressee: 主送; None where there is none.
        issue: 期号, given when it is signed.
        signer: 签发人, named when it is signed.
        signed_on: day of signing.
    """

    kind: PaperKind
    title: str
    issuer: str
    period: str
    as_of: datetime
    blocks: tuple[Block, ...]
    appendices: tuple[Appendix, ...]
    addressee: str | None = None
    issue: int | None = None
    signer: str | None = None
    signed_on: date | None = None

    def __post_init__(self) -> None:
        lists = {one.key: one for one in self.appendices}
        if len(lists) != len(self.appendices):
            raise ValueError("two lists of a paper have the same key")
        for figure in self.figures():
            _require_counted(figure, lists)

    def figures(self) -> Iterator[Figure]:
        """Every figure of the text, in order."""
        for block in self.blocks:
            for part in _parts(block):
                if isinstance(part, Figure):
                    yield part

    def number_of(self, key: str) -> int:
        """The number under which the list `key` stands in the appendix, from 1."""
        return [one.key for one in self.appendices].index(key) + 1

    def signed(self, *, issue: int, signer: str, on: date) -> Paper:
        """The same paper, signed."""
        return replace(self, issue=issue, signer=signer, signed_on=on)


_NUMERALS = "一二三四五六七八九十"


def numbered_headings(blocks: Iterable[Block]) -> Iterator[tuple[Block, str]]:
    """Each block with what stands before its text: the number of a heading, nothing before all others.

    Counts to twenty, as far as a paper goes; source of the form: GB/T 9704—2012, 7.3.3.
    """
    first, second = 0, 0
    for block in blocks:
        if not isinstance(block, Heading):
            yield block, ""
        elif block.level == 1:
            first, second = first + 1, 0
            yield block, f"{_numeral(first)}、"
        else:
            second += 1
            yield block, f"（{_numeral(second)}）"


def _numeral(number: int) -> str:
    return _NUMERALS[number - 1] if number <= 10 else f"十{_NUMERALS[number - 11]}"


def _parts(block: Block) -> tuple[Part, ...]:
    match block:
        case Paragraph(parts):
            return parts
        case Grid(lines=lines):
            return tuple(part for line in lines for part in line)
        case _:
            return ()


def _require_counted(figure: Figure, lists: Mapping[str, Appendix]) -> None:
    counted_from = lists.get(figure.list)
    heads = {column for column, _ in figure.where}
    if counted_from is None or not heads <= set(counted_from.head):
        raise InvalidInput(
            f"数字 {figure.value} 没有对应的附表。", mend="请保留原有的附表编号。", code="paper.no_list"
        )
    right = counted_from.count(*figure.where).value
    if right != figure.value:
        raise InvalidInput(
            f"数字 {figure.value} 与附表不符：附表“{counted_from.title}”中数出 {right}。",
            mend="数字由附表数出，不能直接改；请改正文字，或重新生成。",
            code="paper.not_counted",
        )
