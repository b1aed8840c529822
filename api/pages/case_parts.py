"""What the pages of a case and of an incident have in common, read in one go."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.drafting import approved_text
from alerts.owed import simple_rules
from api.pages.action_forms import Attempt, Ground, forms_for, label_of
from api.pages.clock_lines import NO_SECTION, case_path, clock_line
from api.pages.form_parts import More
from api.pages.given import Given
from api.pages.handling_contexts import (
    ActionForm,
    ClockCard,
    Failure,
    Handling,
    Happening,
    SaidLine,
    Signature,
)
from api.pages.happenings import happenings
from api.pages.joint_forms import joint_choices, joint_of
from api.pages.procedure_parts import procedure_of
from api.pages.task_verbs import document_choices
from api.pages.timing_forms import timing_choices
from api.pages.wording import span
from api.security.identity import Person
from api.security.secrets import new_secret
from api.services import Services
from core.errors import Conflict, HuiyingError, InvalidInput
from core.labels import label
from core.vocabulary import (
    CaseKind,
    CaseState,
    Channel,
    ClockStart,
    Command,
    Confirmation,
    DeadlineState,
    DeadlineStatus,
    ResponseKind,
)
from storage import acknowledgements, deadlines, events, incidents, responses, sections
from storage.database import Connection, Row
from storage.desk import Choice

_ANCHORS = {
    "occurred": "发生之时",
    "first_public": "首次公开发布之时",
    "first_seen": "首次发现之时",
    "reopened": "重新办理之时",
    "completed": "收到补正材料之时",
}
_TYPED = ("text", "author", "reason", "outcome", "office", "url", "publisher", "title")


class Refusal:
    """A command that was refused, with what was typed; None for the correction, which is no command."""

    def __init__(self, command: Command | None, given: Given, error: HuiyingError) -> None:
        self.command, self.given, self.error = command, given, error

    @property
    def attempts(self) -> list[Attempt]:
        """What was typed, for the form it was typed into, and for the one it should have been typed into."""
        if self.command is None:
            return []
        field = self.error.field if isinstance(self.error, InvalidInput) else None
        made = [Attempt(self.command, self.given, field, f"{self.error.message}{self.error.mend}")]
        if self.offers_holding:
            made.append(Attempt(Command.HOLDING_REPLY, self.given, None, ""))
        return made

    @property
    def offers_holding(self) -> bool:
        """Whether the text only acknowledges receipt."""
        return self.error.code == "reply.holding"

    @property
    def seq(self) -> int:
        """The case's number of events when the page was made; 0 where the form does not say."""
        text = self.given["seq"]
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def handling_of(
    connection: Connection,
    services: Services,
    person: Person,
    case: Row,
    *,
    done: str = "",
    refusal: Refusal | None = None,
    typed_grade: Given | None = None,
) -> Handling:
    """Everything about a case that does not depend on its kind.

    Args:
        done: the command that was just given, as the address names it.
        typed_grade: the form of a grade that somebody asked to preview.
    """
    kind, cycle = CaseKind(case["kind"]), case["cycle"]
    is_incident = kind is CaseKind.INCIDENT
    trail = events.of_stream(connection, case["id"])
    awaiting = responses.awaiting(connection, case["id"])
    signed = acknowledgements.of_cycle(connection, case["id"], cycle)
    ground = Ground(
        case=case,
        sections=sections.names(connection),
        awaiting=awaiting,
        incident=incidents.get(connection, case["id"]) if is_incident else None,
        has_simple_rule=kind is CaseKind.MESSAGE and bool(simple_rules(services.law, case)),
        has_signed=any(row["person_id"] == person.id for row in signed),
        more=_more(
            timing_choices(connection, services, case),
            joint_choices(connection, person, case),
            document_choices(connection),
        ),
        approved=approved_text(connection, case),
    )
    attempts = refusal.attempts if refusal else []
    if typed_grade is not None:
        attempts.append(Attempt(Command.GRADE, typed_grade, None, ""))
    forms = forms_for(person, ground, attempts)
    labels = services.rule_labels
    meanwhile = happenings(trail, labels, after=refusal.seq) if refusal else []
    return Handling(
        id=case["id"],
        seq=case["seq"],
        cycle=cycle,
        key=new_secret(),
        path=case_path(case["kind"], case["id"]),
        title=case["title"] or "（无标题）",
        channel=Channel(case["channel"]),
        state=CaseState(case["state"]),
        section=case["section"] or NO_SECTION,
        is_history=case["is_history"],
        clocks=_clocks(connection, services, case["id"]),
        timeline=happenings(trail, labels),
        said=[
            _said(row)
            for row in [*responses.standing(connection, case["id"]), *awaiting]
            if row["kind"] != ResponseKind.STEP.value or row["confirmation"] == Confirmation.AWAITED.value
        ],
        signatures=[Signature(row["name"], row["at"], row["is_first"]) for row in signed],
        forms=forms,
        joint=joint_of(connection, case),
        procedure=procedure_of(connection, services, person, case, *_tried(refusal)),
        done=_done(done, kind),
        failure=_failure(refusal, forms, meanwhile) if refusal else None,
    )


