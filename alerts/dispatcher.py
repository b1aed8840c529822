"""The dispatcher: takes notices out of the outbox and hands them to channels.

At least once: a notice may go out twice only when a process died, or a provider broke off, between sending
and recording; both attempts are on record and carry the same key. It is claimed with a lease longer than two
sends; need and lease are asked for once more, in one update, just before each send.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Thread

from alerts.ack_links import AckLinks
from alerts.alarms import raise_alarm
from alerts.backlog import merge_backlog
from alerts.channels import Channel, Outcome, Payload
from alerts.channels.limits import Limited
from alerts.engine import Fault, no_fault
from alerts.ladders import Delivery
from core.clock import Clock, iso, shanghai
from core.errors import DeliveryError
from core.vocabulary import DeliveryOutcome, OutboxState, Tag
from storage import channel_buckets, channel_health, channels, events, outbox
from storage.database import Connection, Database
from storage.events import Draft
from storage.outbox import Claim

CLAIMED_AT_ONCE = 5
LEASE = timedelta(seconds=30)
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=15)

_RETRIED = frozenset({DeliveryOutcome.TEMPORARY, DeliveryOutcome.THROTTLED, DeliveryOutcome.AMBIGUOUS})

Channels = Callable[[], Mapping[int, Channel | DeliveryError]]


@dataclass
class Dispatched:
    """How the claimed notices of one run ended."""

    accepted: int = 0
    retried: int = 0
    failed: int = 0
    cancelled: int = 0
    lost: int = 0
    put_off: int = 0

    def add(self, other: Dispatched) -> None:
        """Count another run in."""
        self.accepted += other.accepted
        self.retried += other.retried
        self.failed += other.failed
        self.cancelled += other.cancelled
        self.lost += other.lost
        self.put_off += other.put_off

    @property
    def count(self) -> int:
        """How many notices were claimed."""
        return self.accepted + self.retried + self.failed + self.cancelled + self.lost + self.put_off


@dataclass(frozen=True)
class Dispatcher:
    """What sending needs.

    Attributes:
        channels: the channels as they are set now, by number; one with wrong settings stands as its error,
            one that is switched off is missing.
        delivery: for how long to try, and when to say together what has piled up.
    """

    database: Database
    channels: Channels
    clock: Clock
    delivery: Delivery
    lease: timedelta = LEASE
    fault: Fault = field(default=no_fault)
    links: AckLinks | None = None

    def drain(self, kind: str | None = None) -> Dispatched:
        """Send until nothing is ready; of one kind only, when it is given."""
        total = Dispatched()
        while done := self.dispatch(kind):
            total.add(done)
        return total

    def dispatch(self, kind: str | None = None) -> Dispatched | None:
        """Claim a handful, the most urgent first, and send them side by side; None when none was ready.

        Raises:
            StorageError: the database cannot be used now; what was claimed is free again when its lease ends.
        """
        now = self.clock.now()
        with self.database.read() as connection:
            if outbox.oldest_waiting(connection, now) is None:
                return None
        with self.database.write() as connection:
            claims = outbox.claim(connection, now, now + self.lease, CLAIMED_AT_ONCE, kind)
        self.fault("claimed")
        return self._send_all(claims) if claims else None

    def send_now(self, write: Callable[[Connection], int]) -> Dispatched:
        """Send one notice at once, by the way every notice goes.

        Args:
            write: queues the notice; its number. It is claimed in the same transaction, so that no other
                process is quicker.

        Raises:
            StorageError: the database cannot be used now.
        """
        now = self.clock.now()
        with self.database.write() as connection:
            claims = outbox.claim_notice(connection, write(connection), now, now + self.lease)
        return self._send_all(claims) if claims else Dispatched()

    def _send_all(self, claims: Sequence[Claim]) -> Dispatched:
        channels = self.channels()
        total = Dispatched()
        # Side by side: a provider that hangs must not hold up the others.
        with ThreadPoolExecutor(len(claims)) as pool:
            for done in pool.map(lambda claim: self._send(claim, channels.get(claim.channel_id)), claims):
                total.add(done)
        return total

    def _send(self, claim: Claim, channel: Channel | DeliveryError | None) -> Dispatched:
        if channel is None or isinstance(channel, DeliveryError):
            why = channel.message if channel else "渠道已停用"
            return self._record(claim, Outcome(DeliveryOutcome.PERMANENT, why))
        now = self.clock.now()
        with self.database.write() as connection:
            refused = self._begin(connection, claim, channel, now)
        if refused is not None:
            return refused
        self.fault("sending")
        body = self._with_link(claim, now)
        payload = Payload(f"huiying-notice-{claim.notice_id}", claim.address, claim.subject, body, now)
        outcome = _send_within(self.lease / 2, channel, payload)
        self.fault("sent")
        return self._record(claim, outcome, channel)

    def _with_link(self, claim: Claim, now: datetime) -> str:
        """The words, and below them where their reader can sign; the link itself is kept nowhere."""
        if self.links is None:
            return claim.body
        with self.database.read() as connection:
            link = self.links.link(connection, claim.notice_id, now)
        return f"{claim.body}\n签收：{link}" if link else claim.body

    def _begin(
        self, connection: Connection, claim: Claim, channel: Channel, now: datetime
    ) -> Dispatched | None:
        """Ask for need, lease and rate; None when it may go out."""
        may, reason = outbox.begin_send(connection, claim, now, now + self.lease)
        if reason is not None and outbox.cancel(connection, claim, reason):
            _note(connection, claim, Tag.NOTICE_CANCELLED, {"reason": reason}, now)
        if not may:
            return Dispatched(cancelled=1) if reason is not None else Dispatched(lost=1)
        if not isinstance(channel, Limited):
            return None
        windows = channel.rate.windows(urgent=claim.priority == 0)
        free_at = channel_buckets.take(connection, channel.rate.credential, windows, now)
        if free_at is None:
            return None
        outbox.put_off(connection, claim, free_at)
        merge_backlog(connection, claim, self.delivery, now)
        return Dispatched(put_off=1)

    def _record(self, claim: Claim, outcome: Outcome, channel: Channel | None = None) -> Dispatched:
        now = self.clock.now()
        state, next_at = _what_next(claim, outcome, now, timedelta(hours=self.delivery.give_up_after_hours))
        with self.database.write() as connection:
            ours = outbox.record(
                connection,
                claim,
                outcome.kind,
                outcome.detail,
                now,
                state=state,
                next_at=next_at,
                provider_id=outcome.provider_id,
            )
            self._watch(connection, claim, outcome, now)
            if next_at is not None and isinstance(channel, Limited):
                self._slow_down(connection, channel, outcome, next_at)
            if ours and state is OutboxState.FAILED:
                facts = {"outcome": outcome.kind.value, "detail": outcome.detail}
                _note(connection, claim, Tag.NOTICE_FAILED, facts, now)
                outbox.pull_forward(connection, claim.notice_id, now)
            elif ours and state is OutboxState.PENDING:
                merge_backlog(connection, claim, self.delivery, now)
        self.fault("recorded")
        if not ours:
            return Dispatched(lost=1)
        return Dispatched(
            accepted=int(state is OutboxState.ACCEPTED),
            retried=int(state is OutboxState.PENDING),
            failed=int(state is OutboxState.FAILED),
        )

    def _watch(self, connection: Connection, claim: Claim, outcome: Outcome, now: datetime) -> None:
        """Know whether the channel works, and tell the administrators once when it does not for long."""
        if outcome.kind is DeliveryOutcome.ACCEPTED:
            channel_health.worked(connection, claim.channel_id, now)
            return
        failing = channel_health.failed(connection, claim.channel_id, outcome.detail, now)
        alarm = self.delivery.channel_alarm
        if failing.count < alarm.failures or now - failing.since < timedelta(minutes=alarm.minutes):
            return
        since = shanghai(failing.since)
        facts = {
            "channel": channels.key_of(connection, claim.channel_id),
            "since": f"{since:%m月%d日%H:%M}",
            "count": str(failing.count),
            "error": outcome.detail,
        }
        key = f"{claim.channel_id}/{iso(failing.since)}"
        raise_alarm(connection, self.delivery, "channel_down", facts, key, now)

    def _slow_down(self, connection: Connection, channel: Limited, outcome: Outcome, until: datetime) -> None:
        """A provider that was asked too often is left alone by every process and for every notice."""
        if outcome.kind is DeliveryOutcome.THROTTLED:
            channel_buckets.close(connection, channel.rate.credential, until)


def _what_next(
    claim: Claim, outcome: Outcome, now: datetime, give_up_after: timedelta
) -> tuple[OutboxState, datetime | None]:
    if outcome.kind is DeliveryOutcome.ACCEPTED:
        return OutboxState.ACCEPTED, None
    if outcome.kind not in _RETRIED or now - claim.created_at >= give_up_after:
        return OutboxState.FAILED, None
    return OutboxState.PENDING, now + (outcome.retry_after or wait_after(claim.attempts + 1))


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts that failed: doubling, with an upper bound."""
    wait = _FIRST_WAIT.total_seconds() * 2.0 ** min(attempts - 1, 20)
    return min(timedelta(seconds=wait), _LONGEST_WAIT)


def _send_within(limit: timedelta, channel: Channel, payload: Payload) -> Outcome:
    """Send, but wait no longer than `limit`: a server that answers byte by byte, or a resolver that hangs,
    costs a thread and not the other notices.
    """
    ended: SimpleQueue[Outcome] = SimpleQueue()

    def run() -> None:
        try:
            ended.put(channel.send(payload))
        except Exception as error:  # noqa: BLE001 - a fault of one adapter must not stop the others
            ended.put(Outcome(DeliveryOutcome.AMBIGUOUS, f"渠道程序出错({type(error).__name__})"))

    Thread(target=run, name=payload.key, daemon=True).start()
    try:
        return ended.get(timeout=limit.total_seconds())
    except Empty:
        return Outcome(DeliveryOutcome.AMBIGUOUS, "超过时限没有结果")


def _note(connection: Connection, claim: Claim, tag: Tag, facts: Mapping[str, str], now: datetime) -> None:
    """An event of the case; a notice about no case keeps its reason in the outbox alone."""
    if claim.case_id is None:
        return
    payload = {"notice": claim.notice_id, "channel": claim.channel_id, **facts}
    events.append(connection, [Draft(claim.case_id, tag, "system", "dispatcher", now, payload)], now)
