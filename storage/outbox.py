"""The outbox: each notice on each channel, claimed with a lease and a fencing number.

Outward at least once with a stable key; inward exactly once, because every write names the claim it was made
under and an older claim's writes are refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import ActionKind, DeadlineState, DeliveryOutcome, OutboxState
from storage.database import in_chunks, insert_many
from storage.tables import (
    acknowledgements,
    cases,
    deadlines,
    delivery_attempts,
    notices,
    outbox,
    people,
)

# Everybody on the level has to sign: only the person's own signature makes the call for it pointless.
_COUNTERSIGN = "countersign"
_PENDING, _CLAIMED = OutboxState.PENDING.value, OutboxState.CLAIMED.value


@dataclass(frozen=True, slots=True)
class Claim:
    """A row of the outbox that this process holds until the lease ends.

    Attributes:
        claim_no: the fencing number; every later write must name it.
        attempts: sends begun before this claim.
        place: 0 for the person's first channel.
        created_at: when the notice was written.
    """

    id: int
    notice_id: int
    channel_id: int
    address: str
    claim_no: int
    attempts: int
    case_id: int | None
    person_id: int
    kind: str
    subject: str
    body: str
    priority: int
    place: int
    created_at: datetime


def queue(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Put notices on channels: `notice_id`, `channel_id`, `address`, `priority`, `place`, `next_at`."""
    fixed = {"state": _PENDING, "claim_no": 0, "attempts": 0}
    insert_many(connection, outbox, [{**row, **fixed} for row in rows])


def claim(
    connection: Connection, now: datetime, lease_until: datetime, limit: int, kind: str | None = None
) -> list[Claim]:
    """Take up to `limit` rows that are ready, the most urgent first, or whose lease has run out.

    A row whose former holder had begun to send and never said how it ended gets an ambiguous attempt.

    Args:
        kind: only notices of this kind.
    """
    query = (
        sa.select(outbox.c.id, outbox.c.state, outbox.c.claim_no, outbox.c.attempts)
        .where(outbox.c.state.in_([_PENDING, _CLAIMED]), _is_ready(now))
        .order_by(outbox.c.priority, outbox.c.next_at, outbox.c.id)
        .limit(limit)
    )
    if kind is not None:
        query = query.where(outbox.c.notice_id.in_(sa.select(notices.c.id).where(notices.c.kind == kind)))
    return _taken(connection, query, now, lease_until)


def claim_notice(connection: Connection, notice_id: int, now: datetime, lease_until: datetime) -> list[Claim]:
    """Take the rows of one notice that are ready, whatever else waits."""
    query = sa.select(outbox.c.id, outbox.c.state, outbox.c.claim_no, outbox.c.attempts).where(
        outbox.c.notice_id == notice_id, outbox.c.state.in_([_PENDING, _CLAIMED]), _is_ready(now)
    )
    return _taken(connection, query, now, lease_until)


def _taken(
    connection: Connection, query: sa.Select[Any], now: datetime, lease_until: datetime
) -> list[Claim]:
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True)
    found = connection.execute(query).mappings().all()
    _note_unfinished(connection, [row for row in found if row["state"] == _CLAIMED], now)
    ids = [row["id"] for row in found]
    if ids:
        connection.execute(
            outbox.update()
            .where(outbox.c.id.in_(ids))
            .values(state=_CLAIMED, lease_until=lease_until, claim_no=outbox.c.claim_no + 1)
        )
    return _claims(connection, ids)


def begin_send(
    connection: Connection, claim: Claim, now: datetime, lease_until: datetime
) -> tuple[bool, str | None]:
    """Ask, in one conditional update just before the send, whether it may and should go out.

    Returns:
        `(True, None)`: go; the attempt is counted and the lease begins anew. `(False, reason)`: nobody needs
        it any more, with the reason for the record. `(False, None)`: the claim is no longer ours.
    """
    mine = _mine(claim)
    needed = sa.select(notices.c.id).where(notices.c.id == claim.notice_id, _is_needed(claim, now))
    gone = connection.execute(
        outbox.update()
        .where(*mine, outbox.c.lease_until > now, outbox.c.notice_id.in_(needed))
        .values(lease_until=lease_until, attempts=outbox.c.attempts + 1)
    )
    if gone.rowcount:
        return True, None
    held = connection.execute(sa.select(outbox.c.id).where(*mine, outbox.c.lease_until > now)).first()
    return False, _why_not(connection, claim, now) if held else None


