"""Sending a test: one real notice to one person, by the way every notice goes.

The same address check, rate, lease and record as delivery: a test by an easier way would prove nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alerts import notices as text
from alerts.channels import Channel
from alerts.dispatcher import Dispatcher
from alerts.letters import Letter
from core.clock import iso, shanghai
from core.errors import Conflict, DeliveryError, InvalidInput, NotFound
from core.vocabulary import ChannelKind, OutboxState, Role, Tag
from storage import channels, events, notices, outbox
from storage.channels import Reachable, StoredChannel
from storage.database import Connection
from storage.events import OFFICE_STREAM, Draft

_KIND = "test"


@dataclass(frozen=True, slots=True)
class Tester:
    """Who sends a test: to themselves, unless another address is given."""

    id: int
    login: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a test.

    Attributes:
        state: `accepted` is not proof: look whether it has arrived. `pending`: it is tried again, or waits
            for its turn, at `next_at`.
        detail: what went wrong, in Chinese; empty when accepted.
    """

    notice_id: int
    channel: str
    address: str
    state: OutboxState
    detail: str
    next_at: datetime | None

    @property
    def is_accepted(self) -> bool:
        """Whether the channel took it."""
        return self.state in {OutboxState.ACCEPTED, OutboxState.DELIVERED}


def send_test(dispatcher: Dispatcher, stored: StoredChannel, tester: Tester, address: str = "") -> Tried:
    """Send a test on a channel and say how it ended; each test is an event of the office.

    Args:
        address: empty for the tester's own on this channel.

    Raises:
        Conflict: the channel is switched off.
        DeliveryError: its settings cannot be used.
        InvalidInput: no address is given and the tester has none on this channel.
        StorageError: the database cannot be used now.
    """
    _usable(dispatcher.channels().get(stored.id), stored)
    now = dispatcher.clock.now()
    written: list[tuple[int, str]] = []

    def write(connection: Connection) -> int:
        where = address.strip() or _own_address(connection, stored, tester)
        written.append((_queue(connection, stored, tester, where, now), where))
        return written[0][0]

    dispatcher.send_now(write)
    notice_id, where = written[0]
    with dispatcher.database.write() as connection:
        (row,) = outbox.of_notices(connection, [notice_id])
        tried = Tried(
            notice_id,
            stored.key,
            where,
            OutboxState(row["state"]),
            row["last_error"] or "",
            row["next_at"] if row["state"] == OutboxState.PENDING else None,
        )
        facts = {"channel": stored.id, "notice": notice_id, "state": tried.state.value}
        draft = Draft(OFFICE_STREAM, Tag.CHANNEL_TESTED, "human", tester.name, now, facts)
        events.append(connection, [draft], dispatcher.clock.now())
    return tried


def find_channel(stored: list[StoredChannel], key: str) -> StoredChannel:
    """The channel with this name.

    Raises:
        NotFound: there is none.
    """
    for one in stored:
        if one.key == key:
            return one
    names = "、".join(one.key for one in stored)
    raise NotFound(f"没有名为 {key} 的通知渠道。", mend=f"现有渠道：{names}。", code="channel.not_found")


def _usable(opened: Channel | DeliveryError | None, stored: StoredChannel) -> None:
    if isinstance(opened, DeliveryError):
        raise opened
    if opened is None:
        raise Conflict(f"渠道 {stored.key} 已停用。", mend="请先启用再测试。", code="channel.disabled")


def _own_address(connection: Connection, stored: StoredChannel, tester: Tester) -> str:
    if stored.kind is ChannelKind.CONSOLE:
        return tester.login
    found = channels.address_of(connection, tester.id, stored.id)
    if found is None:
        raise InvalidInput(
            f"您在渠道 {stored.key} 上没有地址。",
            mend="请填写一个接收测试的地址，或在开局表的人员表中登记您的地址。",
            code="channel.no_address",
            field="address",
        )
    return found


def _queue(connection: Connection, stored: StoredChannel, tester: Tester, address: str, now: datetime) -> int:
    facts = {"channel": stored.key, "by": tester.name, "at": f"{shanghai(now):%m月%d日%H:%M}"}
    person = Reachable(tester.id, tester.name, tester.role, "", ((stored.id, address),))
    key = f"{_KIND}/{stored.id}/{tester.id}/{iso(now)}"
    letter = Letter.to(person, text.words(_KIND, facts), key, _KIND, now)
    new = notices.insert_new(connection, [letter.row])
    if not new:
        raise Conflict("刚刚已经发过一次测试。", mend="请看上一次的结果。", code="channel.tested")
    outbox.queue(connection, list(letter.outbox_rows(new)))
    return new[key]
