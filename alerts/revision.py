"""A newer export of a message that is already here, and taking an import back.

Nothing is overwritten that a report or an inspector may ask about: the former content is kept as a revision,
replies that no longer stand are withdrawn, clocks whose anchor moved are superseded, and each is an event.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from alerts.answers import UNANSWERED, answer_of
from alerts.casework import (
    RECEIVED,
    Law,
    Origin,
    Registrar,
    answer_columns,
    clock_facts,
    judged,
    reply_draft,
    reply_row,
    state_of,
)
from alerts.planning import plan_for
from alerts.registering import stopped_by
from core.clock import iso, parse_instant
from core.errors import Conflict
from core.model import MessageRecord, ReplyRecord
from core.vocabulary import CaseState, Channel, DeadlineState, Precision, Tag
from storage import (
    cases,
    deadlines,
    events,
    imports,
    messages,
    planned_actions,
    ratings,
    responses,
    sections,
)
from storage.database import Connection, Row
from storage.events import OFFICE_STREAM, Draft

_UNTOUCHED = {CaseState.NEW.value, CaseState.ASSIGNED.value, CaseState.REPLIED.value}


def revise(
    connection: Connection,
    registrar: Registrar,
    message_id: int,
    record: MessageRecord,
    now: datetime,
    *,
    is_rollback: bool = False,
) -> None:
    """Take over what a newer export says of a message, keeping what stood before.

    The earliest receipt stands: a later one in a newer export moves no clock. Only a rollback puts back the
    receipt that stood before a wrong file.
    """
    former = messages.get(connection, message_id)
    case = cases.lock_of_message(connection, message_id)
    replies = responses.standing(connection, case["id"]) if case else []
    number = messages.revise(
        connection,
        message_id,
        record,
        before=_snapshot(former, replies),
        import_id=registrar.origin.import_id,
        now=now,
    )
    if case is None:
        return
    sections.ensure(connection, [record.section], now)
    facts = {"message": message_id, "revision": number}
    _record(connection, registrar.origin, case["id"], Tag.MESSAGE_REVISED, facts, now)
    if record.received_at < former["received_at"] or (
        is_rollback and record.received_at != former["received_at"]
    ):
        _restart_clocks(connection, registrar, case, record, now)
    _take_over_replies(connection, registrar, case, replies, record, now)
    _start_newly_known(connection, registrar, case, record, now)
    _settle(connection, registrar.law, case, record, now)


def undo_import(
    connection: Connection, law: Law, import_id: int, actor: str, now: datetime
) -> dict[str, int]:
    """Take a wrong file back: its new messages are withdrawn, its revisions rolled back one step.

    Returns:
        `{"withdrawn", "restored"}`: how many messages each.

    Raises:
        NotFound: no such import.
        Conflict: it is still running or already undone, somebody has acted on a case, or a later import
            has revised one of its messages.
    """
    _refuse_unless_undoable(imports.get(connection, import_id))
    created = messages.ids_of_import(connection, import_id)
    revisions = messages.revisions_of_import(connection, import_id)
    case_ids = cases.ids_of_messages(connection, [*created, *(r["message_id"] for r in revisions)])
    touched = cases.first_touched_by_a_person(connection, case_ids)
    if touched is not None:
        raise Conflict(
            f"办件 {touched} 已有人处理，这次导入不能整体撤销。",
            mend="请在办件中逐件处理。",
            code="import.in_use",
        )
    registrar = Registrar(law, Origin(import_id, f"撤销导入 {import_id}"))
    for revision in revisions:
        _roll_back(connection, registrar, revision, now)
    _withdraw(connection, registrar.origin, created, now)
    rated, rerated = ratings.take_back(connection, import_id, now)
    imports.mark_undone(connection, import_id)
    done = {"withdrawn": len(created) + rated, "restored": len(revisions) + rerated}
    facts = {"import": import_id, **done}
    events.append(connection, [Draft(OFFICE_STREAM, Tag.IMPORT_UNDONE, "human", actor, now, facts)], now)
    return done


def _refuse_unless_undoable(row: Row) -> None:
    if row["state"] in {imports.FINISHED, imports.STOPPED}:
        return
    words = {imports.RUNNING: "还没有完成", imports.UNDONE: "已经撤销过了"}
    raise Conflict(
        f"导入 {row['id']} {words[row['state']]}。",
        mend="未完成的导入请先重新运行一次导入命令。" if row["state"] == imports.RUNNING else "无需再做。",
        code="import.not_undoable",
        status=row["state"],
    )


def _withdraw(connection: Connection, origin: Origin, message_ids: Sequence[int], now: datetime) -> None:
    later = messages.first_revised(connection, message_ids, since=1, but_by=origin.import_id)
    if later is not None:
        raise _revised_later(later)
    case_ids = cases.ids_of_messages(connection, message_ids)
    messages.withdraw(connection, message_ids, now)
    deadlines.supersede_of_cases(connection, case_ids)
    responses.withdraw_of_cases(connection, case_ids, now)
    planned_actions.supersede_of_cases(connection, case_ids, now)
    cases.dismiss(connection, case_ids)
    facts = {"import": origin.import_id}
    events.append(
        connection,
        [Draft(one, Tag.CASE_WITHDRAWN, origin.actor_kind, origin.actor, now, facts) for one in case_ids],
        now,
    )


def _roll_back(connection: Connection, registrar: Registrar, revision: Row, now: datetime) -> None:
    message_id, number = revision["message_id"], revision["revision"]
    later = messages.first_revised(connection, [message_id], since=number, but_by=registrar.origin.import_id)
    if later is not None:
        raise _revised_later(message_id)
    revise(connection, registrar, message_id, _restore(revision["before"]), now, is_rollback=True)
    messages.mark_revision_undone(connection, revision["id"], now)


def _revised_later(message_id: int) -> Conflict:
    return Conflict(
        f"来文 {message_id} 之后又被别的导入更新过，这次导入不能撤销。",
        mend="请先撤销较晚的那次导入。",
        code="import.revised_later",
    )


def _restart_clocks(
    connection: Connection, registrar: Registrar, case: Row, record: MessageRecord, now: datetime
) -> None:
    """Another receipt stands now: the clocks that ran from the former one are superseded."""
    old = [row for row in deadlines.live(connection, case["id"]) if row["cycle"] == case["cycle"]]
    for row in old:
        deadlines.update(connection, row["id"], state=DeadlineState.SUPERSEDED.value)
    planned_actions.supersede(connection, [row["id"] for row in old], now)
    answer = answer_of([judged(dict(row)) for row in responses.standing(connection, case["id"])])
    fresh = registrar.clock_rows(connection, case["id"], record, answer, now)
    deadlines.insert(connection, [{**row, "cycle": case["cycle"]} for row in fresh])
    messages.move_receipt(connection, case["message_id"], record)
    cases.update(connection, case["id"], received_at=record.received_at)
    facts = {
        "was": [iso(row["due_at"]) for row in old],
        "clocks": clock_facts(fresh),
        "reason": "收到时间更正",
    }
    _record(connection, registrar.origin, case["id"], Tag.DEADLINE_SUPERSEDED, facts, now)


def _take_over_replies(
    connection: Connection,
    registrar: Registrar,
    case: Row,
    standing: Sequence[Row],
    record: MessageRecord,
    now: datetime,
) -> None:
    """Imported replies follow the export; a reply somebody of the office gave is never touched."""
    origin = registrar.origin
    wanted = {(reply.text, reply.at): reply for reply in record.replies}
    imported = [row for row in standing if row["import_id"] is not None]
    gone = [row["id"] for row in imported if (row["text"], row["occurred_at"]) not in wanted]
    kept = {(row["text"], row["occurred_at"]) for row in imported}
    new = [reply for key, reply in wanted.items() if key not in kept]
    if gone:
        responses.withdraw(connection, gone, now)
        _record(connection, origin, case["id"], Tag.REPLY_WITHDRAWN, {"replies": gone}, now)
    rows = [reply_row(registrar.law, case["id"], reply, origin, now) for reply in new]
    responses.insert(connection, [{**row, "cycle": case["cycle"]} for row in rows])
    events.append(connection, [reply_draft(row, origin, now) for row in rows], now)


def _start_newly_known(
    connection: Connection, registrar: Registrar, case: Row, record: MessageRecord, now: datetime
) -> None:
    """Clocks that only a newer export can start, such as those that run from the acceptance."""
    live = {row["rule_key"] for row in deadlines.live(connection, case["id"])}
    rows = registrar.clock_rows(connection, case["id"], record, UNANSWERED, now)
    fresh = [row for row in rows if row["rule_key"] not in live and row["anchor"] != RECEIVED]
    if fresh:
        deadlines.insert(connection, [{**row, "cycle": case["cycle"]} for row in fresh])
        facts = {"clocks": clock_facts(fresh)}
        _record(connection, registrar.origin, case["id"], Tag.DEADLINE_STARTED, facts, now)


def _settle(connection: Connection, law: Law, case: Row, record: MessageRecord, now: datetime) -> None:
    """Let the clocks of the present cycle say what the standing replies say, and their plans follow."""
    replies = [row for row in responses.standing(connection, case["id"]) if row["cycle"] == case["cycle"]]
    answer = answer_of([judged(dict(row)) for row in replies])
    live = [row for row in deadlines.live(connection, case["id"]) if row["cycle"] == case["cycle"]]
    running = 0
    for row in live:
        rule = law.rulebook.find(row["rule_key"], row["rule_version"])
        stands = stopped_by(rule, record, answer, row["started_at"]) if rule else answer
        deadlines.update(connection, row["id"], **answer_columns(stands))
        running += not stands.is_answered
    _replan(connection, law, case, now)
    values: dict[str, Any] = {"title": record.title, "section": record.section or case["section"]}
    if case["state"] in _UNTOUCHED:
        is_done = answer.is_answered or (bool(live) and not running)
        values["state"] = state_of(is_done, values["section"]).value
    cases.update(connection, case["id"], **values)


def _replan(connection: Connection, law: Law, case: Row, now: datetime) -> None:
    """A clock that stopped loses its plan; one that runs without a plan, new or running again, gets one."""
    live = deadlines.live(connection, case["id"])
    stopped = [row["id"] for row in live if row["state"] == DeadlineState.MET.value]
    planned_actions.supersede(connection, stopped, now)
    if case["is_history"]:
        return
    bare = [row for row in live if not planned_actions.is_planned(connection, row["id"])]
    plan_for(connection, law.ladders, bare, now)


def _record(
    connection: Connection, origin: Origin, case_id: int, tag: Tag, facts: dict[str, Any], now: datetime
) -> None:
    draft = Draft(case_id, tag, origin.actor_kind, origin.actor, now, facts)
    events.append(connection, [draft], now)


_INSTANTS = ("received_at", "created_at")
_TEXTS = (
    "native_id",
    "native_id_is_derived",
    "title",
    "body",
    "received_from",
    "author_display",
    "author_hash",
    "section",
    "area",
    "category",
    "kind_src",
    "status_src",
    "url",
    "extra",
    "content_hash",
)


def _snapshot(row: Row, replies: Sequence[Row]) -> dict[str, Any]:
    """A message as it stands, in plain JSON."""
    return {
        **{name: row[name] for name in _TEXTS},
        **{name: iso(row[name]) for name in _INSTANTS},
        "channel": row["channel"],
        "received_precision": row["received_precision"],
        "order_due_on": row["order_due_on"].isoformat() if row["order_due_on"] else None,
        "replies": [
            {"text": r["text"], "at": iso(r["occurred_at"]), "precision": r["precision"], "org": r["org"]}
            for r in replies
            if r["import_id"] is not None
        ],
    }


def _restore(before: dict[str, Any]) -> MessageRecord:
    """The record a snapshot was made of."""
    return MessageRecord(
        **{name: before[name] for name in _TEXTS},
        received_at=parse_instant(before["received_at"]),
        created_at=parse_instant(before["created_at"]) if before["created_at"] else None,
        channel=Channel(before["channel"]),
        received_precision=Precision(before["received_precision"]),
        order_due_on=date.fromisoformat(before["order_due_on"]) if before["order_due_on"] else None,
        replies=tuple(
            ReplyRecord(
                r["text"], parse_instant(r["at"]) if r["at"] else None, Precision(r["precision"]), r["org"]
            )
            for r in before["replies"]
        ),
    )
