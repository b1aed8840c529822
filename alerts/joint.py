"""协同: several sections on one case, comments with read receipts, 批示 from leaders, and 督办.

None of these stops a clock of the law; an order of supervision has a clock of its own, which only its answer
stops.
"""

from __future__ import annotations

from datetime import datetime

from alerts import clocks
from alerts.casework import Law
from alerts.steps import Act, Outcome, Step, begin, said
from alerts.telling import tell
from core.clock import iso, require_aware
from core.errors import Conflict, InvalidInput, NotAllowed
from core.vocabulary import Audience, Command, CommentKind, Precision
from storage import deadlines, joint, planned_actions, sections
from storage.database import Connection, Row

SUPERVISION = "supervision.order"


def comment(connection: Connection, case_id: int, act: Act, *, text: str) -> Outcome:
    """留言: something the others on the case should know.

    Raises:
        InvalidInput: no text.
        NotFound, NotAllowed, Conflict: see `alerts.steps.begin`.
    """
    step = begin(connection, case_id, Command.COMMENT, act, {"text": text})
    if isinstance(step, Outcome):
        return step
    return step.finish({"comment": _say(step, CommentKind.COMMENT, text)})


def instruct(connection: Connection, case_id: int, act: Act, law: Law, *, text: str) -> Outcome:
    """批示: a leader's instruction; the responsible and the assisting sections are told at once.

    Raises:
        InvalidInput: no text.
        NotFound, NotAllowed, Conflict: see `alerts.steps.begin`.
    """
    step = begin(connection, case_id, Command.INSTRUCT, act, {"text": text})
    if isinstance(step, Outcome):
        return step
    number = _say(step, CommentKind.INSTRUCTION, text)
    involved = [step.case["section"], *joint.sections_of(connection, case_id)]
    facts = {"case": str(case_id), "title": step.case["title"], "who": act.actor.name}
    for section in dict.fromkeys(one for one in involved if one):
        key = f"{number}/{section}"
        tell(
            connection,
            law.ladders.delivery,
            Audience.SECTION,
            section,
            "instruct",
            facts,
            key,
            act.now,
            case_id=case_id,
        )
    return step.finish({"comment": number, "sections": involved})


def mark_read(connection: Connection, case_id: int, act: Act) -> Outcome:
    """已阅: the actor has read every comment of the case.

    Raises:
        Conflict: there is nothing the actor has not read.
        NotFound, NotAllowed: see `alerts.steps.begin`.
    """
    step = begin(connection, case_id, Command.MARK_READ, act, {})
    if isinstance(step, Outcome):
        return step
    person_id = _person(step)
    fresh = joint.unread(connection, case_id, person_id)
    if not fresh:
        raise _refused(step, "没有未读的留言或批示。", "无需再做。", "comment.none_unread")
    joint.read(connection, fresh, person_id, act.now)
    return step.finish({"comments": fresh})


def add_section(connection: Connection, case_id: int, act: Act, law: Law, *, section: str) -> Outcome:
    """加协办: another section works along; the responsible one stays responsible.

    Raises:
        InvalidInput: the office has no such section.
        Conflict: it is responsible or assists already.
        NotFound, NotAllowed: see `alerts.steps.begin`.
    """
    step = begin(connection, case_id, Command.ADD_SECTION, act, {"section": section})
    if isinstance(step, Outcome):
        return step
    if section not in sections.names(connection):
        raise InvalidInput(f"没有科室“{section}”。", mend="请从科室表中选择。", field="section")
    if section in {step.case["section"], *joint.sections_of(connection, case_id)}:
        raise _refused(step, f"{section}已在办理这一件。", "无需再做。", "case.no_change")
    joint.join_section(connection, case_id, section, act.now)
    facts = {"case": str(case_id), "title": step.case["title"], "lead": step.case["section"] or "未分办"}
    tell(
        connection,
        law.ladders.delivery,
        Audience.SECTION,
        section,
        "assist",
        facts,
        f"{case_id}/{section}",
        act.now,
        case_id=case_id,
    )
    return step.finish({"section": section})


def supervise(
    connection: Connection, case_id: int, act: Act, law: Law, *, demand: str, due_at: datetime
) -> Outcome:
    """督办: an order to the responsible section with a deadline and a ladder of its own.

    Raises:
        InvalidInput: no demand, or a deadline that is not ahead.
        Conflict: an order of this case is still open, or nobody is responsible.
        NotFound, NotAllowed: see `alerts.steps.begin`.
    """
    step = begin(connection, case_id, Command.SUPERVISE, act, {"demand": demand, "due_at": due_at})
    if isinstance(step, Outcome):
        return step
    wish, until = said(demand, "demand", "督办要求"), require_aware(due_at)
    if until <= act.now:
        raise InvalidInput("督办的期限已经过去。", mend="请填写以后的时间。", field="due_at")
    if not step.case["section"]:
        raise _refused(step, "还没有承办科室。", "请先交办，再督办。", "case.no_section")
    if _open_order(step) is not None:
        raise _refused(step, "上一道督办还没有办结。", "请先催办或答复上一道督办。", "supervision.open")
    clock = clocks.start_until(connection, law, step.case, SUPERVISION, due_at=until, now=act.now)
    number = joint.order(
        connection,
        case_id=case_id,
        deadline_id=clock["id"],
        demand=wish,
        person_id=_person(step),
        at=act.now,
    )
    return step.finish(
        {"order": number, "demand": wish, "section": step.case["section"], "due_at": iso(until)}
    )


def answer_order(connection: Connection, case_id: int, act: Act, *, text: str) -> Outcome:
    """督办反馈: what was done about the open order; stops its clock and no other.

    Raises:
        InvalidInput: no text.
        Conflict: no order is open.
        NotFound, NotAllowed: see `alerts.steps.begin`.
    """
    step = begin(connection, case_id, Command.ANSWER_ORDER, act, {"text": text})
    if isinstance(step, Outcome):
        return step
    answer = said(text, "text", "反馈内容")
    order = _open_order(step)
    if order is None:
        raise _refused(step, "没有待反馈的督办。", "无需再做。", "supervision.none_open")
    joint.answer_order(connection, order["id"], answer=answer, person_id=_person(step), at=act.now)
    deadlines.meet(
        connection, order["deadline_id"], met_at=act.now, precision=Precision.SECOND, known_at=act.now
    )
    planned_actions.supersede(connection, [order["deadline_id"]], act.now)
    return step.finish({"order": order["id"], "answer": answer})


def _say(step: Step, kind: CommentKind, text: str) -> int:
    words = said(text, "text", "内容")
    return joint.say(
        step.connection,
        case_id=step.case_id,
        kind=kind,
        author_id=_person(step),
        text=words,
        at=step.act.now,
    )


def _open_order(step: Step) -> Row | None:
    found = [row for row in joint.orders(step.connection, step.case_id) if row["answered_at"] is None]
    return found[-1] if found else None


def _person(step: Step) -> int:
    person_id = step.act.actor.person_id
    if person_id is None:
        raise NotAllowed("系统不能代人办理。", mend="请由本人办理。")
    return person_id


def _refused(step: Step, message: str, mend: str, code: str) -> Conflict:
    command = step.move.command.value
    return Conflict(message, mend=mend, code=code, status=step.case["state"], command=command)
