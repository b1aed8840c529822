"""What an administrator decides about a source, each written down: approval, credential, on or off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.clock import iso
from core.errors import InvalidInput, NotAllowed
from core.vocabulary import Route, Tag
from crawlers.catalog import Source
from storage import events, source_states
from storage.database import Connection
from storage.events import OFFICE_STREAM, Draft
from storage.keys import DataKey

_SHORTEST_NOTE, _LONGEST_NOTE, _LONGEST_SECRET = 4, 500, 8_000


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides, and when."""

    name: str
    now: datetime


def approve(connection: Connection, source: Source, note: str, by: Decider) -> None:
    """Record that a source behind a login was approved, by which document; it is switched on.

    Raises:
        InvalidInput: the note says nothing.
        NotAllowed: no approval makes this source allowed.
    """
    why = note.strip()
    if not _SHORTEST_NOTE <= len(why) <= _LONGEST_NOTE:
        raise InvalidInput(
            "请写明批准依据（4到500字）。", mend="例如：局办公会2026-11-20同意。", field="note"
        )
    if source.route is Route.BARRED:
        raise NotAllowed(
            f"来源“{source.name}”要绕过网站的限制，不采集。",
            mend="批准不能改变这一点。",
            code="source.barred",
        )
    values = {"approved_by": by.name, "approved_at": by.now, "approval_note": why, "is_enabled": True}
    _decide(connection, source, Tag.SOURCE_APPROVED, {"note": why}, values, by)


def keep_credential(
    connection: Connection, key: DataKey, source: Source, secret: str, until: datetime | None, by: Decider
) -> None:
    """Keep a token or cookie sealed; the trail says that, not what.

    Raises:
        InvalidInput: it is no single line, or the source needs none.
    """
    said = secret.strip()
    if not said or len(said) > _LONGEST_SECRET or any(mark in said for mark in "\r\n\x00"):
        raise InvalidInput("凭据应当是一行文字。", mend="请只粘贴令牌或 Cookie 的内容。", field="credential")
    if not source.needs_credential:
        raise InvalidInput(f"来源“{source.name}”不需要凭据。", mend="请检查来源的名称。", field="key")
    if until is not None and until <= by.now:
        raise InvalidInput("到期日已经过了。", mend="请填写凭据真正的到期日，或不填。", field="expires")
    values = {
        "credential": key.seal(said.encode()),
        "credential_set_at": by.now,
        "credential_expires_at": until,
        "credential_refused_at": None,
    }
    _decide(connection, source, Tag.CREDENTIAL_SET, {"expires": iso(until)}, values, by)


def switch(connection: Connection, source: Source, *, on: bool, by: Decider) -> None:
    """Switch a source on or off.

    Raises:
        NotAllowed: it needs an approval first.
    """
    state = source_states.ensure(connection, source.key)
    if on and source.route not in {Route.OFFICIAL, Route.OPEN} and not state["approved_by"]:
        raise NotAllowed(
            f"来源“{source.name}”需要登录，还没有批准。",
            mend=f"请在来源页登记批准，或运行 huiying sources approve {source.key} --note 批准依据。",
            code="source.not_approved",
        )
    _decide(connection, source, Tag.SOURCE_SWITCHED, {"on": on}, {"is_enabled": on}, by)


def _decide(
    connection: Connection,
    source: Source,
    tag: Tag,
    facts: dict[str, Any],
    values: dict[str, Any],
    by: Decider,
) -> None:
    source_states.ensure(connection, source.key)
    source_states.change(connection, source.key, **values)
    told = {"source": source.key, **facts}
    events.append(connection, [Draft(OFFICE_STREAM, tag, "human", by.name, by.now, told)], by.now)