def record(
    connection: Connection,
    claim: Claim,
    outcome: DeliveryOutcome,
    detail: str,
    now: datetime,
    *,
    state: OutboxState,
    next_at: datetime | None = None,
    provider_id: str | None = None,
) -> bool:
    """Write how a send ended; False when the claim was no longer ours and only the attempt was noted.

    Args:
        state: `accepted`, `failed`, or `pending` with `next_at` for another try.
    """
    values: dict[str, Any] = {"state": state.value, "lease_until": None}
    if state is OutboxState.ACCEPTED:
        values |= {"accepted_at": now, "provider_id": provider_id, "last_error": None}
    else:
        values |= {"last_error": detail}
    if next_at is not None:
        values["next_at"] = next_at
    done = connection.execute(outbox.update().where(*_mine(claim)).values(**values))
    noted = detail if done.rowcount else f"{detail}（租约已过，结果不再采用）"
    _note(connection, claim.id, claim.claim_no, outcome, noted, now)
    return bool(done.rowcount)


def cancel(connection: Connection, claim: Claim, reason: str) -> bool:
    """Give up a notice nobody needs any more; False when the claim was no longer ours."""
    done = connection.execute(
        outbox.update()
        .where(*_mine(claim))
        .values(state=OutboxState.CANCELLED.value, lease_until=None, last_error=reason)
    )
    return bool(done.rowcount)


def put_off(connection: Connection, claim: Claim, until: datetime) -> None:
    """Give a claim back whose send was begun and did not take place; it may be claimed again from `until`."""
    connection.execute(
        outbox.update()
        .where(*_mine(claim))
        .values(state=_PENDING, lease_until=None, next_at=until, attempts=outbox.c.attempts - 1)
    )


def pull_forward(connection: Connection, notice_id: int, now: datetime) -> None:
    """Let the next channel of a notice follow at once, because the one before it has failed."""
    waiting = (outbox.c.notice_id == notice_id, outbox.c.state == _PENDING, outbox.c.place > 0)
    next_place = sa.select(sa.func.min(outbox.c.place)).where(*waiting).scalar_subquery()
    connection.execute(
        outbox.update()
        .where(*waiting, outbox.c.place == next_place, outbox.c.attempts == 0, outbox.c.next_at > now)
        .values(next_at=now)
    )


def routine_backlog(
    connection: Connection, channel_id: int, person_id: int, now: datetime
) -> Sequence[RowMapping]:
    """What waits for one person on one channel and could as well be said together, locked; oldest first."""
    query = (
        sa.select(outbox.c.id, outbox.c.notice_id, outbox.c.address, notices.c.case_id)
        .join(notices, notices.c.id == outbox.c.notice_id)
        .where(
            outbox.c.channel_id == channel_id,
            notices.c.person_id == person_id,
            outbox.c.state == _PENDING,
            outbox.c.priority > 0,
            notices.c.case_id.is_not(None),
            sa.or_(outbox.c.attempts > 0, outbox.c.next_at <= now),
        )
        .order_by(outbox.c.id)
    )
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(of=outbox, skip_locked=True)
    return connection.execute(query).mappings().all()


def cancel_rows(connection: Connection, ids: Sequence[int], reason: str) -> None:
    """Give up rows that `routine_backlog` has locked."""
    for some in in_chunks(ids):
        connection.execute(
            outbox.update()
            .where(outbox.c.id.in_(some), outbox.c.state == _PENDING)
            .values(state=OutboxState.CANCELLED.value, last_error=reason)
        )


def confirm_delivery(connection: Connection, notice_id: int, channel_id: int, at: datetime) -> bool:
    """A provider says that a notice has arrived; False when it is known already or nothing was sent.

    Never moves a row backwards: what is delivered stays delivered, whatever is reported or recorded later.
    """
    done = connection.execute(
        outbox.update()
        .where(*_sent(notice_id, channel_id), outbox.c.state != OutboxState.DELIVERED.value)
        .values(
            state=OutboxState.DELIVERED.value,
            delivered_at=at,
            lease_until=None,
            accepted_at=sa.func.coalesce(
                outbox.c.accepted_at, sa.bindparam(None, at, outbox.c.accepted_at.type)
            ),
        )
    )
    return bool(done.rowcount)


