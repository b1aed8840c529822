"""The pieces of a Word page that python-docx leaves to its users: East Asian fonts, rules, page numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from docx.document import Document as Word
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section
from docx.shared import Length, Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import _Cell
from docx.text.paragraph import Paragraph

RED = RGBColor(0xD9, 0x1E, 0x18)
SIZE_3 = Pt(16)  # 三号
SIZE_4 = Pt(14)  # 四号
LINE = Pt(28)
_TEXT_WIDTH = Mm(156)


@dataclass(frozen=True, slots=True)
class Face:
    """A font, and what a machine without it shows instead."""

    name: str
    instead: str


TITLE = Face("方正小标宋简体", "宋体")
BODY = Face("仿宋_GB2312", "仿宋")
KAI = Face("楷体_GB2312", "楷体")
HEI = Face("黑体", "SimHei")
_FACES = (TITLE, BODY, KAI, HEI)


def set_page(document: Word) -> None:
    """A4 with the margins of the standard, 28 pt lines, no space between paragraphs."""
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin = Mm(37), Mm(35)
    page.left_margin, page.right_margin = Mm(28), Mm(26)
    page.footer_distance = Mm(28)
    style = cast(ParagraphStyle, document.styles["Normal"])
    style.font.size = SIZE_3
    layout = style.paragraph_format
    layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    layout.line_spacing = LINE
    layout.space_after = layout.space_before = Pt(0)


def declare_fonts(document: Word) -> None:
    """Name a stand-in for each font, so that a machine without it does not fall back to a Latin one."""
    fonts = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    entries = "".join(
        f'<w:font w:name="{face.name}"><w:altName w:val="{face.instead}"/><w:charset w:val="86"/></w:font>'
        for face in _FACES
    )
    # python-docx keeps the font table as plain bytes.
    fonts._blob = fonts.blob.replace(b"</w:fonts>", f"{entries}</w:fonts>".encode())  # noqa: SLF001 - no setter


def add_text(
    line: Paragraph,
    text: str,
    face: Face,
    size: Length = SIZE_3,
    *,
    colour: RGBColor | None = None,
    is_raised: bool = False,
) -> None:
    """Text in one face, for Chinese and Latin characters alike."""
    run = line.add_run(printable(text))
    run.font.size = size
    run.font.name = "Times New Roman"
    run.font.superscript = is_raised or None
    if colour is not None:
        run.font.color.rgb = colour
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()  # noqa: SLF001 - w:eastAsia has no other way in
    fonts.set(qn("w:eastAsia"), face.name)
    if size >= Pt(20):
        line.paragraph_format.line_spacing = Pt(size.pt * 1.35)


def printable(text: str) -> str:
    """The text without control characters, which a Word file cannot hold; tabs and line breaks stay."""
    return "".join(
        one for one in text if one in "\t\n" or (ord(one) >= 0x20 and not 0xFFFE <= ord(one) <= 0xFFFF)
    )


def indent(line: Paragraph) -> None:
    """The first line moved in by two characters."""
    line.paragraph_format.first_line_indent = Pt(SIZE_3.pt * 2)


def tab_to_right(line: Paragraph) -> None:
    """A tab stop at the right edge of the text."""
    line.paragraph_format.tab_stops.add_tab_stop(_TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)


def rule_below(line: Paragraph, colour: RGBColor) -> None:
    """A rule under the paragraph, as wide as the text."""
    border = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="18" w:space="4" w:color="{colour}"/></w:pBdr>'
    )
    line._p.get_or_add_pPr().append(border)  # noqa: SLF001 - borders have no other way in


def number_pages(document: Word) -> None:
    """The page number between dashes, centred at the foot: — 1 —."""
    line = document.sections[0].footer.paragraphs[0]
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    add_text(line, "— ", HEI, SIZE_4)
    run = line.add_run()
    run.font.size = SIZE_4
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)  # noqa: SLF001 - fields have no other way in
    add_text(line, " —", HEI, SIZE_4)


def start_landscape(document: Word) -> None:
    """A new page, and from it on pages that lie on their side, for wide lists."""
    page = document.add_section(WD_SECTION.NEW_PAGE)
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = Mm(297), Mm(210)
    page.left_margin = page.right_margin = Mm(25)
    page.top_margin = page.bottom_margin = Mm(28)
    page.footer_distance = Mm(18)


def add_table(document: Word, head: Sequence[str], lines: Sequence[Sequence[str]], size: Length) -> None:
    """A ruled table whose head repeats on each page; columns as wide as what they hold."""
    table = document.add_table(rows=0, cols=len(head))
    table.style = document.styles["Table Grid"]
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    widths = _widths([head, *lines], _text_width(document.sections[-1]))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for number, line in enumerate([head, *lines]):
        row = table.add_row()
        for cell, text, width in zip(row.cells, line, widths, strict=True):
            cell.width = width
            _fill(cell, text, HEI if number == 0 else BODY, size)
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 - no other way in
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 - the same


def _text_width(page: Section) -> int:
    """Between the margins; what a page does not say is nothing."""
    return (page.page_width or 0) - (page.left_margin or 0) - (page.right_margin or 0)


def _fill(cell: _Cell, text: str, face: Face, size: Length) -> None:
    line = cell.paragraphs[0]
    line.paragraph_format.line_spacing = Pt(size.pt * 1.3)
    add_text(line, text, face, size)


def _widths(lines: Sequence[Sequence[str]], whole: int) -> list[Length]:
    """A share of the width of the text for each column, by its longest text up to 24 characters."""
    longest = [max(min(_length(line[at]), 24.0) for line in lines) + 2 for at in range(len(lines[0]))]
    return [Length(int(whole * share / sum(longest))) for share in longest]


def _length(text: str) -> float:
    """In Chinese characters; a Latin letter or digit takes half the width."""
    return sum(0.55 if ord(one) < 0x2E80 else 1.0 for one in text)
