"""What the address of the page 检索 asks for; every filter stays in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from api.periods import day_of
from core.clock import day_end, day_start
from core.errors import InvalidInput
from core.labels import label
from core.vocabulary import Channel, MessageKind, Polarity, RiskLevel
from storage.search.port import Filters, Order

PATH = "/search"
FACETS: Mapping[str, str] = {
    "channel": "渠道",
    "section": "科室",
    "topic": "领域",
    "area": "地区",
    "polarity": "情感",
    "risk": "风险",
    "kind": "类别",
    "incident": "事件",
}
_WORDS = {"channel": Channel, "polarity": Polarity, "risk": RiskLevel, "kind": MessageKind}
_MOST_VALUES = 50
_LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """One search as its address says it; `values` holds the filters by name of `FACETS`."""

    text: str
    since: str
    until: str
    order: str
    cursor: str
    values: Mapping[str, tuple[str, ...]]

    @property
    def is_filtered(self) -> bool:
        """Whether anything but words is asked for."""
        return bool(self.since or self.until or any(self.values.values()))

    def filters(self, sees_only: str | None) -> Filters:
        """For the index; a handler is confined to the own section's cases.

        Raises:
            InvalidInput: a day is none.
        """
        values = {name: some for name, some in self.values.items() if some}
        if sees_only is not None:
            values["case_section"] = (sees_only,)
        return Filters(
            since=day_start(day_of(self.since, "from")) if self.since else None,
            until=day_end(day_of(self.until, "to")) if self.until else None,
            values=values,
        )

    def sorted_by(self) -> Order:
        """The order asked for.

        Raises:
            InvalidInput: there is no such order.
        """
        try:
            return Order(self.order)
        except ValueError as error:
            raise InvalidInput("没有这种排序。", mend="请选最新在前或最相关在前。", field="order") from error

    def href(self, *, path: str = PATH, cursor: str = "", **changed: str) -> str:
        """The address of this search from its first page, or from `cursor`, with some of it changed."""
        single = {"q": self.text, "from": self.since, "to": self.until, "order": self.order, **changed}
        return _address(path, single, self.values, cursor)

    def toggled(self, name: str, value: str) -> str:
        """The address with one value more, or without it."""
        had = self.values.get(name, ())
        now = tuple(one for one in had if one != value) if value in had else (*had, value)
        single = {"q": self.text, "from": self.since, "to": self.until, "order": self.order}
        return _address(PATH, single, {**self.values, name: now}, "")


def asked_of(query: QueryParams) -> Asked:
    """What an address asks for; names that mean nothing here are let be."""
    values = {
        name: tuple(dict.fromkeys(one[:_LONGEST_VALUE] for one in query.getlist(name) if one))[:_MOST_VALUES]
        for name in FACETS
    }
    return Asked(
        text=query.get("q", "").strip(),
        since=query.get("from", ""),
        until=query.get("to", ""),
        order=query.get("order", Order.NEWEST.value),
        cursor=query.get("cursor", ""),
        values=values,
    )


def words_of(name: str, value: str) -> str:
    """A value as an official reads it."""
    kind = _WORDS.get(name)
    if kind is not None and value in set(kind):
        return label(kind(value))
    return f"事件 {value}" if name == "incident" else value


def _address(path: str, single: Mapping[str, str], values: Mapping[str, Sequence[str]], cursor: str) -> str:
    pairs = [(name, value) for name, value in single.items() if value]
    pairs = [pair for pair in pairs if pair != ("order", Order.NEWEST.value)]
    pairs += [(name, one) for name, some in values.items() for one in some]
    if cursor:
        pairs.append(("cursor", cursor))
    return f"{path}?{urlencode(pairs)}" if pairs else path
