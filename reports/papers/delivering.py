"""定时报送: papers that are drafted and mailed by themselves at their time; the version that went is kept.

Planning is one transaction a schedule; sending is at least once: a mail that was handed over as the process
died goes again under the same Message-ID.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from alerts.actors import Actor, program
from alerts.channels import Attachment, Channel, Outcome, Payload
from core.errors import DeliveryError, InvalidInput, NotAllowed
from core.labels import label
from core.vocabulary import DeliveryOutcome, PaperKind, PaperState, Role, Tag
from core.working_days import WorkCalendar
from reports.papers import filing
from reports.papers.making import OF_PERIOD, make
from reports.papers.scheduling import Every, Timing
from reports.papers.scope import Desk
from reports.render.paper_docx import paper_docx
from storage import events, paper_deliveries
from storage.database import Connection, Database, Row
from storage.events import OFFICE_STREAM, Draft

PLANNERS = frozenset({Role.PRESS, Role.MANAGER, Role.ADMIN})
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ADDRESS = re.compile(r"[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,190}")
_MOST_ADDRESSES = 50
_TRIES = 8
_FIRST_WAIT = timedelta(minutes=1)
_LAST_DAY = {Every.WEEK: 7, Every.MONTH: 28}

# The mail channel of this name as set now, or None where there is none that is on.
OpenMail = Callable[[str], Channel | None]
MakeDesk = Callable[[], Desk]


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """A schedule about to be entered.

    Attributes:
        channel: key of the mail channel.
        needs_signature: nothing goes out before a person has signed.
    """

    kind: PaperKind
    timing: Timing
    addresses: tuple[str, ...]
    channel: str
    needs_signature: bool = True


@dataclass(slots=True)
class Delivered:
    """What one run did: papers drafted, mails sent, mails that go again, mails given up."""

    drafted: int = 0
    sent: int = 0
    again: int = 0
    failed: int = 0


def add(connection: Connection, actor: Actor, new: NewSchedule, calendar: WorkCalendar, now: datetime) -> int:
    """Enter a schedule; its first paper is due at its next time.

    Raises:
        InvalidInput: a kind that tells of no period, no address or a wrong one, or a day there is not.
        NotAllowed: the actor's role plans no papers.
    """
    _planner(actor)
    _checked(new)
    values = {
        "kind": new.kind.value,
        "every": new.timing.every.value,
        "on_day": new.timing.on_day,
        "at": f"{new.timing.at:%H:%M}",
        "addresses": list(new.addresses),
        "channel": new.channel,
        "needs_signature": new.needs_signature,
    }
    number = paper_deliveries.add_schedule(
        connection,
        {
            **values,
            "next_at": new.timing.next_after(now, calendar),
            "created_by": actor.name,
            "created_at": now,
        },
    )
    _record(connection, Tag.SCHEDULE_SET, actor, now, {"schedule": number, **values})
    return number


def switch(
    connection: Connection, actor: Actor, schedule_id: int, calendar: WorkCalendar, now: datetime, *, on: bool
) -> None:
    """Switch a schedule on or off; what fell due while it was off is not made up for.

    Raises:
        NotAllowed, NotFound: see `add`.
    """
    _planner(actor)
    row = paper_deliveries.lock_schedule(connection, schedule_id)
    next_at = timing_of(row).next_after(now, calendar)
    paper_deliveries.change_schedule(connection, schedule_id, is_on=on, next_at=next_at)
    _record(connection, Tag.SCHEDULE_SET, actor, now, {"schedule": schedule_id, "on": on})


def deliver(database: Database, desk: Desk, open_mail: OpenMail) -> Delivered:
    """Draft what is due and send what may go; to be called every minute or so, by any number of processes."""
    done = Delivered()
    with database.read() as connection:
        due = [row["id"] for row in paper_deliveries.schedules(connection) if _is_due(row, desk.as_of)]
    for number in due:
        with database.write() as connection:
            done.drafted += _draft(connection, number, desk)
    with database.read() as connection:
        waiting = paper_deliveries.ready(connection, desk.as_of)
    for row in waiting:
        _deliver_one(database, row, desk.as_of, open_mail, done)
    return done


def timing_of(row: Row) -> Timing:
    """When the papers of a stored schedule are due."""
    return Timing(Every(row["every"]), time.fromisoformat(row["at"]), row["on_day"])


def _is_due(row: Row, now: datetime) -> bool:
    return bool(row["is_on"]) and row["next_at"] <= now


def _draft(connection: Connection, number: int, desk: Desk) -> int:
    row = paper_deliveries.lock_schedule(connection, number)
    if not _is_due(row, desk.as_of):  # another process has drafted it
        return 0
    timing, due_at = timing_of(row), row["next_at"]
    # After a long stop one paper, the latest that is due, and not one for every time that was missed.
    while (following := timing.next_after(due_at, desk.calendar)) <= desk.as_of:
        due_at = following
    period = timing.period(due_at, desk.calendar)
    paper = make(connection, PaperKind(row["kind"]), desk, period=period, case_id=None)
    paper_id = filing.draft(connection, paper, program("schedule"), desk.as_of)
    paper_deliveries.plan(connection, number, paper_id, row["addresses"], due_at)
    paper_deliveries.change_schedule(connection, number, next_at=following)
    return 1


def _deliver_one(database: Database, row: Row, now: datetime, open_mail: OpenMail, done: Delivered) -> None:
    state = PaperState(row["paper_state"])
    if state is PaperState.WITHDRAWN:
        with database.write() as connection:
            paper_deliveries.settle(
                connection, row["id"], state=paper_deliveries.DROPPED, detail="公文已作废，没有发出。"
            )
        return
    if row["needs_signature"] and state is not PaperState.SIGNED:
        return
    wait = _FIRST_WAIT * 2 ** min(row["tries"], _TRIES)
    with database.write() as connection:
        if not paper_deliveries.claim(connection, row["id"], row["tries"], now + wait):
            return
        filed = filing.filed(connection, row["paper_id"])
    content = paper_docx(filed.paper)
    outcome = _send(row, filed, content, now, open_mail)
    with database.write() as connection:
        _settle(connection, row, filed.version, content, outcome, now, done)


def _send(row: Row, filed: filing.Filed, content: bytes, now: datetime, open_mail: OpenMail) -> Outcome:
    try:
        channel = open_mail(row["channel"])
    except DeliveryError as error:
        return Outcome(DeliveryOutcome.TEMPORARY, error.message)
    if channel is None:
        return Outcome(DeliveryOutcome.TEMPORARY, f"邮件渠道“{row['channel']}”没有设置或已停用。")
    title, note = filed.paper.title, "草稿，未签发" if filed.state is PaperState.DRAFT else "已签发"
    payload = Payload(
        key=f"huiying-paper-{row['id']}",
        address=row["address"],
        subject=title,
        body=f"{title}（第{filed.version}版，{note}）见附件。\n本邮件由系统按定时报送的设置发出。",
        at=now,
        attachments=(Attachment(f"{title}.docx", DOCX, content),),
    )
    return channel.send(payload)


def _settle(
    connection: Connection,
    row: Row,
    version: int,
    content: bytes,
    outcome: Outcome,
    now: datetime,
    done: Delivered,
) -> None:
    if outcome.kind is DeliveryOutcome.ACCEPTED:
        sha256 = hashlib.sha256(content).hexdigest()
        kept = {"version": version, "file_sha256": sha256, "sent_at": now, "detail": ""}
        paper_deliveries.settle(connection, row["id"], state=paper_deliveries.SENT, **kept)
        facts = {"paper": row["paper_id"], "version": version, "delivery": row["id"], "file": sha256}
        _record(connection, Tag.PAPER_SENT, program("schedule"), now, {**facts, "to": row["address"]})
        done.sent += 1
        return
    is_over = outcome.kind is DeliveryOutcome.PERMANENT or row["tries"] + 1 >= _TRIES
    state = paper_deliveries.FAILED if is_over else paper_deliveries.WAITING
    detail = outcome.detail or label(outcome.kind)
    paper_deliveries.settle(connection, row["id"], state=state, detail=detail)
    done.failed += is_over
    done.again += not is_over


def _checked(new: NewSchedule) -> None:
    if new.kind not in OF_PERIOD:
        raise InvalidInput("这种公文不按期间写，不能定时。", mend="请选日报、周报或梳理分析。", field="kind")
    if not 0 < len(new.addresses) <= _MOST_ADDRESSES:
        mend = f"请填 1 到 {_MOST_ADDRESSES} 个邮箱。"
        raise InvalidInput("没有填写收件邮箱，或太多。", mend=mend, field="addresses")
    wrong = next((one for one in new.addresses if not _ADDRESS.fullmatch(one)), None)
    if wrong is not None:
        raise InvalidInput(
            f"“{wrong[:60]}”不是邮箱地址。", mend="请改正，几个邮箱用空格隔开。", field="addresses"
        )
    last = _LAST_DAY.get(new.timing.every, 1)
    if not 1 <= new.timing.on_day <= last:
        mend = "每周填 1（周一）到 7，每月填 1 到 28。"
        raise InvalidInput("没有这一天。", mend=mend, field="on_day")
    if not new.channel:
        mend = "请由管理员在开局表里设置邮件渠道。"
        raise InvalidInput("没有选择从哪个邮件渠道发出。", mend=mend, field="channel")


def _planner(actor: Actor) -> None:
    if actor.role not in PLANNERS:
        raise NotAllowed("您的岗位不设定时报送。", mend="请由新闻宣传、领导或管理员设定。")


def _record(connection: Connection, tag: Tag, actor: Actor, now: datetime, payload: dict[str, Any]) -> None:
    events.append(connection, [Draft(OFFICE_STREAM, tag, actor.kind, actor.name, now, payload)], now)