def _tried(refusal: Refusal | None) -> tuple[Given | None, str]:
    """A step that was refused, as typed, and its wrong field."""
    if refusal is None or refusal.command is not Command.TAKE_STEP:
        return None, ""
    wrong = refusal.error.field if isinstance(refusal.error, InvalidInput) else None
    return refusal.given, wrong or ""


def _more(*parts: More) -> More:
    choices = {name: options for part in parts for name, options in part.choices.items()}
    return More(choices, frozenset[Command]().union(*(part.pointless for part in parts)))


def _done(done: str, kind: CaseKind) -> str | None:
    """What the address says was just done, in words; None for whatever is no command."""
    if done == "correction":
        return "更正研判"
    return label_of(Command(done), kind) if done in set(Command) else None


def _failure(refusal: Refusal, forms: Sequence[ActionForm], meanwhile: Sequence[Happening]) -> Failure:
    error = refusal.error
    has_form = refusal.command is Command.TAKE_STEP or any(form.command == refusal.command for form in forms)
    typed = [refusal.given[name].strip() for name in _TYPED]
    return Failure(
        message=error.message,
        mend=error.mend,
        meanwhile=meanwhile if isinstance(error, Conflict) else [],
        kept="" if has_form else "\n".join(text for text in typed if text),
        offers_holding=refusal.offers_holding,
    )


def _clocks(connection: Connection, services: Services, case_id: int) -> list[ClockCard]:
    """The clocks that stand, the next due first, those that run before those that were answered."""
    choice = Choice(services.clock.now(), services.soon)
    numbers = [row["id"] for row in deadlines.live(connection, case_id)]
    rows = [deadlines.get(connection, number, choice.as_of) for number in numbers]
    cards = [_card(row, services, choice) for row in rows if row is not None]
    return sorted(cards, key=lambda card: (card.line.state == "met", card.line.due_at, card.line.id))


def _card(row: Row, services: Services, choice: Choice) -> ClockCard:
    line, status = clock_line(row, choice, services.rule_labels), DeadlineStatus(row["status"])
    return ClockCard(
        line=line,
        state=status.value if line.state == "met" else line.state,
        status=status,
        met_at=row["met_at"],
        spare=_spare(row, status),
        started_at=row["started_at"],
        anchor=_anchor(row["anchor"]),
        cycle=row["cycle"],
        rule=services.rulebook.find(row["rule_key"], row["rule_version"]),
        is_paused=row["state"] == DeadlineState.PAUSED.value,
    )


def _spare(row: Row, status: DeadlineStatus) -> str:
    if row["met_at"] is None or status not in {DeadlineStatus.ON_TIME, DeadlineStatus.LATE}:
        return ""
    word = "提前" if status is DeadlineStatus.ON_TIME else "迟了"
    return f"{word}{span(row['due_at'] - row['met_at'])}"


def _anchor(name: str) -> str:
    return label(ClockStart(name)) if name in set(ClockStart) else _ANCHORS.get(name, name)


def _said(row: Row) -> SaidLine:
    waits = row["confirmation"] == Confirmation.AWAITED.value
    return SaidLine(
        kind=label(ResponseKind(row["kind"])),
        is_doubtful=row["is_doubtful"],
        confirmation=label(Confirmation.AWAITED) if waits else "",
        at=row["occurred_at"],
        org=row["org"] or "",
        title=row["title"] or "",
        url=row["url"] or "",
        text=row["text"] or "",
        has_copy=row["copy_sha256"] is not None,
    )
