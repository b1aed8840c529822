"""Whether the service does what it promises: judged by how far behind it is, not by living processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.alarms import raise_alarm
from alerts.halting import Halt, halted
from alerts.ladders import Delivery
from core.clock import parse_instant, shanghai
from storage import engine_state, vitals
from storage.database import Connection
from storage.vitals import Vitals

_MOST_URGENT = 1
_EXAMPLES = 100


@dataclass(frozen=True, slots=True)
class State:
    """How the service stands.

    Attributes:
        last_tick_at: when an engine last looked for what is due; of a new database, when it was made.
        troubles: one Chinese sentence each; empty when all is well.
    """

    now: datetime
    last_tick_at: datetime
    vitals: Vitals
    halt: Halt | None
    troubles: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        """Whether a watchdog may be told that all is well."""
        return not self.troubles


def look(connection: Connection, now: datetime, lag: timedelta) -> State:
    """How the service stands now.

    Args:
        lag: how far behind is too far: of a due step, of an urgent notice, of the engine's last look.
    """
    text = engine_state.find(connection, engine_state.LAST_TICK_AT)
    last_tick_at = parse_instant(text) if text else engine_state.created_at(connection)
    measured, stopped = vitals.measure(connection, now), halted(connection)
    troubles: list[str] = []
    if stopped is not None:
        troubles.append(f"提醒引擎已停下，等待决定：{stopped.reason}。")
    if now - last_tick_at > lag:
        troubles.append(f"提醒引擎自 {shanghai(last_tick_at):%m-%d %H:%M:%S} 起没有运行。")
    if measured.oldest_due_at is not None and now - measured.oldest_due_at > lag:
        troubles.append(f"有提醒自 {shanghai(measured.oldest_due_at):%m-%d %H:%M:%S} 起到点未执行。")
    urgent = [at for priority, at in measured.waiting_since.items() if priority <= _MOST_URGENT]
    if urgent and now - min(urgent) > lag:
        troubles.append(f"有紧急通知自 {shanghai(min(urgent)):%m-%d %H:%M:%S} 起没有发出。")
    return State(now, last_tick_at, measured, stopped, tuple(troubles))


def audit_plans(connection: Connection, delivery: Delivery, now: datetime) -> int:
    """Find running clocks that nothing is planned for and alarm the administrators; how many, up to 100.

    Each such clock is told of once, whichever others stand beside it.
    """
    found = vitals.unplanned(connection, now, _EXAMPLES)
    known = set((engine_state.find(connection, _TOLD) or "").split())
    new = [(case, number) for case, number in found if str(number) not in known]
    if new:
        facts = {"count": str(len(new)), "case": str(new[0][0])}
        raise_alarm(connection, delivery, "unplanned", facts, f"{new[0][1]}-{len(new)}", now)
    if new or (known and not found):
        engine_state.put(connection, _TOLD, " ".join(str(number) for _, number in found))
    return len(found)


_TOLD = "unplanned_told"
