"""不再告警: an alert that is not ours, or noise; triage raises no other of the same source or words.

The messages stay, are assessed and answered as ever: only nobody is called for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.attention import dismiss_alert
from alerts.steps import Act, said
from core.clock import iso, require_aware
from core.errors import InvalidInput, NotAllowed
from core.labels import label
from core.vocabulary import MuteKind, MuteReason, Role, Tag
from storage import alert_board, alerts, events, mutes
from storage.database import Connection
from storage.events import OFFICE_STREAM, Draft

_MUTERS = frozenset({Role.PRESS, Role.DUTY, Role.MANAGER})
# A shorter word stands in too many texts.
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class NewMute:
    """What should raise no alert any more.

    Attributes:
        value: key of the source, or the words.
        until: when it ends by itself; None for good.
    """

    kind: MuteKind
    value: str
    why: MuteReason
    reason: str
    until: datetime | None = None


def mute(connection: Connection, alert_id: int, act: Act, new: NewMute) -> int:
    """不再告警: dismiss the alert and others of its matter, and raise none of its like; the mute's number.

    Raises:
        InvalidInput: no reason, no such source, words too short, or an end that has passed.
        NotFound: no such alert.
        NotAllowed: the actor's role watches no alerts.
        Conflict: somebody has settled the alert otherwise.
    """
    person_id = _muter(act)
    reason = said(new.reason, "reason", "理由")
    value = _checked(connection, new, act.now)
    row = alerts.lock(connection, alert_id)
    told = f"{label(new.why)}：{reason}"
    for one in alert_board.open_of_matter(connection, alert_id, act.now) or [alert_id]:
        dismiss_alert(connection, one, act, reason=told)
    number = mutes.add(
        connection,
        {
            "kind": new.kind.value,
            "value": value,
            "reason": reason,
            "why": new.why.value,
            "alert_id": alert_id,
            "muted_by": person_id,
            "muted_at": act.now,
            "until": new.until,
        },
    )
    facts = {
        "mute": number,
        "alert": alert_id,
        "kind": new.kind.value,
        "value": value,
        "why": new.why.value,
        "reason": reason,
        "until": iso(new.until),
    }
    _record(connection, row["case_id"], act, Tag.ALERT_MUTED, facts)
    return number


def lift_mute(connection: Connection, mute_id: int, act: Act) -> None:
    """恢复告警: what comes from now on raises alerts again.

    Raises:
        NotFound: no such mute holds.
        NotAllowed: the actor's role watches no alerts.
    """
    row = mutes.lift(connection, mute_id, _muter(act), act.now)
    facts = {"mute": mute_id, "kind": row["kind"], "value": row["value"]}
    _record(connection, None, act, Tag.MUTE_LIFTED, facts)


def _muter(act: Act) -> int:
    if act.actor.role not in _MUTERS or act.actor.person_id is None:
        raise NotAllowed("您的岗位不处理告警。", mend="请由新闻宣传、值班员或领导处理。")
    return act.actor.person_id


def _checked(connection: Connection, new: NewMute, now: datetime) -> str:
    value = said(new.value, "value", "来源或词语")
    if new.kind is MuteKind.SOURCE and not mutes.source_exists(connection, value):
        raise InvalidInput(f"没有来源“{value}”。", mend="请从来源中选择。", field="value")
    if new.kind is MuteKind.WORDS and len(value) < _SHORTEST:
        raise InvalidInput("词语太短，会漏掉不相干的告警。", mend="请至少写两个字。", field="value")
    if new.until is not None and require_aware(new.until) <= now:
        raise InvalidInput("截止时间已经过去。", mend="请填写以后的时间，或不填。", field="until")
    return value


def _record(
    connection: Connection, case_id: int | None, act: Act, tag: Tag, facts: Mapping[str, object]
) -> None:
    stream = OFFICE_STREAM if case_id is None else case_id
    told = {**facts, "login": act.actor.login}
    draft = Draft(stream, tag, act.actor.kind, act.actor.name, act.now, told)
    events.append(connection, [draft], act.now)
