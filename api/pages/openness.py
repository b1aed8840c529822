"""公开年报: the figures of the yearly openness report, and the rows each of them was counted from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.pages.addresses import address
from api.pages.contexts import PageContext
from api.pages.rendering import render
from api.problems import problem_of
from api.security.identity import Person, Wired, require_role
from api.services import Services
from core.clock import local_day
from core.errors import InvalidInput
from core.vocabulary import Role
from reports.openness import CLAUSE, FORM, GROUPS, NOTES, Figure, Openness, openness, result_names
from reports.render.openness_xlsx import openness_xlsx

router = APIRouter(prefix="/reports/openness")

_Reads = Annotated[Person, Depends(require_role(Role.PRESS, Role.DUTY, Role.MANAGER, Role.ADMIN))]
_Year = Annotated[str, Query(max_length=100)]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class FigureLink:
    """A figure with the address of its rows; `is_open` where they are shown."""

    label: str
    count: int
    href: str
    is_open: bool


@dataclass(frozen=True)
class OpennessPage(PageContext):
    """公开年报 of one year.

    Attributes:
        found: None where the year was none.
        groups: heading → its figures, in the order of the form.
        opened: the figure whose rows are shown, if any.
    """

    year: str
    found: Openness | None
    groups: Sequence[tuple[str, Sequence[FigureLink]]]
    opened: Figure | None
    xlsx_href: str
    source: str
    form: str
    notes: Sequence[str]
    error: str | None


@router.get("")
def show(
    request: Request,
    services: Wired,
    person: _Reads,  # noqa: ARG001 - the page is for these roles
    year: _Year = "",
    figure: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """The figures of the year asked for, this year's where none is; with `figure`, its rows."""
    year = year or _this_year(services)
    try:
        found = _counted(services, year)
        opened = _opened(found, figure)
    except InvalidInput as error:
        page = OpennessPage(year, None, (), None, "", CLAUSE, FORM, NOTES, f"{error.message}{error.mend}")
        return render(request, "openness.html", page, status=problem_of(error).status)
    href = address(f"{router.prefix}/export.xlsx", {"year": year})
    page = OpennessPage(year, found, _groups(found, figure), opened, href, CLAUSE, FORM, NOTES, None)
    return render(request, "openness.html", page)


@router.get("/export.xlsx")
def workbook(
    services: Wired,
    person: _Reads,  # noqa: ARG001 - the file is for these roles
    year: _Year = "",
) -> Response:
    """The same figures as a workbook, with their rows."""
    year = year or _this_year(services)
    content = openness_xlsx(_counted(services, year), services.settings.office.name)
    name = quote(f"依申请公开数字 {year}.xlsx")
    headers = {"Content-Disposition": f"attachment; filename=\"openness.xlsx\"; filename*=UTF-8''{name}"}
    return Response(content, media_type=_XLSX, headers=headers)


def _this_year(services: Services) -> str:
    return str(local_day(services.clock.now()).year)


def _counted(services: Services, year: str) -> Openness:
    if not (year.isascii() and year.isdecimal() and len(year) == 4):
        raise InvalidInput(f"“{year}”不是年份。", mend="请填写四位数字，如 2026。", field="year")
    names = result_names(services.law.procedures)
    with services.database.read() as connection:
        return openness(connection, int(year), now=services.clock.now(), results=names)


def _opened(found: Openness, key: str) -> Figure | None:
    figure = found.figure(key)
    if key and figure is None:
        raise InvalidInput("没有这个数字。", mend="请从表中点开。", field="figure")
    return figure


def _groups(found: Openness, opened: str) -> list[tuple[str, list[FigureLink]]]:
    def link(one: Figure) -> FigureLink:
        href = address(router.prefix, {"year": str(found.year)}, figure=one.key)
        return FigureLink(one.label, one.count, f"{href}#rows", one.key == opened)

    return [
        (words, [link(one) for one in found.figures if one.group == group]) for group, words in GROUPS.items()
    ]
