"""The yearly openness report: applications for disclosure, their results, and the disputes they led to.

Source: 《政府信息公开条例》第五十条第一款第二、三项 names what the report holds. That received and
carried over together equal results and carried on is the check of its form (国办公开办函〔2019〕60号).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from alerts.procedures import Procedures
from core.clock import day_start, iso, local_day
from core.errors import InvalidInput
from core.vocabulary import CaseState
from storage import openness as store
from storage.database import Connection, Row

CLAUSE = "《中华人民共和国政府信息公开条例》第五十条第一款第二、三项"
FORM = "国办公开办函〔2019〕60号《关于政府信息公开工作年度报告有关事项的通知》"
_FIRST_YEAR = 2008
_UNRECORDED = "unrecorded"
_LEFT_OUT = frozenset({CaseState.DISMISSED.value, CaseState.MERGED.value})
_ENDINGS = {"upheld": "结果维持", "corrected": "结果纠正", "other": "其他结果", "pending": "尚未审结"}
# 责令重新答复 and 确认违法 correct what the office did; the form knows no finer kinds.
_CORRECTING = frozenset({"redone", "unlawful"})
_DISPUTES = ("appeal", "lawsuit", "lawsuit_after_appeal")

NOTES = (
    "一件申请只计一次，按第一次有效答复归类；复议、诉讼后重新答复的不再另计。",
    "复议、诉讼：本年内审结的（含上年收到的），加统计时尚未审结的。",
    "责令（判决）重新答复和确认违法计为“结果纠正”。",
    "申请人类别（自然人、法人等）、不予公开和不予处理的具体理由没有登记，须人工填写；归类由人核对。",
)
GROUPS = {
    "applications": "收到和处理政府信息公开申请",
    "results": "本年度办理结果",
    "appeal": "行政复议",
    "lawsuit": "行政诉讼：未经复议直接起诉",
    "lawsuit_after_appeal": "行政诉讼：复议后起诉",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """One application, or one dispute about it, behind a figure.

    Attributes:
        at: when it was answered or decided; None where it has not been.
        document: the paper of that, as recorded.
    """

    case: int
    native_id: str
    title: str
    section: str
    received_at: datetime
    at: datetime | None
    document: str

    def as_json(self) -> dict[str, object]:
        """In the shape of the interface."""
        return {
            "case": self.case,
            "native_id": self.native_id,
            "title": self.title,
            "section": self.section,
            "received_at": iso(self.received_at),
            "at": iso(self.at),
            "document": self.document,
        }


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its rows, in order of receipt; `key` names it in addresses."""

    key: str
    group: str
    label: str
    rows: Sequence[Counted]

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Openness:
    """The figures of one year, in the order of the form.

    Attributes:
        as_of: the end of the year, or now where it has not ended.
        left_out: applications put aside or merged, which count nowhere.
    """

    year: int
    as_of: datetime
    figures: Sequence[Figure]
    left_out: int

    def figure(self, key: str) -> Figure | None:
        """The figure of this key, or None."""
        return next((one for one in self.figures if one.key == key), None)

    @property
    def balance(self) -> tuple[int, int]:
        """Received and carried over; results and carried on. Every application stands once on both sides."""
        counts = {one.key: one.count for one in self.figures}
        return (counts["received"] + counts["carried_over"], counts["results"] + counts["carried_on"])

    def as_json(self) -> dict[str, object]:
        """In the shape of the interface, with every row."""
        return {
            "year": self.year,
            "as_of": iso(self.as_of),
            "source": CLAUSE,
            "left_out": self.left_out,
            "figures": [
                {
                    "key": one.key,
                    "group": one.group,
                    "label": one.label,
                    "count": one.count,
                    "rows": [row.as_json() for row in one.rows],
                }
                for one in self.figures
            ],
        }


def openness(connection: Connection, year: int, *, now: datetime, results: Mapping[str, str]) -> Openness:
    """Count a year (Beijing time) from the stored cases and steps.

    An application counts once, by the first answer that stands; a new answer after a review is none of a new
    application. A dispute is concluded by the next decision recorded behind it in the same case.

    Args:
        results: key → words of the results of an answer, see `result_names`.

    Raises:
        InvalidInput: the year is to come, or before there were such reports.
    """
    if not _FIRST_YEAR <= year <= local_day(now).year:
        raise InvalidInput(
            f"不能统计 {year} 年。", mend=f"请填写 {_FIRST_YEAR} 年以后、已经开始的年份。", field="year"
        )
    begin, end = day_start(date(year, 1, 1)), day_start(date(year + 1, 1, 1))
    every = store.applications(connection, end)
    kept = {row["id"]: row for row in every if row["state"] not in _LEFT_OUT}
    done: dict[int, list[Row]] = defaultdict(list)
    for step in store.done(connection, end):
        if step["case_id"] in kept:
            done[step["case_id"]].append(step)
    figures = [*_applications(kept, done, begin, results), *_disputes(kept, done, begin)]
    left_out = sum(row["state"] in _LEFT_OUT and row["received_at"] >= begin for row in every)
    return Openness(year, min(end, now), figures, left_out)


