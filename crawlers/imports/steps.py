"""The steps of a request that an export dates: accepted, told, decided, finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.clock import local_day
from core.milestones import Fact, Milestone, written
from core.vocabulary import ClockStart, ClockStop, Precision
from crawlers.imports.cells import Cell, as_line
from crawlers.imports.times import Received, TimeColumns
from crawlers.parsing.dates import Moment

# One column may date several facts; each rule looks for its own.
FACTS: Mapping[str, tuple[Fact, ...]] = {
    "accepted_at": (ClockStart.ACCEPTED,),
    "registered_at": (ClockStop.REGISTERED,),
    "told_at": (ClockStop.DECISION_TOLD, ClockStop.WRITTEN_NOTICE),
    "decided_at": (ClockStop.CASE_DECIDED,),
    "finished_at": (ClockStop.MEDIATION_ENDED, ClockStop.CASE_DECIDED, ClockStop.FINISHED),
    "answered_at": (ClockStop.ANSWERED,),
}


class StepColumns:
    """The step columns of one table; none for kinds of file that have no such steps."""

    def __init__(self, columns: Mapping[str, tuple[int, ...]], times: TimeColumns) -> None:
        self._columns = [(field, columns[field]) for field in FACTS if field in columns]
        self._times = times

    def read(self, cells: Sequence[Cell], received: Received, warnings: list[str]) -> dict[str, str]:
        """What the row says, as extra columns of its record; an impossible date is left out and said."""
        if not self._columns:
            return {}
        steps: dict[str, str] = {}
        for field, places in self._columns:
            moment, column = self._times.read(cells, places)
            if column is None:
                continue
            if moment is None or moment.at > self._times.now or _is_before(moment, received.moment):
                label, shown = self._times.labels[column], as_line(cells[column])[:30]
                warnings.append(f"“{label}”中的“{shown}”不是可能的时间，留空。")
                continue
            for fact in FACTS[field]:
                # The better column stands: a day of decision of its own wins over the day of closing.
                key, value = written(fact, Milestone(*moment))
                steps.setdefault(key, value)
        return steps


def _is_before(moment: Moment, received: Moment) -> bool:
    if Precision.DAY in (moment.precision, received.precision):
        return local_day(moment.at) < local_day(received.at)
    return moment.at < received.at
