"""The rows of a list page and the values of a letter's page, by the plan of a YAML file. Pure.

Compiled once per run; a page then costs one parse and one walk.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from crawlers.catalog import Detail, Listing
from crawlers.parsing.text import clean_line
from crawlers.reading.fields import (
    Read,
    as_text,
    at_path,
    element_text,
    html_reader,
    json_reader,
    parse_html,
    selector,
)

_RECORD = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>", re.DOTALL)
_COLON = re.compile(r"[:\uff1a]")
_DIGITS = re.compile(r"\d{1,9}")
Values = dict[str, str]


class ListReader:
    """Reads pages of one list."""

    def __init__(self, plan: Listing) -> None:
        self.plan = plan
        self._is_html = plan.format in {"html", "jcms"}
        make = html_reader if self._is_html else json_reader
        self._fields: dict[str, Read] = {name: make(rule) for name, rule in plan.fields.items()}
        self._rows = selector(plan.rows) if self._is_html else None
        self._anchor = selector(plan.anchor) if plan.anchor and self._is_html else None
        self._headers = {clean_line(text): name for text, name in (plan.header_map or {}).items()}

    def open(self, text: str, data: Any) -> Any:
        """The page in the form the other methods read."""
        if self.plan.format == "jcms":
            return parse_html("<html><body>" + "".join(_RECORD.findall(text)) + "</body></html>")
        return parse_html(text) if self._is_html else data

    def has_anchor(self, page: Any) -> bool:
        """Whether what every page of the list has is there: the anchor, or the array of rows."""
        if self._is_html:
            return self._anchor is None or bool(self._anchor(page))
        return isinstance(at_path(page, self.plan.rows), list)

    def problem(self, page: Any) -> str | None:
        """What the envelope of a JSON answer says against it; None where it says nothing."""
        if self._is_html or self.plan.ok is None or _holds(page, self.plan.ok):
            return None
        return f"接口没有返回成功（应为 {self.plan.ok}）"

    def is_empty(self, page: Any, text: str) -> bool:
        """Whether the source's own mark of emptiness is there."""
        mark = self.plan.empty
        if mark is None:
            return False
        if not self._is_html:
            return _holds(page, mark)
        if mark.startswith("css:"):
            return bool(selector(mark.removeprefix("css:").strip())(page))
        return mark in text

    def rows(self, page: Any) -> list[Values]:
        """The rows in the order of the page; of a page, those that say something.

        Each element of a JSON array is a message: one that says nothing is an empty row, not left out.
        """
        if self._rows is None:
            found = at_path(page, self.plan.rows)
            return [self._values(row) if isinstance(row, Mapping) else {} for row in found]
        if self._headers:
            rows = self._table_rows(self._rows(page))
        else:
            rows = [self._values(row) for row in self._rows(page) if not isinstance(row, str)]
        return [row for row in rows if any(row.values())]

    def total_pages(self, page: Any, text: str) -> int | None:
        """How many pages the list says it has; None where it does not say."""
        plan = self.plan
        if plan.total_pages is not None:
            return self._number(plan.total_pages, page, text)
        if plan.total_rows is not None:
            rows = self._number(plan.total_rows, page, text)
            return None if rows is None else -(-rows // plan.page_size)
        return None

    def _number(self, rule: str, page: Any, text: str) -> int | None:
        if self._is_html:
            found = re.search(rule, text)
            said = found.group(1) if found and found.groups() else ""
        else:
            said = as_text(at_path(page, rule))
        return int(said) if _DIGITS.fullmatch(said) else None

    def _values(self, row: Any) -> Values:
        return {name: text for name, read in self._fields.items() if (text := read(row))}

    def _table_rows(self, found: list[Any]) -> list[Values]:
        rows: list[Values] = []
        columns: dict[int, str] | None = None
        for row in found:
            if isinstance(row, str):
                continue
            if columns is None:
                columns = self._columns_of(row)
            cells = [cell for cell in row if cell.tag in {"td", "th"}]
            # One cell across the whole table is a remark ("no letters"), no letter.
            is_remark = len(cells) == 1 and len(columns) > 1
            if any(cell.tag == "td" for cell in cells) and not is_remark and not self._is_header(cells):
                rows.append({**self._cells(cells, columns), **self._values(row)})
        return rows

    def _columns_of(self, row: Any) -> dict[int, str]:
        """Which field stands in which column, by the header of the table the row is in."""
        table = next((one for one in row.iterancestors("table")), row.getparent())
        for line in table.iter("tr"):
            named = {
                place: self._headers[text]
                for place, cell in enumerate(one for one in line if one.tag in {"td", "th"})
                if (text := clean_line(element_text(cell))) in self._headers
            }
            if named:
                return named
        return {}

    def _is_header(self, cells: list[Any]) -> bool:
        return sum(clean_line(element_text(cell)) in self._headers for cell in cells) > 1

    def _cells(self, cells: list[Any], columns: Mapping[int, str]) -> Values:
        values: Values = {}
        for place, name in columns.items():
            if place >= len(cells):
                continue
            link = next(iter(cells[place].iter("a")), None)
            if link is not None and name == "title":
                values["url"] = link.get("href", "")
                values["title"] = clean_line(link.get("title", "")) or element_text(link)
            else:
                values[name] = element_text(cells[place])
        return {name: text for name, text in values.items() if text}


class DetailReader:
    """Reads the page of one letter."""

    def __init__(self, plan: Detail) -> None:
        self.plan = plan
        self._is_html = plan.format == "html"
        make = html_reader if self._is_html else json_reader
        self._fields: dict[str, Read] = {name: make(rule) for name, rule in plan.fields.items()}
        self._anchor = selector(plan.anchor) if plan.anchor and self._is_html else None
        self._labelled = selector(plan.labels_in) if plan.labels else None
        self._labels = {clean_line(text): name for text, name in plan.labels.items()}

    def values(self, text: str, data: Any) -> Values | None:
        """What the letter's page says; None where its anchor is missing."""
        page = parse_html(text) if self._is_html else data
        if self._anchor is not None and not self._anchor(page):
            return None
        if not self._is_html and self.plan.anchor and at_path(page, self.plan.anchor) is None:
            return None
        labelled = self._by_label(page) if self._labelled is not None else {}
        chosen = {name: said for name, read in self._fields.items() if (said := read(page))}
        return {**labelled, **chosen}

    def _by_label(self, page: Any) -> Values:
        """Values that stand beside or below their label; the smallest element that begins with it counts."""
        best: dict[str, tuple[int, str]] = {}
        for element in self._labelled(page) if self._labelled else ():
            text = element_text(element)
            label, colon, rest = _split(text)
            name = self._labels.get(label) or (None if colon else self._labels.get(clean_line(text)))
            if name is None:
                continue
            value = rest or _next_text(element)
            if value and (name not in best or len(text) < best[name][0]):
                best[name] = (len(text), value)
        return {name: value for name, (_, value) in best.items()}


def _split(text: str) -> tuple[str, bool, str]:
    found = _COLON.search(text[:30])
    if found is None:
        return "", False, ""
    return clean_line(text[: found.start()]), True, text[found.end() :].strip()


def _next_text(element: Any) -> str:
    following = element.getnext()
    return element_text(following) if following is not None else ""


def _holds(page: Any, condition: str) -> bool:
    """Whether `path=value` is true of a JSON answer; `path=[]` of an empty array."""
    path, _, wanted = condition.partition("=")
    found = at_path(page, path.strip())
    if wanted.strip() == "[]":
        return isinstance(found, list) and not found
    return as_text(found) == wanted.strip()
