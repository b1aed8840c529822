"""What the page 检索 shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.pages.contexts import PageContext
from core.vocabulary import Channel
from storage.search.highlight import Marked


@dataclass(frozen=True)
class HitLine:
    """One message that was found.

    Attributes:
        href: its case; None where the channel owes no reply.
    """

    number: int
    title: Marked
    snippet: Marked
    channel: Channel
    section: str
    received_at: datetime
    href: str | None


@dataclass(frozen=True)
class FacetValue:
    """One value with its count; the link adds it to what is asked for, or takes it out again."""

    label: str
    count: int
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class FacetList:
    """How what was found divides by one thing.

    Attributes:
        more: how many further values there are.
    """

    name: str
    label: str
    values: Sequence[FacetValue]
    more: int


@dataclass(frozen=True)
class Bar:
    """One stretch of the trend.

    Attributes:
        x, y, width, height: in the units of the chart's view box.
        words: the stretch and its count, to be read.
        href: only what was received in it.
    """

    x: float
    y: float
    width: float
    height: float
    words: str
    href: str


@dataclass(frozen=True)
class Trend:
    """How many were received when.

    Attributes:
        words: the chart in one sentence.
        first, last: the days at its ends.
        most: the highest count.
    """

    bars: Sequence[Bar]
    words: str
    first: str
    last: str
    most: int


@dataclass(frozen=True)
class SearchPage(PageContext):
    """检索.

    Attributes:
        text, since, until, order: as typed.
        kept: what else is asked for, as hidden fields.
        error: why nothing could be looked for, or None.
        error_field: the field it is about.
        behind: how many messages the index does not hold yet.
        caught_up_at: when it last held everything.
        clear_href: everything; None where nothing is filtered.
        xlsx_href: what was found as a workbook.
        by_number: a citizen's messages, where the text is a telephone or order number; None where it is not.
        most_relevant: at most so many are listed by relevance.
    """

    text: str
    since: str
    until: str
    order: str
    kept: Sequence[tuple[str, str]]
    chosen: Sequence[FacetValue]
    error: str | None
    error_field: str | None
    total: int
    hits: Sequence[HitLine]
    facets: Sequence[FacetList]
    trend: Trend | None
    behind: int
    caught_up_at: datetime | None
    is_first_page: bool
    next_href: str | None
    clear_href: str | None
    xlsx_href: str
    most_relevant: int
    by_number: Sequence[HitLine] | None = None
