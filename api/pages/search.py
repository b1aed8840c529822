"""检索: messages in full text, how they divide, how many came when, and all of them as a workbook."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.pages.rendering import render
from api.pages.search_asked import FACETS, PATH, Asked, asked_of, words_of
from api.pages.search_contexts import FacetList, FacetValue, HitLine, SearchPage
from api.pages.search_trend import trend_of
from api.security.identity import SignedIn, Wired
from api.services import Services
from core.errors import InvalidInput
from core.vocabulary import Channel
from reports.found import MOST_ROWS, found_xlsx
from storage import citizen, message_pages
from storage.database import Row
from storage.search.highlight import mark, snippet
from storage.search.indexer import behind
from storage.search.paging import MOST_RELEVANT, Page, page
from storage.search.port import Facets, Order, SearchUnavailable, SearchUnsupported
from storage.search.query import Query, parse

router = APIRouter()

_PAGE = 20
_VALUES = 8
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What somebody reads out of a telephone's display, and what stands on an order or a letter.
_PHONE = re.compile(r"\s*(?:[+＋]?\s*[8８][6６][\s-]*)?\d(?:[\s()（）-]*\d){6,12}\s*")
_ORDER_NUMBER = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9_./-]{3,59}")
_UNPROCESSABLE, _UNAVAILABLE = 422, 503


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the index and SQL say to one search."""

    query: Query
    found: Page
    facets: Facets
    rows: list[Row]


@router.get(PATH)
def show(request: Request, services: Wired, person: SignedIn) -> Response:
    """What is asked for in the address; without words, everything that came in."""
    asked = asked_of(request.query_params)
    answer, error, field, status = None, None, None, 200
    try:
        answer = _answer(services, asked, person.sees_only)
    except InvalidInput as problem:
        error, field, status = f"{problem.message}{problem.mend}", problem.field, _UNPROCESSABLE
    except (SearchUnavailable, SearchUnsupported) as problem:
        error, status = f"{problem.message}{problem.mend}", _UNAVAILABLE
    return render(
        request, "search.html", _page(services, asked, person.sees_only, answer, error, field), status=status
    )


@router.get(f"{PATH}/export.xlsx")
def export(request: Request, services: Wired, person: SignedIn) -> Response:
    """Everything that was found, the newest first, as a workbook of at most `MOST_ROWS` rows."""
    asked = asked_of(request.query_params)
    query, filters = parse(asked.text), asked.filters(person.sees_only)
    found = page(services.search, query, filters, Order.NEWEST, limit=MOST_ROWS, cursor=None)
    with services.database.read() as connection:
        rows = message_pages.of_numbers(connection, found.ids, confined_to=person.sees_only)
    workbook = found_xlsx(rows, asked.text, found.total, services.clock.now())
    names = f"filename=\"found.xlsx\"; filename*=UTF-8''{quote('检索结果.xlsx')}"
    return Response(workbook, media_type=_XLSX, headers={"Content-Disposition": f"attachment; {names}"})


def _answer(services: Services, asked: Asked, sees_only: str | None) -> _Answer:
    query, filters = parse(asked.text), asked.filters(sees_only)
    found = page(services.search, query, filters, asked.sorted_by(), limit=_PAGE, cursor=asked.cursor or None)
    facets = services.search.facets(query, filters, tuple(FACETS))
    with services.database.read() as connection:
        rows = message_pages.of_numbers(connection, found.ids, confined_to=sees_only)
    return _Answer(query, found, facets, rows)


def _by_number(services: Services, text: str, sees_only: str | None) -> list[HitLine] | None:
    """The citizen's messages where a telephone or order number is asked for; None where it is neither."""
    is_phone, number = _PHONE.fullmatch(text) is not None, text.strip()
    if not is_phone and not _ORDER_NUMBER.fullmatch(number):
        return None
    with services.database.read() as connection:
        ids = citizen.of_order_number(connection, number, limit=_PAGE)
        if is_phone:
            ids += citizen.of_author(connection, services.redactor.search_key(text), limit=_PAGE)
        rows = message_pages.of_numbers(connection, list(dict.fromkeys(ids)), confined_to=sees_only)
    return [_hit(row, parse("")) for row in rows]


def _page(
    services: Services,
    asked: Asked,
    sees_only: str | None,
    answer: _Answer | None,
    error: str | None,
    field: str | None,
) -> SearchPage:
    late = behind(services.database)
    by_number = _by_number(services, asked.text, sees_only)
    chosen = [
        FacetValue(words_of(name, one), 0, asked.toggled(name, one), is_chosen=True)
        for name, some in asked.values.items()
        for one in some
    ]
    following = answer.found.next if answer else None
    return SearchPage(
        text=asked.text,
        by_number=by_number,
        since=asked.since,
        until=asked.until,
        order=asked.order,
        kept=[(name, one) for name, some in asked.values.items() for one in some],
        chosen=chosen,
        error=error,
        error_field=field,
        total=answer.found.total if answer else 0,
        hits=[_hit(row, answer.query) for row in answer.rows] if answer else [],
        facets=_facets(answer.facets, asked) if answer else [],
        trend=trend_of(answer.facets.days, asked) if answer else None,
        behind=late.count,
        caught_up_at=late.since,
        is_first_page=not asked.cursor,
        next_href=asked.href(cursor=following) if following else None,
        clear_href=PATH if asked.is_filtered or asked.text else None,
        xlsx_href=asked.href(path=f"{PATH}/export.xlsx"),
        most_relevant=MOST_RELEVANT,
    )


def _hit(row: Row, query: Query) -> HitLine:
    section = row["section"] if row["case_section"] is None else row["case_section"]
    return HitLine(
        number=row["id"],
        title=mark(row["title"] or "（无标题）", query),
        snippet=snippet(row["body"], query),
        channel=Channel(row["channel"]),
        section=section,
        received_at=row["received_at"],
        href=f"/cases/{row['case_id']}" if row["case_id"] is not None else None,
    )


def _facets(counted: Facets, asked: Asked) -> list[FacetList]:
    lists = []
    for name, words in FACETS.items():
        values = counted.values.get(name, ())
        shown = [
            FacetValue(words_of(name, value), count, asked.toggled(name, value), value in asked.values[name])
            for value, count in values[:_VALUES]
        ]
        if shown:
            lists.append(FacetList(name, words, shown, max(0, len(values) - _VALUES)))
    return lists
