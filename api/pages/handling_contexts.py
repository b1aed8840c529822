"""What the pages of handling show: a case, an incident, the inbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.grading import PreviewedClock
from analysis.urgency import Urgency
from api.pages.contexts import ClockGroup, ClockLine, Option, PageContext
from api.pages.form_parts import FormField as FormField
from api.pages.joint_forms import Joint
from api.pages.procedure_contexts import ProcedurePart
from api.pages.reply_checks import ReplyCheck
from api.pages.spread import Spread
from core.rulebook import Rule
from core.vocabulary import CaseState, Channel, DeadlineStatus, Level, Role
from reports.repeats import Repeated
from storage.assessments import Effective


@dataclass(frozen=True)
class ActionForm:
    """One thing this person may do to the case now.

    Attributes:
        command: the last part of the address it is sent to.
        effect: what pressing the button means, in one sentence.
        is_main: what people of this role come for, shown open and first; the others are folded.
        is_open: unfolded, since it was just tried.
    """

    command: str
    label: str
    effect: str
    fields: Sequence[FormField]
    is_main: bool
    is_open: bool


@dataclass(frozen=True)
class Happening:
    """One event of a case as an official reads it.

    Attributes:
        claimed_at: when it is said to have happened, where that is not when it was recorded.
    """

    at: datetime
    what: str
    who: str
    detail: str
    claimed_at: datetime | None
    is_by_program: bool


@dataclass(frozen=True)
class Failure:
    """Why the last attempt was refused.

    Attributes:
        meanwhile: what happened since the page was made, for a page out of date.
        kept: what was typed, where the page has no form for it any more.
        offers_holding: the text would do as a holding reply.
    """

    message: str
    mend: str
    meanwhile: Sequence[Happening]
    kept: str
    offers_holding: bool


@dataclass(frozen=True)
class ClockCard:
    """One clock of a case with its clause.

    Attributes:
        state: the colour: `overdue`, `due_soon`, `later`, or the status once answered.
        spare: `提前 3小时` or `迟了 2天` once answered at a known instant; else empty.
        rule: None where the rulebook no longer has the version.
        is_paused: it stands still.
    """

    line: ClockLine
    state: str
    status: DeadlineStatus
    met_at: datetime | None
    spare: str
    started_at: datetime
    anchor: str
    cycle: int
    rule: Rule | None
    is_paused: bool = False


@dataclass(frozen=True)
class SaidLine:
    """One reply or publication."""

    kind: str
    is_doubtful: bool
    confirmation: str
    at: datetime | None
    org: str
    title: str
    url: str
    text: str
    has_copy: bool


@dataclass(frozen=True)
class Signature:
    """Somebody who signed for the case."""

    name: str
    at: datetime
    is_first: bool


@dataclass(frozen=True)
class CorrectionForm:
    """The choices of the form that corrects what the analysis says."""

    kinds: Sequence[Option]
    polarities: Sequence[Option]
    sections: Sequence[Option]


@dataclass(frozen=True)
class Handling:
    """What the pages of a case and of an incident have in common.

    Attributes:
        path: address of the page; its forms are sent below it.
        key: what makes pressing a button twice one command.
        done: what was just done, or None.
    """

    id: int
    seq: int
    cycle: int
    key: str
    path: str
    title: str
    channel: Channel
    state: CaseState
    section: str
    is_history: bool
    clocks: Sequence[ClockCard]
    timeline: Sequence[Happening]
    said: Sequence[SaidLine]
    signatures: Sequence[Signature]
    forms: Sequence[ActionForm]
    joint: Joint
    procedure: ProcedurePart
    done: str | None
    failure: Failure | None


@dataclass(frozen=True)
class AttachmentLine:
    """A file that came with a message; the size is in bytes."""

    id: int
    name: str
    size: int


@dataclass(frozen=True)
class CasePage(PageContext):
    """办件: one message and everything that is done about it.

    Attributes:
        number: the source's own number.
        judgement: what the analysis says; None before it has looked.
        urgency: its risk as it stands now: words, voices, growth, deadline, reach.
        correction: None for those who may not correct it.
        checks: what a good reply says; empty for those who do not reply.
        earlier: what was answered before to letters like this one.
        repeated: the group of letters in the same words; None where it stands alone.
    """

    case: Handling
    message_id: int
    source: str
    number: str
    received_at: datetime
    author: str
    area: str
    body: str
    url: str | None
    attachments: Sequence[AttachmentLine]
    judgement: Effective | None
    urgency: Urgency | None
    correction: CorrectionForm | None
    checks: Sequence[ReplyCheck]
    earlier: Sequence[EarlierAnswer]
    repeated: Repeated | None
    repeats: int = 0


@dataclass(frozen=True)
class EarlierAnswer:
    """A reply to another letter; `is_same` where the two say nearly the same.

    Attributes:
        source: where the other letter came from.
        similarity: of the two letters, 0…1.
    """

    case_id: int
    title: str
    text: str
    at: datetime | None
    is_same: bool
    source: str
    similarity: float


@dataclass(frozen=True)
class NamedInstant:
    """One of the three instants a clock may start from."""

    label: str
    at: datetime | None
    is_earliest: bool


@dataclass(frozen=True)
class IncidentPage(PageContext):
    """事件: one matter of many voices.

    Attributes:
        lines: what happened, in at most three lines.
        graded_after: how long after the earliest known instant it was graded, or empty.
        preview: what a grade would bring; None where nobody asked.
        preview_level: the grade asked about, or None.
    """

    case: Handling
    lines: Sequence[str]
    level: Level | None
    suggested: Level | None
    reasons: Sequence[str]
    graded_at: datetime | None
    graded_after: str
    instants: Sequence[NamedInstant]
    spread: Spread
    preview: Sequence[PreviewedClock] | None
    preview_level: Level | None


@dataclass(frozen=True)
class IncidentLine:
    """One incident in the list; `clock` is its next due clock, or None."""

    id: int
    title: str
    state: CaseState
    level: Level | None
    suggested: Level | None
    heat: int
    first_seen_at: datetime
    clock: ClockLine | None


@dataclass(frozen=True)
class IncidentsPage(PageContext):
    """事件: those that are open, newest first, and the last that are over."""

    running: Sequence[IncidentLine]
    over: Sequence[IncidentLine]


@dataclass(frozen=True)
class OpeningVoice:
    """One message a new incident would begin with."""

    id: int
    title: str
    channel: Channel
    received_at: datetime


@dataclass(frozen=True)
class OpeningPage(PageContext):
    """立项: an incident about to be opened by hand.

    Attributes:
        key: what makes pressing the button twice one incident.
        typed: what stands in each field.
        error, error_field: why the last attempt was refused, and in which field, or None.
    """

    key: str
    typed: Mapping[str, str]
    levels: Sequence[Option]
    voices: Sequence[OpeningVoice]
    error: str | None
    error_field: str | None


@dataclass(frozen=True)
class InboxPage(PageContext):
    """收件箱: what one section owes, next due first; `section` is empty for those without one."""

    section: str
    role: Role
    groups: Sequence[ClockGroup]
    count: int
    history_href: str
    next_href: str | None
    assisting: Sequence[ClockGroup] = ()


@dataclass(frozen=True)
class AckPage(PageContext):
    """签收 from a link.

    Attributes:
        moved_on: why it cannot be signed from here any more, or empty.
        signed_by, signed_at: who signed first and when, once this person has signed; else empty and None.
        failure: why there is nothing to sign at all, or empty.
    """

    name: str
    kind: str
    title: str
    state: str
    rule: str
    due_at: datetime | None
    moved_on: str
    signed_by: str
    signed_at: datetime | None
    path: str
    failure: str