def result_names(procedures: Procedures) -> Mapping[str, str]:
    """Key → words of what an application may come to, as `rules/procedures/foi.yml` has them."""
    foi = procedures.named("foi")
    answered = foi.step("answered") if foi else None
    return answered.results if answered else {}


def _applications(
    kept: Mapping[int, Row], done: Mapping[int, list[Row]], begin: datetime, results: Mapping[str, str]
) -> list[Figure]:
    answers = {number: _answer(done.get(number, ())) for number in kept}
    # One answered in an earlier year has nothing to do with this one.
    ours = {n: row for n, row in kept.items() if (a := answers[n]) is None or a["at"] >= begin}

    def figure(key: str, words: str, fits: Callable[[Row, Row | None], bool]) -> Figure:
        rows = [_row(row, answers[n]) for n, row in ours.items() if fits(row, answers[n])]
        group = "results" if key.startswith("result") else "applications"
        return Figure(key, group, words, rows)

    def resulted(key: str, words: str) -> Figure:
        return figure(f"result.{key}", words, lambda _, one: one is not None and _result(one) == key)

    found = {_result(answer) for answer in answers.values() if answer is not None}
    unknown = {key: key for key in sorted(found - results.keys() - {_UNRECORDED})}
    names = {**results, **unknown, _UNRECORDED: "已答复，未登记结果"}
    return [
        figure("received", "本年新收政府信息公开申请", lambda row, _: bool(row["received_at"] >= begin)),
        figure("carried_over", "上年结转政府信息公开申请", lambda row, _: bool(row["received_at"] < begin)),
        *(resulted(key, words) for key, words in names.items()),
        figure("results", "总计", lambda _, one: one is not None),
        figure("carried_on", "结转下年度继续办理", lambda _, one: one is None),
    ]


def _answer(steps: Iterable[Row]) -> Row | None:
    """The first answer; a reply that was imported without steps is one whose result nobody recorded."""
    steps = list(steps)
    answered = (one for one in steps if one["step"] == "answered")
    return next(answered, next((one for one in steps if one["step"] is None), None))


def _result(answer: Row) -> str:
    return answer["result"] or _UNRECORDED


def _disputes(kept: Mapping[int, Row], done: Mapping[int, list[Row]], begin: datetime) -> list[Figure]:
    rows: dict[tuple[str, str], list[Counted]] = defaultdict(list)
    for number, steps in done.items():
        for kind, taken, decided in (*_pairs(steps, "appeal"), *_pairs(steps, "lawsuit")):
            if decided is None or decided["at"] >= begin:
                one = _row(kept[number], decided, taken)
                rows[kind, _ending(decided)].append(one)
                rows[kind, "total"].append(one)
    return [
        Figure(f"{kind}.{ending}", kind, words, sorted(rows[kind, ending], key=_by_receipt))
        for kind in _DISPUTES
        for ending, words in (*_ENDINGS.items(), ("total", "总计"))
    ]


def _pairs(steps: Sequence[Row], what: str) -> list[tuple[str, Row, Row | None]]:
    """Every dispute of a case with its decision: the oldest one that has none yet gets the next."""
    taken: list[tuple[str, Row, Row | None]] = []
    seen_appeal = False
    for step in steps:
        if step["step"] == f"{what}_received":
            taken.append((f"{what}_after_appeal" if seen_appeal else what, step, None))
        elif step["step"] == f"{what}_decided":
            waiting = next((n for n, one in enumerate(taken) if one[2] is None), None)
            if waiting is not None:
                taken[waiting] = (*taken[waiting][:2], step)
        seen_appeal |= what == "lawsuit" and step["step"] == "appeal_received"
    return taken


def _ending(decided: Row | None) -> str:
    if decided is None:
        return "pending"
    if decided["result"] in _CORRECTING:
        return "corrected"
    return "upheld" if decided["result"] == "upheld" else "other"


def _by_receipt(row: Counted) -> tuple[datetime, int]:
    return row.received_at, row.case


def _row(case: Row, ended: Row | None, begun: Row | None = None) -> Counted:
    return Counted(
        case=case["id"],
        native_id=case["native_id"] or "",
        title=case["title"],
        section=case["section"],
        received_at=begun["at"] if begun is not None else case["received_at"],
        at=ended["at"] if ended is not None else None,
        document=paper["title"] or "" if (paper := ended or begun) is not None else "",
    )
