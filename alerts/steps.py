"""The shape every verb shares: lock the case, check, act, record one event, say what came of it.

1. The case row is locked first, so two people are one after the other.
2. A command repeated under its key gives the first answer again and does nothing.
3. A page older than the case is refused, then the table of `alerts.workflow` decides.
4. What the verb changes and its event are one transaction, the caller's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts.actors import Actor
from alerts.workflow import Move, allowed, move_for
from core.clock import require_aware, shanghai
from core.errors import Conflict, InvalidInput
from core.labels import label
from core.vocabulary import CaseKind, CaseState, Command, Tag
from storage import cases, events, joint
from storage.database import Connection, Row
from storage.events import Draft

# What a section may do that assists another one; it answers nobody in its place.
_FOR_ASSISTANTS = frozenset({Command.ACKNOWLEDGE, Command.COMMENT, Command.MARK_READ, Command.DRAFT})


@dataclass(frozen=True, slots=True)
class Act:
    """Who gives a command, when, and from which page.

    Attributes:
        now: aware.
        expected_seq: the case's `seq` as the page showed it; None for no check.
        idempotency_key: one key for one intention; a repeat gives the first answer.
    """

    actor: Actor
    now: datetime
    expected_seq: int | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a command.

    Attributes:
        state: the case's state afterwards.
        seq: number of the event, which is the case's `seq` afterwards.
        at: when it was recorded.
        facts: what the event says, in plain JSON values.
    """

    case_id: int
    state: CaseState
    seq: int
    at: datetime
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """A command that may go ahead, on a locked case."""

    connection: Connection
    case: Row
    move: Move
    act: Act
    digest: str

    @property
    def case_id(self) -> int:
        """Number of the case."""
        case_id: int = self.case["id"]
        return case_id

    def finish(
        self,
        facts: Mapping[str, Any],
        *,
        to: CaseState | None = None,
        tag: Tag | None = None,
        occurred_at: datetime | None = None,
        **columns: Any,
    ) -> Outcome:
        """Record the event, move the case, and say what came of it; nothing may be recorded after it.

        Args:
            to, tag: another state or event than the table's line gives.
            occurred_at: when it is claimed to have happened; now by default.
            columns: further columns of the case to change.
        """
        state = to or self.move.to or CaseState(self.case["state"])
        payload = {"command": self.move.command.value, "from": self.case["state"], "to": state.value, **facts}
        if self.act.idempotency_key is not None:
            payload["request"] = self.digest
        actor, now = self.act.actor, self.act.now
        draft = Draft(
            self.case_id,
            tag or self.move.tag,
            actor.kind,
            actor.name,
            occurred_at or now,
            {**payload, "login": actor.login},
            self.act.idempotency_key,
        )
        events.append(self.connection, [draft], now)
        cases.update(self.connection, self.case_id, state=state.value, **columns)
        seq = cases.get(self.connection, self.case_id)["seq"]
        return outcome_of(self.case_id, seq, now, draft.payload)


def begin(
    connection: Connection, case_id: int, command: Command, act: Act, request: Mapping[str, Any]
) -> Step | Outcome:
    """Lock a case for a command; the first answer where this command was already given under its key.

    Args:
        request: everything the person gave with the command, so that a key is not used for another wish.

    Raises:
        NotFound: no such case, or it is another section's.
        NotAllowed: the actor's role may not give this command.
        Conflict: the page is out of date, the key was used for another wish, or the state does not allow it.
    """
    require_aware(act.now)
    case = cases.lock(connection, case_id)
    if act.actor.is_bound_to_section and not _is_theirs(connection, case, command, act.actor):
        raise cases.no_such(case_id)
    digest = digest_of(command, act.actor, request)
    earlier = earlier_answer(connection, act, digest, case_id)
    if earlier is not None:
        return earlier
    kind, state = CaseKind(case["kind"]), CaseState(case["state"])
    if act.expected_seq is not None and act.expected_seq != case["seq"]:
        raise _stale(kind, state, command, act.actor)
    return Step(connection, case, move_for(kind, state, command, act.actor), act, digest)


def _is_theirs(connection: Connection, case: Row, command: Command, actor: Actor) -> bool:
    """Whether a section is responsible for a case, or assists with it and may do this much."""
    if case["section"] == actor.section:
        return True
    return command in _FOR_ASSISTANTS and actor.section in joint.sections_of(connection, case["id"])


def said(text: str, field: str, what: str) -> str:
    """A text a person must give, without blanks around it.

    Raises:
        InvalidInput: it is empty.
    """
    if not text.strip():
        raise InvalidInput(f"没有填写{what}。", mend=f"请填写{what}后再提交。", field=field)
    return text.strip()


def happened(at: datetime, act: Act, field: str, *, since: datetime, since_what: str) -> datetime:
    """An instant a person claims, in UTC.

    Raises:
        InvalidInput: it is naive, in the future, or before `since`.
    """
    instant = require_aware(at)
    shown = f"{shanghai(instant):%Y-%m-%d %H:%M}"
    if instant > act.now:
        raise InvalidInput(
            f"时间 {shown} 还没有到。", mend="请填写实际发生的时间。", code="time.in_future", field=field
        )
    if instant < since:
        raise InvalidInput(
            f"时间 {shown} 早于{since_what}({shanghai(since):%Y-%m-%d %H:%M})。",
            mend="请核对时间。",
            code="time.too_early",
            field=field,
        )
    return instant


def earlier_answer(
    connection: Connection, act: Act, digest: str, case_id: int | None = None
) -> Outcome | None:
    """What came of a command that was given before under the same key, or None.

    To be asked under the lock of the case: a command that is just being given has then ended.

    Raises:
        Conflict: the key was used for another wish.
    """
    if act.idempotency_key is None:
        return None
    event = cases.recorded_under(connection, act.idempotency_key)
    if event is None:
        return None
    other_case = case_id is not None and event["stream"] != case_id
    if other_case or event["payload"].get("request") != digest:
        raise Conflict(
            "这个幂等键已经用于另一次操作。", mend="请换一个新的幂等键。", code="idempotency.reused"
        )
    return outcome_of(event["stream"], event["seq"], event["recorded_at"], event["payload"])


def outcome_of(case_id: int, seq: int, at: datetime, payload: Mapping[str, Any]) -> Outcome:
    """What the event with this payload says came of a command."""
    facts = {name: value for name, value in payload.items() if name != "request"}
    return Outcome(case_id, CaseState(payload["to"]), seq, at, facts)


def digest_of(command: Command, actor: Actor, request: Mapping[str, Any]) -> str:
    """A short form of one wish of one person, to be compared under an idempotency key."""
    text = json.dumps([command, actor.login, request], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _stale(kind: CaseKind, state: CaseState, command: Command, actor: Actor) -> Conflict:
    return Conflict(
        f"页面已过期，办件现在的状态是“{label(state)}”。",
        mend="请刷新页面后再办理。",
        code="case.stale",
        status=state.value,
        command=command.value,
        allowed=tuple(one.value for one in allowed(kind, state, actor)),
    )
