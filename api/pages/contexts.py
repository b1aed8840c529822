"""What each page shows: one frozen value per template, so that a template never looks anything up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from alerts.proposing import Proposal
from api.guests import Guest
from api.pages.resuming import Kept
from core.rulebook import Rule
from core.vocabulary import Channel, DeadlineStatus
from storage.desk import Counts


@dataclass(frozen=True)
class PageContext:
    """Anything a template is rendered with."""


@dataclass(frozen=True)
class Option:
    """One choice of a select box."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class ErrorPage(PageContext):
    """Something went wrong, and what to do."""

    status: int
    title: str
    detail: str
    mend: str
    code: str


@dataclass(frozen=True)
class SignInPage(PageContext):
    """The way in.

    Attributes:
        next: the path to go on to.
        notice: why the person is asked, or None.
        error: what was wrong with the last attempt, or None.
        kept: what was typed before the session ended, or None.
        guests: whom the demo lets in by a button; empty in every real office.
    """

    next: str
    login: str
    notice: str | None
    error: str | None
    kept: Kept | None = None
    guests: Sequence[Guest] = ()


@dataclass(frozen=True)
class ResumePage(PageContext):
    """What was typed before the session ended, to be sent under the new one."""

    kept: Kept
    csrf_token: str


@dataclass(frozen=True)
class AccountPage(PageContext):
    """One's own account.

    Attributes:
        notice: why the person is sent here, or None.
        error, error_field: what was wrong with the last attempt and in which field, or None.
        is_done: the password was just changed.
    """

    notice: str | None
    error: str | None
    error_field: str | None
    is_done: bool
    min_length: int


@dataclass(frozen=True)
class ClockLine:
    """One clock in a list.

    Attributes:
        state: `overdue`, `due_soon`, `later` or `met`: the colour and the word.
        countdown: how long is left or for how long it is overdue; empty once met.
        due_iso: the due instant for the script, ISO 8601.
        case_href: address of the case or incident.
        signature: who signed for the case first and when; empty where nobody has or it is not asked for.
    """

    id: int
    case_href: str
    state: str
    countdown: str
    due_at: datetime
    due_iso: str
    title: str
    number: str
    channel: Channel
    section: str
    rule: str
    is_provisional: bool
    case_id: int
    signature: str


@dataclass(frozen=True)
class StateTab:
    """One state above the desk's list: how many there are, and the link that shows only them."""

    state: str
    label: str
    hint: str
    count: int
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class ClockGroup:
    """The clocks of one state under its heading, or of none with an empty label."""

    state: str
    label: str
    lines: Sequence[ClockLine]


@dataclass(frozen=True)
class AlertLine:
    """One matter that calls for a look.

    Attributes:
        id: of its newest alert.
        href: its case, or None.
        opens_href: where an incident is opened from it; None where it is one already.
        has_grown: the matter has grown since it was first told.
        seen: the instant of its newest news, for the form that says it was seen.
        state, settled, settled_at, settled_reason: what came of it; empty while it is open.
    """

    id: int
    kind: str
    title: str
    reasons: Sequence[str]
    raised_at: datetime
    href: str | None
    opens_href: str | None
    has_grown: bool
    seen: str
    state: str
    settled: str
    settled_at: datetime | None
    settled_reason: str


@dataclass(frozen=True)
class MuteLine:
    """Something nobody is called for any more; `until` is None for good."""

    id: int
    what: str
    why: str
    name: str
    muted_at: datetime
    until: datetime | None


@dataclass(frozen=True)
class AlertsPage(PageContext):
    """告警: those that are open, or the last of all.

    Attributes:
        error: why the last attempt was refused, or None.
        typed: the reason that was typed with it.
    """

    lines: Sequence[AlertLine]
    is_all: bool
    error: str | None
    typed: str
    muted: Sequence[MuteLine] = ()


@dataclass(frozen=True)
class Signed:
    """What came of one command to several cases at once.

    Attributes:
        what: what was done to them, in Chinese.
        done: how many it was done to.
        refused: one sentence for each case that was not.
    """

    what: str
    done: int
    refused: Sequence[str]


@dataclass(frozen=True)
class DeskPage(PageContext):
    """值班台: what is owed, next due first.

    Attributes:
        history: the first of the `history_count` clocks that were received before the office went live.
        is_history: the list itself shows those.
        confined_to: the section a handler is confined to, or None.
        next_href: the next page, or None.
        more_alerts: open matters beyond those shown.
        text: what the list is searched for; empty for all.
        may_sign: several cases may be signed for at once.
        assign_to: sections to which several cases may be assigned at once; empty for those who may not.
        signed: what came of doing so just now, or None.
    """

    tabs: Sequence[StateTab]
    counts: Counts
    groups: Sequence[ClockGroup]
    history: ClockGroup
    history_count: int
    history_href: str
    is_history: bool
    is_filtered: bool
    is_first_page: bool
    confined_to: str | None
    state: str
    sections: Sequence[Option]
    channels: Sequence[Option]
    clear_href: str
    next_href: str | None
    alerts: Sequence[AlertLine]
    more_alerts: int
    text: str
    may_sign: bool
    assign_to: Sequence[Option]
    signed: Signed | None


@dataclass(frozen=True)
class DayCell:
    """One day of an explanation as a cell of a calendar."""

    day: date
    weekday: int
    kind: str
    label: str
    number: int | None
    is_last: bool


@dataclass(frozen=True)
class Why:
    """Why a clock runs out when it does: the clause, and each day counted.

    Attributes:
        rule: the version that was used, or None where the rulebook no longer has it.
        days: in counting order; empty for limits in hours.
    """

    rule: Rule | None
    days: Sequence[DayCell]
    counted: int
    skipped: int
    is_provisional: bool


@dataclass(frozen=True)
class DeadlinePage(PageContext):
    """One clock and the reason for it."""

    line: ClockLine
    case: int
    case_kind: str
    source: str | None
    anchor: str
    started_at: datetime
    met_at: datetime | None
    is_time_unknown: bool
    is_date_only: bool
    status: DeadlineStatus
    holding_at: datetime | None
    has_holding_reply: bool
    is_history: bool
    cycle: int
    rule_key: str
    rule_version: str
    calendar_version: str
    why: Why


@dataclass(frozen=True)
class RuleVersions:
    """One rule with its versions, newest first."""

    key: str
    newest: Rule
    older: Sequence[Rule]


@dataclass(frozen=True)
class RuleDocument:
    """The rules of one policy document."""

    title: str
    number: str | None
    rules: Sequence[RuleVersions]


@dataclass(frozen=True)
class DueAnswer:
    """The answer to "when would this be due?"."""

    rule: Rule
    started_at: datetime
    due_at: datetime
    why: Why


@dataclass(frozen=True)
class RulesPage(PageContext):
    """规则: every clause the office is measured by, a calculator, and what another limit would move.

    Attributes:
        proposes: the rules whose limit may be tried; none for a section's people.
    """

    documents: Sequence[RuleDocument]
    options: Sequence[Option]
    start: str
    answer: DueAnswer | None
    error: str | None
    proposes: Sequence[Option]
    amount: str
    proposal: Proposal | None
    proposal_error: str | None
