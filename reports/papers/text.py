"""A paper's text as a person edits it, and back. Pure.

A figure is written `【35｜附表1】`, or `【12｜附表1·渠道=微博】` where only some lines of a list are counted.
It can be moved or left out, but not changed. A line that begins with `# ` or `## ` is a heading. Tables and
charts stand as a line of their own, `【表｜2】` or `【图｜1】`, and can be moved or left out. Each line is a
paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.errors import InvalidInput
from reports.papers.paper import Appendix, Block, Chart, Figure, Grid, Heading, Paper, Paragraph, Part

_FIGURE = re.compile(r"【\s*([\d,，]+)\s*[｜|]\s*附表\s*(\d+)\s*((?:·[^】]*)?)】")
_OBJECT = re.compile(r"【\s*([表图])\s*[｜|]\s*(\d+)[^】]*】")


def to_text(paper: Paper) -> str:
    """The blocks of a paper as lines of text."""
    tables, charts = 0, 0
    lines = []
    for block in paper.blocks:
        match block:
            case Heading(text, level):
                lines.append(f"{'#' * level} {text}")
            case Paragraph(parts):
                lines.append("".join(_written(paper, part) for part in parts))
            case Grid():
                tables += 1
                lines.append(f"【表｜{tables}】")
            case Chart():
                charts += 1
                lines.append(f"【图｜{charts}】")
    return "\n".join(lines)


def from_text(paper: Paper, text: str) -> tuple[Block, ...]:
    """The blocks that an edited text stands for; tables and charts are those of `paper`.

    Raises:
        InvalidInput: a figure, table or chart is named that the paper does not have.
    """
    return tuple(_block(paper, line.strip()) for line in text.splitlines() if line.strip())


def _written(paper: Paper, part: Part) -> str:
    if isinstance(part, str):
        return part
    where = "".join(f"·{column}={text}" for column, text in part.where)
    return f"【{part.value}｜附表{paper.number_of(part.list)}{where}】"


def _block(paper: Paper, line: str) -> Block:
    if line.startswith("## "):
        return Heading(line[3:].strip(), 2)
    if line.startswith("# "):
        return Heading(line[2:].strip(), 1)
    whole = _OBJECT.fullmatch(line)
    if whole:
        kind: type[Grid] | type[Chart] = Grid if whole[1] == "表" else Chart
        objects: Sequence[Block] = [block for block in paper.blocks if isinstance(block, kind)]
        return _numbered(objects, int(whole[2]), line)
    return Paragraph(_parts(paper, line))


def _numbered(objects: Sequence[Block], number: int, written: str) -> Block:
    if not 1 <= number <= len(objects):
        raise InvalidInput(f"没有{written}。", mend=f"这里只有 {len(objects)} 个，请检查编号。", field="text")
    return objects[number - 1]


def _parts(paper: Paper, line: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    end = 0
    for found in _FIGURE.finditer(line):
        if found.start() > end:
            parts.append(line[end : found.start()])
        parts.append(_figure(paper, found))
        end = found.end()
    if end < len(line):
        parts.append(line[end:])
    return tuple(parts)


def _figure(paper: Paper, found: re.Match[str]) -> Figure:
    number = int(found[2])
    if not 1 <= number <= len(paper.appendices):
        raise InvalidInput(f"没有附表{number}。", mend="请保留原有的附表编号。", field="text")
    counted_from = paper.appendices[number - 1]
    return Figure(int(re.sub(r"\D", "", found[1])), counted_from.key, _where(counted_from, found[3]))


def _where(counted_from: Appendix, written: str) -> tuple[tuple[str, str], ...]:
    """The conditions behind a figure; a column's head marks where each begins."""
    heads = "|".join(re.escape(head) for head in counted_from.head)
    pieces = re.split(rf"·({heads})=", written)
    if pieces[0]:
        raise InvalidInput(f"看不懂“{pieces[0]}”。", mend="请保留原有的写法。", field="text")
    return tuple(zip(pieces[1::2], pieces[2::2], strict=True))
