"""From a form that somebody sent to the verb of the casework that it asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from alerts import claims, grading, handling, publishing, reopening
from alerts.actors import Actor
from alerts.answering import holding_reply, reply
from alerts.evidence import fetch_copy, keep_upload
from alerts.instants import Instants, instants_of
from alerts.steps import Act, Outcome
from alerts.workflow import move_for
from api.pages.calls import Call
from api.pages.given import Given
from api.pages.joint_verbs import JOINT_VERBS
from api.pages.procedure_parts import take
from api.pages.task_verbs import TASK_VERBS
from api.pages.timing_verbs import TIMING_VERBS
from api.security.identity import Person
from api.services import Services
from api.visible import get_visible_case
from core.errors import InvalidInput, NotFound
from core.vocabulary import CaseKind, CaseState, Command, Level
from storage import cases, incidents
from storage.saved_copies import SavedCopy

_WITH_LINK = frozenset({Command.PUBLISH, Command.HOLD_PRESS_CONFERENCE, Command.UPDATE, Command.REBUT})


_VERBS: Mapping[Command, Callable[[Call], Outcome]] = {
    Command.ACKNOWLEDGE: lambda c: handling.acknowledge(*c.where(), cycle=c.given.number("cycle")),
    Command.ASSIGN: lambda c: handling.assign(*c.where(), section=c.given["section"]),
    Command.REPLY: lambda c: reply(*c.where(), c.law, c.reply()),
    Command.HOLDING_REPLY: lambda c: holding_reply(*c.where(), c.law, c.reply()),
    Command.SEND_BACK: lambda c: handling.send_back(*c.where(), reason=c.given["reason"]),
    Command.REFER: lambda c: handling.refer(*c.where(), office=c.given["office"], reason=c.given["reason"]),
    Command.DISMISS: lambda c: handling.dismiss(*c.where(), reason=c.given["reason"]),
    Command.CLOSE: lambda c: handling.close(*c.where(), c.law, outcome=c.given["outcome"]),
    Command.REOPEN: lambda c: reopening.reopen(*c.where(), c.law, reason=c.given["reason"]),
    Command.SET_SIMPLE: lambda c: handling.set_simple(
        *c.where(), c.law, is_simple=c.given["is_simple"] == "true", reason=c.given["reason"]
    ),
    Command.PUBLISH: lambda c: publishing.publish(*c.where(), c.law, c.publication()),
    Command.HOLD_PRESS_CONFERENCE: lambda c: publishing.hold_press_conference(
        *c.where(), c.law, c.publication()
    ),
    Command.CONFIRM: lambda c: claims.confirm(*c.where(), c.law, response_id=c.given.number("response")),
    Command.REFUSE: lambda c: claims.refuse(
        *c.where(), response_id=c.given.number("response"), reason=c.given["reason"]
    ),
    Command.GRADE: lambda c: _grade(c),
    Command.TAKE_STEP: take,
    **TASK_VERBS,
    **TIMING_VERBS,
    **JOINT_VERBS,
}
OFFERED = frozenset(_VERBS)


def require_kind(services: Services, person: Person, case_id: int, *, is_incident: bool) -> None:
    """Let a form pass only when it stands under the page of its own kind of case.

    Raises:
        NotFound: it does not, or the person does not see the case.
    """
    with services.database.read() as connection:
        case = get_visible_case(connection, case_id, person.sees_only)
    if (case["kind"] == CaseKind.INCIDENT.value) is not is_incident:
        raise cases.no_such(case_id)


def command_of(name: str) -> Command:
    """The command that an address names.

    Raises:
        NotFound: the pages offer no such command.
    """
    if name not in OFFERED:
        raise NotFound(f"没有“{name}”这种操作。", mend="请从页面上的按钮操作。")
    return Command(name)


def actor_of(person: Person) -> Actor:
    """Somebody who signed in, as casework knows them."""
    return Actor(person.id, person.login, person.name, person.role, person.section)


def give(services: Services, person: Person, case_id: int, command: Command, given: Given) -> Outcome:
    """Give a command to a case in a transaction of its own; evidence is kept before it begins.

    Raises:
        NotFound, NotAllowed, Conflict, InvalidInput: see the verb.
    """
    actor, now = actor_of(person), services.clock.now()
    act = Act(actor, now, given.number("seq"), given.key)
    copy = _evidence(services, actor, case_id, command, given)
    with services.database.write() as connection:
        return _VERBS[command](Call(connection, case_id, act, services, given, copy))


def level_of(given: Given) -> Level:
    """The level that was chosen.

    Raises:
        InvalidInput: none was.
    """
    if given["level"] not in set(Level):
        raise InvalidInput("没有选择级别。", mend="请选择级别。", field="level")
    return Level(given["level"])


def instants_of_form(given: Given, standing: Instants) -> Instants:
    """The three instants as the grader confirms them.

    The form shows whole seconds: one that was left as shown stays what it was to the microsecond, so that
    confirming it starts no clock anew.

    Raises:
        InvalidInput: one cannot be read, or the first sight is missing.
    """
    seen = given.instant("first_seen_at")
    if seen is None:
        raise InvalidInput("没有填写首次发现时间。", mend="请填写首次发现时间。", field="first_seen_at")
    return Instants(
        _unchanged(given.instant("occurred_at"), standing.occurred_at),
        _unchanged(given.instant("first_public_at"), standing.first_public_at),
        _unchanged(seen, standing.first_seen_at) or seen,
    )


def _unchanged(typed: datetime | None, standing: datetime | None) -> datetime | None:
    is_same = typed is not None and standing is not None and typed == standing.replace(microsecond=0)
    return standing if is_same else typed


def _grade(call: Call) -> Outcome:
    """Grade an incident; a letter has no instants to confirm."""
    if cases.get(call.connection, call.case_id)["kind"] != CaseKind.INCIDENT.value:
        raise cases.no_such(call.case_id)
    standing = instants_of(incidents.get(call.connection, call.case_id))
    return grading.grade(
        *call.where(),
        call.law,
        level=level_of(call.given),
        reason=call.given["reason"],
        instants=instants_of_form(call.given, standing),
    )


def _evidence(
    services: Services, actor: Actor, case_id: int, command: Command, given: Given
) -> SavedCopy | None:
    """The copy that comes with the form: uploaded, or fetched from its link; None where there is neither."""
    wants_link = command in _WITH_LINK and given["url"].strip()
    if given.upload is None and not wants_link:
        return None
    with services.database.read() as connection:
        section = actor.section if actor.is_bound_to_section else None
        case = get_visible_case(connection, case_id, section)
        # Nobody makes the server fetch a link, or keep a file, who may not record it.
        move_for(CaseKind(case["kind"]), CaseState(case["state"]), command, actor)
    now, bounds = services.clock.now(), services.evidence
    if given.upload is not None:
        upload = given.upload
        return keep_upload(
            upload.body, upload.media_type, services.data_dir, now, size_bytes=bounds.size_bytes
        )
    return fetch_copy(given["url"], services.data_dir, now, bounds)
