"""台账: every case of a period on one line, and the replies to write back into their platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.clock import day_end, day_start, shanghai
from core.labels import label
from core.vocabulary import CaseKind, CaseState, Channel, DeadlineState, DeadlineStatus
from reports.papers.scope import Desk, Period
from reports.response_times import NO_SECTION
from storage import acknowledgements, assessments, case_pages, ledger, sections
from storage.database import Connection, Row

_GONE = (DeadlineState.CANCELLED.value, DeadlineState.SUPERSEDED.value)
_ANSWER_LENGTH = 500

Cell = str | int | datetime | None

LEDGER_HEAD = (
    "序号", "办件", "种类", "渠道", "来源编号", "收到", "标题", "类型", "主题", "科室", "状态", "时限",
    "截止", "答复", "办理结果", "签收", "签收人", "答复摘要", "公开链接",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger of a period.

    Attributes:
        lines: in order of receipt, each as long as `LEDGER_HEAD`; instants on the office's wall clock.
        by_section: section → how many of its clocks stand in each state, by name of the section.
    """

    office: str
    period: str
    as_of: datetime
    lines: tuple[tuple[Cell, ...], ...]
    by_section: Mapping[str, Mapping[DeadlineStatus, int]]


def ledger_of(connection: Connection, period: Period, desk: Desk) -> Ledger:
    """Every case received in the period; the clock shown is the one that ends first."""
    rows = ledger.cases_received(connection, day_start(period.since), day_end(period.until))
    numbers = [row["id"] for row in rows]
    clocks = case_pages.clocks_of(connection, numbers, desk.as_of)
    known = _Known(
        clocks={case: [one for one in found if one["state"] not in _GONE] for case, found in clocks.items()},
        answers=ledger.answers_of(connection, numbers),
        signed=acknowledgements.first_of_cases(connection, numbers),
        said=assessments.effective(connection, [row["message_id"] for row in rows if row["message_id"]]),
        names=sections.names(connection),
        rules=desk.rules,
    )
    lines = tuple(_line(number, row, known) for number, row in enumerate(rows, start=1))
    by_section: dict[str, dict[DeadlineStatus, int]] = {}
    for row in rows:
        counts = by_section.setdefault(_section(row, known), {})
        for clock in known.clocks[row["id"]][:1]:
            state = DeadlineStatus(clock["status"])
            counts[state] = counts.get(state, 0) + 1
    return Ledger(desk.issuer, period.text, desk.as_of, lines, dict(sorted(by_section.items())))


@dataclass(frozen=True, slots=True)
class _Known:
    clocks: Mapping[int, list[Row]]
    answers: Mapping[int, Row]
    signed: Mapping[int, Row]
    said: Mapping[int, assessments.Effective]
    names: Mapping[str, str]
    rules: Mapping[str, str]


def _line(number: int, row: Row, known: _Known) -> tuple[Cell, ...]:
    clock = next(iter(known.clocks[row["id"]]), None)
    answer, signed = known.answers.get(row["id"]), known.signed.get(row["id"])
    said = known.said.get(row["message_id"]) if row["message_id"] else None
    return (
        number,
        row["id"],
        label(CaseKind(row["kind"])),
        label(Channel(row["channel"])),
        row["native_id"],
        _local(row["received_at"]),
        row["title"],
        label(said.kind) if said else None,
        said.topic or None if said else None,
        _section(row, known),
        label(CaseState(row["state"])),
        known.rules.get(clock["rule_key"], clock["rule_key"]) if clock else None,
        _local(clock["due_at"]) if clock else None,
        _local(answer["occurred_at"]) if answer else None,
        label(DeadlineStatus(clock["status"])) if clock else None,
        _local(signed["at"]) if signed else None,
        signed["name"] if signed else None,
        _shortened(answer["text"] or answer["title"] or "") if answer else None,
        answer["url"] if answer else None,
    )


def _section(row: Row, known: _Known) -> str:
    return known.names.get(row["section"], row["section"]) or NO_SECTION


def _local(instant: datetime | None) -> datetime | None:
    return None if instant is None else shanghai(instant).replace(tzinfo=None)


def _shortened(text: str) -> str:
    return text if len(text) <= _ANSWER_LENGTH else f"{text[: _ANSWER_LENGTH - 1]}…"


@dataclass(frozen=True, slots=True)
class WriteBack:
    """Replies for the platform they belong to.

    Attributes:
        lines: number of the platform, title, reply, time of the reply, section.
        without_number: replies to messages that the platform gave no number, which must be entered by hand.
    """

    lines: tuple[tuple[Cell, ...], ...]
    without_number: tuple[tuple[Cell, ...], ...]


def write_back(connection: Connection, channel: Channel, period: Period) -> WriteBack:
    """The substantive replies recorded here in a period; each line once, also where a case has several."""
    found = ledger.replies_given(connection, channel.value, day_start(period.since), day_end(period.until))
    names = sections.names(connection)
    numbered: list[tuple[Cell, ...]] = []
    bare: list[tuple[Cell, ...]] = []
    for row in found:
        number = None if row["native_id_is_derived"] else row["native_id"]
        said_by = row["org"] or names.get(row["section"], row["section"])
        at = _local(row["occurred_at"] or row["recorded_at"])
        (bare if number is None else numbered).append((number, row["title"], row["text"], at, said_by))
    return WriteBack(tuple(numbered), tuple(bare))
