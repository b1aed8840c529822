"""The figures of a watchdog in Prometheus's form, read from the database when they are asked for.

Every web process tells the same, whichever process the engine is.
"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from alerts.watch import State

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LANES = ("major", "due", "warn", "digest")


def exposition(state: State, tick_seconds: float | None) -> bytes:
    """The text that Prometheus reads."""
    registry = CollectorRegistry()
    registry.register(_Standing(state, tick_seconds))
    return generate_latest(registry)


class _Standing(Collector):
    def __init__(self, state: State, tick_seconds: float | None) -> None:
        self._state = state
        self._tick_seconds = tick_seconds

    def collect(self) -> Iterator[Metric]:
        state, measured = self._state, self._state.vitals
        due = measured.oldest_due_at
        age = (state.now - due).total_seconds() if due else 0.0
        yield _gauge("oldest_due_action_seconds", "Age of the longest due step that has not fired", age)
        since = (state.now - state.last_tick_at).total_seconds()
        yield _gauge("last_tick_age_seconds", "Time since an engine last said that it looked", since)
        if self._tick_seconds is not None:
            yield _gauge("tick_seconds", "How long the last tick took that was told of", self._tick_seconds)
        yield _gauge("late_fires_last_hour", "Steps fired over five seconds late", measured.late_fires)
        yield _gauge("ambiguous_sends_last_hour", "Attempts whose end is unknown", measured.ambiguous)
        yield _gauge("quarantined_actions", "Steps set aside after repeated errors", measured.quarantined)
        yield _gauge("halted", "1 while the engines wait for a decision", float(state.halt is not None))
        yield _gauge("healthy", "1 while nothing lags", float(state.is_well))
        yield from self._lanes()

    def _lanes(self) -> Iterator[Metric]:
        measured, now = self._state.vitals, self._state.now
        oldest = GaugeMetricFamily(
            "huiying_outbox_oldest_seconds", "Age of the longest ready notice", labels=["lane"]
        )
        depth = GaugeMetricFamily("huiying_outbox_depth", "Notices that wait", labels=["lane"])
        for priority, lane in enumerate(_LANES):
            since = measured.waiting_since.get(priority)
            oldest.add_metric([lane], (now - since).total_seconds() if since else 0.0)
            depth.add_metric([lane], measured.depth.get(priority, 0))
        yield oldest
        yield depth


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"huiying_{name}", what, value=value)
