"""What the pages of the response-time report show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.pages.contexts import Option, PageContext
from api.pages.report_charts import Chart
from core.vocabulary import Channel, DeadlineStatus
from reports.response_times import Close


@dataclass(frozen=True)
class FigureCell:
    """One figure of the report.

    Attributes:
        short: the label without its unit.
        text: as shown.
        href: the rows behind it; None where there are none.
    """

    name: str
    label: str
    short: str
    text: str
    href: str | None
    definition: str


@dataclass(frozen=True)
class View:
    """One of the two ways in which a clock falls into the period."""

    label: str
    says: str
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class FigureRow:
    """The figures of one group."""

    label: str
    cells: Sequence[FigureCell]


@dataclass(frozen=True)
class ReportForm:
    """What the report's form holds, as typed.

    Attributes:
        error, error_field: what cannot be used and in which field, or None.
    """

    since: str
    until: str
    as_of: str
    rules: Sequence[Option]
    bases: Sequence[Option]
    groupings: Sequence[Option]
    periods: Sequence[tuple[str, str]]
    error: str | None = None
    error_field: str | None = None


@dataclass(frozen=True)
class ReportPage(PageContext):
    """时效报告: who answered what in time.

    Attributes:
        scope: what was counted, in words.
        rate_rest: the rate in words: what was divided by what.
    """

    form: ReportForm
    confined_to: str | None
    scope: str = ""
    as_of: datetime | None = None
    imported_at: datetime | None = None
    headline: Sequence[FigureCell] = ()
    figures: Sequence[FigureCell] = ()
    group_head: str = ""
    columns: Sequence[FigureCell] = ()
    groups: Sequence[FigureRow] = ()
    rate_rest: str = ""
    unanswered: int = 0
    provisional: int = 0
    close: Close | None = None
    received: int = 0
    xlsx_href: str = ""
    docx_href: str = ""
    proof_href: str = ""
    prove_href: str = ""
    charts: Sequence[Chart] = ()
    views: Sequence[View] = ()


@dataclass(frozen=True)
class RowLine:
    """One clock behind a figure.

    Attributes:
        is_date_only: of the answer only the day is known.
    """

    deadline: int
    rule: str
    number: str
    title: str
    channel: Channel
    section: str
    received_at: datetime
    due_at: datetime
    met_at: datetime | None
    is_date_only: bool
    holding_at: datetime | None
    status: DeadlineStatus
    working_days: int | None


@dataclass(frozen=True)
class RowsPage(PageContext):
    """The rows behind one figure."""

    label: str
    definition: str
    scope: str
    group: str | None
    count: int
    lines: Sequence[RowLine]
    first: int
    back_href: str
    prove_href: str | None
    previous_href: str | None
    next_href: str | None
