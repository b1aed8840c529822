"""试改: which running clocks another limit would move. Reads only; a limit is changed in the rule files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from alerts import clocks
from alerts.casework import Law
from alerts.owed import rule_of
from core.errors import InvalidInput
from core.rulebook import Rule
from core.vocabulary import DeadlineState
from storage import cases, deadlines
from storage.database import Connection

_STILL = (DeadlineState.RUNNING.value, DeadlineState.PAUSED.value)
_LARGEST = 1000


@dataclass(frozen=True, slots=True)
class Moved:
    """One running clock under the other limit."""

    case_id: int
    deadline_id: int
    title: str
    was: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """What another limit would do.

    Attributes:
        rule: the rule as it would be.
        running: how many clocks of the rule run or stand still now.
        moved: those whose due instant would be another, the earliest new one first.
        newly_overdue, no_longer_overdue: how many of them change sides at this moment.
    """

    rule: Rule
    running: int
    moved: tuple[Moved, ...]
    newly_overdue: int
    no_longer_overdue: int


def propose(connection: Connection, law: Law, rule: Rule, amount: int, now: datetime) -> Proposal:
    """What it would mean if the limit of `rule` were `amount` of its unit; nothing is written.

    Raises:
        InvalidInput: the amount is none, or the rule has no limit of its own.
    """
    if rule.limit.amount is None:
        raise InvalidInput("这条规则没有自己的期限。", mend="请选另一条规则。", field="propose")
    if not 1 <= amount <= _LARGEST:
        raise InvalidInput("期限不对。", mend=f"请填 1 到 {_LARGEST} 的整数。", field="amount")
    moved, running = [], 0
    for case_id in deadlines.cases_under(connection, rule.key, but_version=""):
        title = cases.get(connection, case_id)["title"]
        for clock in deadlines.live(connection, case_id):
            if clock["rule_key"] != rule.key or clock["state"] not in _STILL:
                continue
            running += 1
            own = rule_of(law, clock)
            other = replace(own, limit=replace(own.limit, amount=amount))
            due = clocks.recounted(connection, law, clock, now, rule=other)
            if due.due_at != clock["due_at"]:
                moved.append(Moved(case_id, clock["id"], title, clock["due_at"], due.due_at))
    return Proposal(
        rule=replace(rule, limit=replace(rule.limit, amount=amount)),
        running=running,
        moved=tuple(sorted(moved, key=lambda one: (one.due_at, one.deadline_id))),
        newly_overdue=sum(one.due_at <= now < one.was for one in moved),
        no_longer_overdue=sum(one.was <= now < one.due_at for one in moved),
    )
