"""The instants of a row: when it was received, and when it was answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from core.clock import local_day
from core.model import ReplyRecord
from core.vocabulary import Precision
from crawlers.imports.cells import Cell, as_line
from crawlers.parsing.dates import Moment, read_moment
from crawlers.parsing.order_numbers import moment_in

# No channel we read is older; what stands before is a spreadsheet's zero.
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row goes to quarantine: the column at fault and one Chinese reason."""

    column: str
    reason: str


class Received(NamedTuple):
    """When the office got a message.

    Attributes:
        moment: instant and precision.
        source: our field it was taken from.
        created_at: when the citizen sent it, where a dispatch time stands beside it.
    """

    moment: Moment
    source: str
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TimeColumns:
    """The time columns of one table and how to read them.

    Attributes:
        labels: the header of every column.
        dispatched, created, replied: column numbers, best first.
        month_first: columns in which `12/16/2016` is read month first.
        order_no: the order number's columns, where no time column exists and it tells the day; else empty.
        now: nothing can have happened after it.
    """

    labels: Sequence[str]
    dispatched: tuple[int, ...]
    created: tuple[int, ...]
    replied: tuple[int, ...]
    month_first: frozenset[int]
    order_no: tuple[int, ...]
    now: datetime

    def read(self, cells: Sequence[Cell], columns: tuple[int, ...]) -> tuple[Moment | None, int | None]:
        """Instant and number of the first filled one of `columns`; None for what is unreadable or empty."""
        for i in columns:
            cell = cells[i]
            if cell is None or cell == "":
                continue
            month_first = i in self.month_first
            moment = read_moment(cell, month_first=month_first)
            if moment is None and isinstance(cell, str):
                text = as_line(cell)
                if not text:
                    continue
                moment = read_moment(text, month_first=month_first)
            return (moment if moment is not None and moment.at >= _EARLIEST else None), i
        return None, None

    def received(self, cells: Sequence[Cell], warnings: list[str]) -> Received | Refusal:
        """When the row was received: dispatched, else created, else by its number."""
        if self.order_no:
            return self._from_number(cells)
        dispatched, at = self.read(cells, self.dispatched)
        created, created_column = self.read(cells, self.created)
        source = "dispatched_at"
        moment, column = dispatched, at
        if at is None:
            source, moment, column = "created_at", created, created_column
        if column is None:
            label = self.labels[next(iter(self.created + self.dispatched), 0)]
            return Refusal(label, f"“{label}”为空，无法计算时限。")
        label = self.labels[column]
        if moment is None:
            return Refusal(label, f"“{label}”中的“{_shown(cells[column])}”不是有效的时间。")
        if moment.at > self.now:
            return Refusal(label, f"“{label}”晚于导入时间。")
        if at is None:
            return Received(moment, source)
        if created_column is not None and created is None:
            warnings.append(f"“{self.labels[created_column]}”不是有效的时间，留空。")
        return Received(moment, source, created.at if created else None)

    def _from_number(self, cells: Sequence[Cell]) -> Received | Refusal:
        number = next((text for i in self.order_no if (text := as_line(cells[i]))), "")
        moment = moment_in(number)
        label = self.labels[self.order_no[0]]
        if moment is None:
            return Refusal(label, f"没有时间列，“{label}”中也看不出日期。")
        if moment.at > self.now:
            return Refusal(label, f"“{label}”中的日期晚于导入时间。")
        return Received(moment, "order_no")

    def reply(
        self, cells: Sequence[Cell], text: str, org: str, received: Moment, warnings: list[str]
    ) -> ReplyRecord | Refusal:
        """The reply `text` with its time; without a usable time `at` is None, never a guess."""
        moment, column = self.read(cells, self.replied)
        if column is None:
            return ReplyRecord(text, None, Precision.DAY, org)
        label = self.labels[column]
        if moment is None:
            warnings.append(f"“{label}”不是有效的时间，答复按时间不明处理。")
            return ReplyRecord(text, None, Precision.DAY, org)
        if moment.at > self.now:
            warnings.append(f"“{label}”晚于导入时间，答复按时间不明处理。")
            return ReplyRecord(text, None, Precision.DAY, org)
        if _is_before(moment, received.at):
            return Refusal(label, f"“{label}”早于收到时间。")
        return ReplyRecord(text, max(moment.at, received.at), moment.precision, org)


def _is_before(reply: Moment, received_at: datetime) -> bool:
    """Compared only as exactly as the reply is known: a date on the same day is not before."""
    match reply.precision:
        case Precision.DAY:
            return local_day(reply.at) < local_day(received_at)
        case Precision.MINUTE:
            return reply.at < received_at.replace(second=0, microsecond=0)
        case Precision.SECOND:
            return reply.at < received_at


def _shown(cell: Cell) -> str:
    return as_line(cell)[:30]
