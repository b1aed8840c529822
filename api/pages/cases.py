"""办件: one message, its clocks, and everything that may be done about it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from alerts.workflow import UNANSWERED
from api.pages.case_parts import Refusal, handling_of
from api.pages.contexts import Option
from api.pages.given import Given, Typed
from api.pages.group_reply import MOST
from api.pages.handling_contexts import AttachmentLine, CasePage, CorrectionForm, EarlierAnswer
from api.pages.one_task import task_page
from api.pages.rendering import render
from api.pages.reply_checks import shipped_reply_checks
from api.pages.verbs import command_of, give, require_kind
from api.pages.watching import WATCHED
from api.problems import problem_of
from api.security.identity import Person, SignedIn, Wired, form_sender
from api.services import Services
from api.suggestions import suggested_replies
from api.visible import Number, get_visible_case
from core.errors import Conflict, InvalidInput, NotAllowed
from core.labels import label
from core.vocabulary import CaseKind, Command, MessageKind, Polarity, Role
from reports.repeats import repeats_of
from reports.urgency import urgencies
from storage import assessments, attachments, corrections, messages, repeats, sections
from storage.assessments import Effective
from storage.database import Connection, Row

router = APIRouter()

Sender = Annotated[Person, Depends(form_sender)]
# A saved copy of a page or a picture, with the form around it.
UPLOAD_BYTES = 24_000_000
_CORRECTORS = frozenset({Role.PRESS, Role.DUTY, Role.HANDLER, Role.MANAGER})
_TOPIC_LENGTH = 40
_EARLIER = 3
# Nothing to confirm: the machine gave no answer.
_NO_ANSWER = frozenset({"", Polarity.UNSURE.value})


@router.get("/cases/{case_id}", dependencies=[WATCHED])
def show(request: Request, services: Wired, person: SignedIn, case_id: Number, done: str = "") -> Response:
    """The case as it stands."""
    with services.database.read() as connection:
        case = get_visible_case(connection, case_id, person.sees_only)
        if case["kind"] == CaseKind.INCIDENT.value:
            return RedirectResponse(f"/incidents/{case_id}", 303)
        if case["kind"] == CaseKind.TASK.value:
            return render(request, "task.html", task_page(connection, services, person, case, done=done))
        page = _page(connection, services, person, case, done=done)
    return render(request, "case.html", page)


@router.post("/cases/{case_id}/correction")
def correct(
    request: Request, services: Wired, person: Sender, _signed: SignedIn, case_id: Number, given: Typed
) -> Response:
    """Say where the analysis was wrong, or that it was right.

    Only what differs from what stands is recorded; pressed as a confirmation, also what nobody has said yet.
    """
    if person.role not in _CORRECTORS:
        raise NotAllowed("您的岗位不更正研判。", mend="请由承办人或新闻宣传人员更正。")
    require_kind(services, person, case_id, is_incident=False)
    try:
        with services.database.write() as connection:
            _correct(connection, services, person, case_id, given)
    except (InvalidInput, Conflict) as error:
        return _refused(request, services, person, case_id, Refusal(None, given, error))
    return RedirectResponse(f"/cases/{case_id}?done=correction", 303)


@router.post("/cases/{case_id}/{command}", max_body_size=UPLOAD_BYTES, dependencies=[WATCHED])
def act(
    request: Request,
    services: Wired,
    person: Sender,
    _signed: SignedIn,
    case_id: Number,
    command: str,
    given: Typed,
) -> Response:
    """Give a command; on a refusal the page comes back with what was typed."""
    wanted = command_of(command)
    require_kind(services, person, case_id, is_incident=False)
    try:
        give(services, person, case_id, wanted, given)
    except (InvalidInput, Conflict, NotAllowed) as error:
        return _refused(request, services, person, case_id, Refusal(wanted, given, error))
    return RedirectResponse(after(person, f"/cases/{case_id}", wanted), 303)


def after(person: Person, path: str, command: Command) -> str:
    """Where a person goes on to: a case that was sent back is not the handler's any more."""
    if command is Command.SEND_BACK and person.sees_only is not None:
        return "/inbox"
    return f"{path}?done={command.value}"


