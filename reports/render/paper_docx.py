"""A paper as a Word file in the form of an official document.

Source: GB/T 9704—2012 党政机关公文格式: A4; margins 37 mm above, 35 below, 28 left, 26 right; text 三号仿宋
on lines of 28 pt; red head, issue and red rule; headings 黑体 and 楷体; title 二号小标宋; page number 四号
between dashes.
"""

from __future__ import annotations

import io

from docx import Document
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph as Line

from core.labels import label
from reports.papers.lists import instant_text
from reports.papers.paper import (
    Appendix,
    Block,
    Chart,
    Figure,
    Grid,
    Heading,
    Paper,
    Paragraph,
    Part,
    numbered_headings,
)
from reports.papers.scope import chinese_day
from reports.render import docx_parts as parts
from reports.render.charts import chart_png

# Longer lists would bury the paper; the whole list stands in the workbook of the appendices.
APPENDIX_LINES = 100
_CELL_LENGTH = 40


def paper_docx(paper: Paper) -> bytes:
    """The paper with its appendices; an unsigned one says that it is a draft."""
    document = Document()
    parts.set_page(document)
    parts.declare_fonts(document)
    parts.number_pages(document)
    _head(document, paper)
    _title(document, paper)
    for block, number in numbered_headings(paper.blocks):
        _add_block(document, paper, block, number)
    _sign(document, paper)
    if paper.appendices:
        parts.start_landscape(document)
    for place, one in enumerate(paper.appendices, start=1):
        _add_appendix(document, place, one)
    # Word asks nothing of these; the defaults would name the library as the author.
    document.core_properties.author = paper.issuer
    document.core_properties.title = paper.title
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _head(document: Word, paper: Paper) -> None:
    line = document.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    parts.add_text(line, paper.issuer, parts.TITLE, Pt(36), colour=parts.RED)
    line = document.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    parts.add_text(line, label(paper.kind), parts.KAI, Pt(22), colour=parts.RED)
    line = document.add_paragraph()
    issue = f"第 {paper.issue} 期" if paper.issue is not None else "草稿，未签发"
    parts.add_text(line, issue, parts.BODY)
    parts.tab_to_right(line)
    signer = f"签发人：{paper.signer}" if paper.signer else "签发人：________"
    parts.add_text(line, f"\t{signer}", parts.BODY)
    parts.rule_below(line, parts.RED)


def _title(document: Word, paper: Paper) -> None:
    line = document.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.space_before = Pt(28)
    line.paragraph_format.space_after = Pt(14)
    parts.add_text(line, paper.title, parts.TITLE, Pt(22))
    if paper.addressee:
        parts.add_text(document.add_paragraph(), f"{paper.addressee}：", parts.BODY)


def _add_block(document: Word, paper: Paper, block: Block, number: str) -> None:
    match block:
        case Heading(text, level):
            line = document.add_paragraph()
            line.paragraph_format.keep_with_next = True
            parts.indent(line)
            parts.add_text(line, f"{number}{text}", parts.HEI if level == 1 else parts.KAI)
        case Paragraph(pieces):
            line = document.add_paragraph()
            parts.indent(line)
            for piece in pieces:
                _add_part(line, paper, piece)
        case Grid(caption, head, lines):
            _caption(document, caption)
            table = [[_cell(paper, piece) for piece in one] for one in lines]
            parts.add_table(document, head, table, Pt(12))
        case Chart():
            _add_chart(document, block)


def _add_part(line: Line, paper: Paper, piece: Part) -> None:
    if isinstance(piece, Figure):
        parts.add_text(line, f"{piece.value:,}", parts.BODY)
        parts.add_text(line, f"附{paper.number_of(piece.list)}", parts.BODY, Pt(9), is_raised=True)
    else:
        parts.add_text(line, piece, parts.BODY)


def _cell(paper: Paper, piece: Part) -> str:
    return piece if isinstance(piece, str) else f"{piece.value:,}（附{paper.number_of(piece.list)}）"


def _caption(document: Word, text: str) -> None:
    line = document.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.keep_with_next = True
    parts.add_text(line, text, parts.HEI, Pt(12))


def _add_chart(document: Word, chart: Chart) -> None:
    picture = chart_png(chart)
    if picture is None:
        # A machine without a Chinese font gets the same numbers as a table rather than boxes.
        values = [[name, f"{value:,}"] for name, value in zip(chart.labels, chart.values, strict=True)]
        _caption(document, chart.caption)
        parts.add_table(document, ("", "件"), values, Pt(12))
        return
    line = document.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.line_spacing = 1.0
    line.paragraph_format.space_before = Pt(8)
    line.paragraph_format.keep_with_next = True
    line.add_run().add_picture(io.BytesIO(picture), width=Mm(150))
    below = document.add_paragraph()
    below.alignment = WD_ALIGN_PARAGRAPH.CENTER
    parts.add_text(below, chart.caption, parts.HEI, Pt(12))


def _sign(document: Word, paper: Paper) -> None:
    signed = [paper.issuer, chinese_day(paper.signed_on)] if paper.signed_on else [paper.issuer, "（未签发）"]
    for text in signed:
        line = document.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        line.paragraph_format.right_indent = Pt(32)
        parts.add_text(line, text, parts.BODY)
    line = document.add_paragraph()
    parts.indent(line)
    note = f"数字统计截至{instant_text(paper.as_of)}（北京时间）；右上角小字为所据附表的编号。"
    parts.add_text(line, note, parts.KAI, Pt(12))


def _add_appendix(document: Word, number: int, one: Appendix) -> None:
    line = document.add_paragraph()
    line.paragraph_format.keep_with_next = True
    parts.add_text(line, f"附表{number}　{one.title}（{len(one.lines):,}）", parts.HEI)
    if not one.lines:
        parts.add_text(document.add_paragraph(), "没有。", parts.BODY, Pt(12))
        return
    shown = [[_shortened(text) for text in one_line] for one_line in one.lines[:APPENDIX_LINES]]
    parts.add_table(document, one.head, shown, Pt(9))
    if len(one.lines) > APPENDIX_LINES:
        rest = f"这里列出前 {APPENDIX_LINES} 行，全部 {len(one.lines):,} 行见附表工作簿。"
        parts.add_text(document.add_paragraph(), rest, parts.KAI, Pt(12))


def _shortened(text: str) -> str:
    """What a cell of a list shows; the workbook has the whole text."""
    return text if len(text) <= _CELL_LENGTH else f"{text[: _CELL_LENGTH - 1]}…"