def report_failure(connection: Connection, notice_id: int, channel_id: int, reason: str) -> bool:
    """A provider says that what it had accepted did not arrive; False when that is no news.

    Nothing that is delivered is taken back by it.
    """
    done = connection.execute(
        outbox.update()
        .where(*_sent(notice_id, channel_id), outbox.c.state == OutboxState.ACCEPTED.value)
        .values(state=OutboxState.FAILED.value, last_error=reason)
    )
    return bool(done.rowcount)


def _sent(notice_id: int, channel_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        outbox.c.notice_id == notice_id,
        outbox.c.channel_id == channel_id,
        outbox.c.attempts > 0,
    )


def attempts_of(connection: Connection, outbox_id: int) -> Sequence[RowMapping]:
    """Every attempt of one row, in order."""
    query = sa.select(delivery_attempts).where(delivery_attempts.c.outbox_id == outbox_id)
    return connection.execute(query.order_by(delivery_attempts.c.id)).mappings().all()


def of_notices(connection: Connection, notice_ids: Sequence[int]) -> list[RowMapping]:
    """The rows of these notices, in order."""
    found: list[RowMapping] = []
    for some in in_chunks(notice_ids):
        query = sa.select(outbox).where(outbox.c.notice_id.in_(some)).order_by(outbox.c.id)
        found += connection.execute(query).mappings()
    return found


def oldest_waiting(connection: Connection, now: datetime) -> datetime | None:
    """Since when the longest waiting row could be claimed, or None; a measure of lag."""
    query = sa.select(sa.func.min(outbox.c.next_at)).where(
        outbox.c.state.in_([_PENDING, _CLAIMED]), _is_ready(now)
    )
    found: datetime | None = connection.execute(query).scalar()
    return found


