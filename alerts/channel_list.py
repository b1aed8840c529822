"""The channels of the office as an administrator sees them: how each stands, without its secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from core.errors import Conflict
from core.vocabulary import ChannelKind, Tag
from storage import channel_health, channels, events
from storage.channels import StoredChannel, Usage
from storage.database import Connection
from storage.events import OFFICE_STREAM, Draft
from storage.keys import DataKey


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """One channel.

    Attributes:
        destination: host and port; the path and the query of a robot are its password.
        failing_since: None while it works or was never used.
    """

    id: int
    key: str
    kind: ChannelKind
    destination: str
    is_enabled: bool
    people: int
    waiting: int
    worked_at: datetime | None
    failing_since: datetime | None
    failures: int
    last_error: str


def channel_lines(connection: Connection, seal: DataKey) -> list[ChannelLine]:
    """Every channel, by number."""
    health = {row["channel_id"]: row for row in channel_health.of_all(connection)}
    used = channels.usage(connection)
    lines = []
    for one in channels.stored(connection, seal):
        known, usage = health.get(one.id), used.get(one.id, Usage(0, 0))
        lines.append(
            ChannelLine(
                one.id,
                one.key,
                one.kind,
                destination(one),
                one.is_enabled,
                usage.people,
                usage.waiting,
                known["worked_at"] if known else None,
                known["failing_since"] if known else None,
                known["failures"] if known else 0,
                (known["last_error"] if known else None) or "",
            )
        )
    return lines


def destination(stored: StoredChannel) -> str:
    """Where a channel leads, as far as it may be shown; empty for the console."""
    settings = stored.settings
    if "url" in settings:
        return urlsplit(str(settings["url"])).netloc
    return f"{settings['host']}:{settings['port']}" if "host" in settings else ""


def switch(connection: Connection, stored: StoredChannel, *, on: bool, actor: str, now: datetime) -> None:
    """Switch a channel on or off, as an event of the office.

    What waits on a channel that is switched off fails, and goes out on the person's next channel at once.

    Raises:
        Conflict: the console is to be switched off: it is what reaches those who have nothing else.
    """
    if stored.kind is ChannelKind.CONSOLE and not on:
        raise Conflict("本机记录不能停用。", mend="没有其他渠道的人只能由它记录。", code="channel.console")
    if stored.is_enabled is on:
        return
    channels.set_enabled(connection, stored.id, on)
    facts = {"channel": stored.id, "enabled": on}
    draft = Draft(OFFICE_STREAM, Tag.CHANNEL_SWITCHED, "human", actor, now, facts)
    events.append(connection, [draft], now)