def _refused(
    request: Request, services: Services, person: Person, case_id: int, refusal: Refusal
) -> Response:
    with services.database.read() as connection:
        case = get_visible_case(connection, case_id, person.sees_only)
        status = problem_of(refusal.error).status
        if case["kind"] == CaseKind.TASK.value:
            shown = task_page(connection, services, person, case, refusal=refusal)
            return render(request, "task.html", shown, status=status)
        page = _page(connection, services, person, case, refusal=refusal)
    return render(request, "case.html", page, status=status)


def _page(
    connection: Connection,
    services: Services,
    person: Person,
    case: Row,
    *,
    done: str = "",
    refusal: Refusal | None = None,
) -> CasePage:
    message = messages.get(connection, case["message_id"])
    judgement = assessments.effective(connection, [case["message_id"]]).get(case["message_id"])
    may_correct = judgement is not None and person.role in _CORRECTORS
    handling = handling_of(connection, services, person, case, done=done, refusal=refusal)
    replies = any(form.command == Command.REPLY.value for form in handling.forms)
    return CasePage(
        case=handling,
        message_id=case["message_id"],
        source=message["source"],
        number=message["native_id"],
        received_at=message["received_at"],
        author=message["author_display"],
        area=message["area"],
        body=message["body"],
        url=message["url"],
        attachments=[
            AttachmentLine(one["id"], one["file_name"], one["size_bytes"])
            for one in attachments.of_message(connection, case["message_id"])
        ],
        judgement=judgement,
        urgency=urgencies(connection, [case["message_id"]], services.clock.now()).get(case["message_id"]),
        correction=_correction(connection, judgement) if judgement and may_correct else None,
        checks=shipped_reply_checks() if replies else (),
        earlier=_earlier(connection, case["message_id"], person) if replies else (),
        repeated=repeats_of(connection, [case["message_id"]]).get(case["message_id"]),
        repeats=_repeats(connection, case, person) if replies else 0,
    )


def _repeats(connection: Connection, case: Row, person: Person) -> int:
    """How many other letters say the same and are owed an answer, too."""
    rows = repeats.unanswered(
        connection, case["message_id"], UNANSWERED, section=person.sees_only, limit=MOST
    )
    return sum(row["id"] != case["id"] for row in rows)


def _earlier(connection: Connection, message_id: int, person: Person) -> list[EarlierAnswer]:
    found = suggested_replies(connection, message_id, section=person.sees_only, limit=_EARLIER)
    return [
        EarlierAnswer(
            one.case_id, one.title, one.text, one.answered_at, one.is_same, one.source, one.similarity
        )
        for one in found
    ]


def _correction(connection: Connection, stands: Effective) -> CorrectionForm:
    names = {"": "不建议", **sections.names(connection)}
    if stands.section and stands.section not in names.values():
        names[stands.section] = stands.section
    return CorrectionForm(
        kinds=[Option(one.value, label(one), one is stands.kind) for one in MessageKind],
        polarities=[Option(one.value, label(one), one is stands.polarity) for one in Polarity],
        sections=[
            Option(name if key else "", name, (name if key else "") == stands.section)
            for key, name in names.items()
        ],
    )


def _correct(connection: Connection, services: Services, person: Person, case_id: int, given: Given) -> None:
    case = get_visible_case(connection, case_id, person.sees_only)
    stands = assessments.effective(connection, [case["message_id"]]).get(case["message_id"])
    if stands is None:
        raise Conflict("这件来文还没有研判。", mend="请稍后再更正。", code="message.not_assessed")
    if len(given["topic"]) > _TOPIC_LENGTH:
        raise InvalidInput("主题太长。", mend=f"请不超过{_TOPIC_LENGTH}个字。", field="topic")
    standing = {
        "kind": stands.kind.value,
        "polarity": stands.polarity.value,
        "topic": stands.topic,
        "section": stands.section,
    }
    now = services.clock.now()
    for field, value in standing.items():
        wanted = given[field].strip()
        confirmed = bool(given["confirm"]) and field not in stands.corrected and value not in _NO_ANSWER
        if field in given.fields and (wanted != value or confirmed):
            corrections.correct(connection, case["message_id"], field, wanted, person.id, now)