def oldest_waiting_by_priority(connection: Connection, now: datetime) -> dict[int, datetime]:
    """By priority, since when the longest waiting row could be claimed; without those that have none."""
    query = (
        sa.select(outbox.c.priority, sa.func.min(outbox.c.next_at))
        .where(outbox.c.state.in_([_PENDING, _CLAIMED]), _is_ready(now))
        .group_by(outbox.c.priority)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def cancel_waiting(connection: Connection, queued_until: datetime, reason: str) -> int:
    """Give up every waiting notice that was written until then; how many there were."""
    old = sa.select(notices.c.id).where(
        notices.c.created_at <= sa.bindparam(None, queued_until, notices.c.created_at.type)
    )
    done = connection.execute(
        outbox.update()
        .where(outbox.c.state.in_([_PENDING, _CLAIMED]), outbox.c.notice_id.in_(old))
        .values(
            state=OutboxState.CANCELLED.value,
            lease_until=None,
            last_error=reason,
            claim_no=outbox.c.claim_no + 1,
        )
    )
    return done.rowcount


def _is_ready(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(
        sa.and_(outbox.c.state == _PENDING, outbox.c.next_at <= now),
        sa.and_(outbox.c.state == _CLAIMED, outbox.c.lease_until <= now),
    )


def _mine(claim: Claim) -> tuple[sa.ColumnElement[bool], ...]:
    return (outbox.c.id == claim.id, outbox.c.claim_no == claim.claim_no, outbox.c.state == _CLAIMED)


def _claims(connection: Connection, ids: Sequence[int]) -> list[Claim]:
    query = (
        sa.select(
            outbox,
            notices.c.case_id,
            notices.c.person_id,
            notices.c.kind,
            notices.c.subject,
            notices.c.body,
            notices.c.created_at,
        )
        .join(notices, notices.c.id == outbox.c.notice_id)
        .where(outbox.c.id.in_(ids))
        .order_by(outbox.c.priority, outbox.c.next_at, outbox.c.id)
    )
    return [
        Claim(
            row.id,
            row.notice_id,
            row.channel_id,
            row.address,
            row.claim_no,
            row.attempts,
            row.case_id,
            row.person_id,
            row.kind,
            row.subject,
            row.body,
            row.priority,
            row.place,
            row.created_at,
        )
        for row in connection.execute(query)
    ]


def _note_unfinished(connection: Connection, rows: Sequence[RowMapping], now: datetime) -> None:
    """A claim begins one send at most: fewer claims that ended than sends begun means that one broke off."""
    ended = sa.func.count(delivery_attempts.c.claim_no.distinct())
    for row in rows:
        query = sa.select(ended).where(delivery_attempts.c.outbox_id == row["id"])
        if row["attempts"] > connection.execute(query).scalar_one():
            detail = "发送途中中断，结果不明"
            _note(connection, row["id"], row["claim_no"], DeliveryOutcome.AMBIGUOUS, detail, now)


def _note(
    connection: Connection,
    outbox_id: int,
    claim_no: int,
    outcome: DeliveryOutcome,
    detail: str,
    now: datetime,
) -> None:
    row = {
        "outbox_id": outbox_id,
        "claim_no": claim_no,
        "at": now,
        "outcome": outcome.value,
        "detail": detail,
    }
    connection.execute(delivery_attempts.insert().values(row))


def _runs() -> sa.ColumnElement[bool]:
    clock = sa.select(deadlines.c.id).where(
        deadlines.c.id == notices.c.deadline_id, deadlines.c.state == DeadlineState.RUNNING.value
    )
    return sa.or_(notices.c.deadline_id.is_(None), clock.exists())


def _is_acknowledged() -> sa.ColumnElement[bool]:
    seen = (
        sa.select(acknowledgements.c.id)
        .join(cases, cases.c.id == acknowledgements.c.case_id)
        .where(acknowledgements.c.case_id == notices.c.case_id, acknowledgements.c.cycle == cases.c.cycle)
    )
    own = seen.where(acknowledgements.c.person_id == notices.c.person_id)
    return sa.or_(
        sa.and_(notices.c.kind == ActionKind.REMIND.value, seen.exists()),
        sa.and_(notices.c.kind == _COUNTERSIGN, own.exists()),
    )


def _is_stale(now: datetime) -> sa.ColumnElement[bool]:
    """A reminder of time left, written before the due instant, that would go out after it."""
    clock = sa.select(deadlines.c.id).where(
        deadlines.c.id == notices.c.deadline_id,
        deadlines.c.due_at <= now,
        deadlines.c.due_at > notices.c.created_at,
    )
    return sa.and_(notices.c.kind == ActionKind.WARN.value, clock.exists())


def _is_disabled() -> sa.ColumnElement[bool]:
    gone = sa.select(people.c.id).where(people.c.id == notices.c.person_id, people.c.disabled_at.is_not(None))
    return gone.exists()


def _has_answered() -> sa.ColumnElement[bool]:
    """Whether the person has acknowledged the case since the notice, or at all when it only reminds.

    That a channel accepted a notice proves nothing; only this makes the person's next channel superfluous.
    """
    calls = [ActionKind.WARN.value, ActionKind.REMIND.value]
    mine = (
        sa.select(acknowledgements.c.id)
        .join(cases, cases.c.id == acknowledgements.c.case_id)
        .where(
            acknowledgements.c.case_id == notices.c.case_id,
            acknowledgements.c.cycle == cases.c.cycle,
            acknowledgements.c.person_id == notices.c.person_id,
            sa.or_(acknowledgements.c.at >= notices.c.created_at, notices.c.kind.in_(calls)),
        )
    )
    return mine.exists()


def _is_superfluous(claim: Claim) -> sa.ColumnElement[bool]:
    return _has_answered() if claim.place > 0 else sa.false()


def _is_needed(claim: Claim, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(_runs(), ~_is_acknowledged(), ~_is_stale(now), ~_is_disabled(), ~_is_superfluous(claim))


def _why_not(connection: Connection, claim: Claim, now: datetime) -> str:
    reasons = sa.case(
        (_is_disabled(), "收件人已停用"),
        (~_runs(), "期限已不再计时（已答复、已暂停或已取消）"),
        (_is_acknowledged(), "已签收"),
        (_is_stale(now), "期限已到，临期提醒不再有意义"),
        (_is_superfluous(claim), "本人已签收，不再从下一个渠道发"),
        else_="",
    )
    query = sa.select(reasons).select_from(notices).where(notices.c.id == claim.notice_id)
    return connection.execute(query).scalar() or "已不需要"
