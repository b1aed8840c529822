"""Which section of the office a message is suggested to: by name, by habit, by topic and place."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from core.rule_files import RuleFileModel, read_rule_file

# What a section called after a place leaves out: 南翔镇 has its 南翔所.
_LEVEL = re.compile(r"(?:街道|[省市区县镇乡])")
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Handled:
    """A topic as routing sees it: its name, and words in the names of sections that handle it."""

    name: str
    sections: Sequence[str] = ()


class _Habit(RuleFileModel):
    newest_cases: int = Field(ge=1)
    cases: int = Field(ge=1)
    share: float = Field(gt=0.5, le=1)
    why: str = Field(min_length=1)


class RoutingRules(RuleFileModel):
    """The numbers of `rules/routing.yml`, with their reason."""

    habit: _Habit


def load_routing_rules(path: Path) -> RoutingRules:
    """The rules of a file such as `rules/routing.yml`.

    Raises:
        RuleError: the file has a wrong shape, or a number without its reason.
    """
    return read_rule_file(path, RoutingRules)


class Habits:
    """What the office itself gave to which section, reassignments included."""

    def __init__(self, handed_out: Iterable[tuple[str, str, str]], rules: RoutingRules) -> None:
        """`handed_out`: topic, place and present section of each case; an empty topic tells nothing."""
        self._rule = rules.habit
        self._counted: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for topic, place, section in handed_out:
            if topic:
                self._counted[topic, ""][section] += 1
                if place:
                    self._counted[topic, place][section] += 1

    def section_for(self, topic: str, place: str, sections: Sequence[str]) -> tuple[str, list[str]]:
        """The section that had most of the same topic and place, else of the topic; empty without a habit."""
        for where in dict.fromkeys((place, "")):
            counted = self._counted.get((topic, where))
            if counted is None:
                continue
            name, times = counted.most_common(1)[0]
            clear = times >= self._rule.cases and times >= self._rule.share * counted.total()
            if clear and name in sections:
                at = f"、地点“{where}”" if where else ""
                told = f"本单位最近{counted.total()}件领域“{topic}”{at}的来文，{times}件由{name}承办。"
                return name, [told]
        return "", []


def section_for(
    text: str, topic: Handled | None, place: str, sections: Sequence[str], habits: Habits | None = None
) -> tuple[str, list[str]]:
    """The suggested section, and why; the empty string where nothing speaks for one.

    A section named in the text comes first (the longest name, if several); then the one the office itself
    gave such messages to; then the section whose own name contains the topic's section words, the first word
    that fits. Of several that fit equally, or where the topic tells none, the one called after the place. Two
    that still fit equally are no suggestion: a guess would only have to be sent back.

    Args:
        text: normalized.
        place: from the province down; empty for unknown.
        sections: names of the office's sections.
    """
    named = sorted((name for name in sections if name and name in text), key=len, reverse=True)
    if named:
        return named[0], [f"文中点名“{named[0]}”。"]
    if topic is not None and habits is not None:
        name, reasons = habits.section_for(topic.name, place, sections)
        if name:
            return name, reasons
    local = _called_after(place, sections)
    if topic is None:
        return _only(local, f"地点“{place}”", "领域不明，没有建议科室。")
    for word in topic.sections:
        fitting = [name for name in sections if word in name]
        if len(fitting) == 1:
            return fitting[0], [f"领域“{topic.name}”由名称含“{word}”的科室承办。"]
        if fitting:
            here = [name for name in fitting if name in local]
            unclear = f"领域“{topic.name}”有{len(fitting)}个科室可承办，请人工选定。"
            return _only(here, f"领域“{topic.name}”、地点“{place}”", unclear)
    return _only(local, f"地点“{place}”", f"没有名称与领域“{topic.name}”相符的科室。")


def _only(fitting: Sequence[str], common: str, otherwise: str) -> tuple[str, list[str]]:
    if len(fitting) == 1:
        return fitting[0], [f"{common}由{fitting[0]}承办。"]
    return "", [otherwise]


def _called_after(place: str, sections: Sequence[str]) -> list[str]:
    """Sections called after the innermost part of the place that any is called after."""
    parts = [part for part in _LEVEL.split(place) if len(part) >= _SHORTEST]
    for part in reversed(parts):
        found = [name for name in sections if part in name]
        if found:
            return found
    return []
