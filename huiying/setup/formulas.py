"""Finds the formulas of a workbook: the reader gives only their last result, which may be forged."""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from collections.abc import Iterable
from typing import BinaryIO

UNKNOWN = "?"

_NAME = rb"(?:[A-Za-z_][\w.-]*:)?"
_CELL_OR_FORMULA = re.compile(rb"<" + _NAME + rb"(?:c\b(?P<cell>[^>]*)|(?P<formula>f)(?=[\s/>]))", re.DOTALL)
_SHEET = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?sheet\s([^>]*)>", re.DOTALL)
_LINK = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?Relationship\s([^>]*)>", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3}[0-9]{1,7})["']""")


def formula_cells(stream: BinaryIO, sheets: Iterable[str]) -> dict[str, list[str]]:
    """Sheet name → its cells with a formula (`B3`), in file order; sheets without any are left out.

    `?` stands for a formula whose cell does not say where it is, and for a sheet that could not be searched.

    Args:
        stream: a workbook that was found whole and of a harmless size before.
        sheets: the names of the sheets that will be read.
    """
    with zipfile.ZipFile(stream) as archive:
        names = set(archive.namelist())
        parts = _parts(archive)
        found = {
            name: _places(archive.read(parts[name])) if parts.get(name) in names else [UNKNOWN]
            for name in sheets
        }
    return {name: places for name, places in found.items() if places}


def _places(content: bytes) -> list[str]:
    if b"\0" in content or b"<!" in content:
        # Another encoding or a declaration of entities: the pattern below could be led past a formula.
        return [UNKNOWN]
    places: list[str] = []
    last = UNKNOWN
    for match in _CELL_OR_FORMULA.finditer(content):
        if match["formula"]:
            places.append(last)
            continue
        place = _PLACE.search(match["cell"])
        last = place[1].decode() if place else UNKNOWN
    return places


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → the path of its part inside the archive."""
    links = {
        one.get("Id", ""): one.get("Target", "")
        for one in _attributes(_LINK, archive, "xl/_rels/workbook.xml.rels")
    }
    return {
        one.get("name", ""): _path(links.get(one.get("r:id", ""), ""))
        for one in _attributes(_SHEET, archive, "xl/workbook.xml")
    }


def _path(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _attributes(tag: re.Pattern[str], archive: zipfile.ZipFile, part: str) -> list[dict[str, str]]:
    try:
        text = archive.read(part).decode("utf-8", "replace")
    except KeyError:
        return []
    return [
        {name: html.unescape(double or single) for name, double, single in _ATTRIBUTE.findall(tag_text)}
        for tag_text in tag.findall(text)
    ]
