"""The rules of law the office keeps: each a limit with the clause behind it, by the day it took effect."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

from core.errors import NotFound, RuleError
from core.model import Citation, Limit
from core.rule_entries import RuleEntry, RuleFile
from core.rule_files import read_rule_file, rules_folder
from core.vocabulary import CaseKind, Channel, ClockStart, ClockStop, Level, MessageKind, Trust

__all__ = ["AppliesTo", "Rule", "RuleExample", "Rulebook", "load_rulebook", "rules_folder"]

_SHOWN_KEYS = 5


@dataclass(frozen=True, slots=True)
class AppliesTo:
    """What a rule is for; an empty set means "not told apart by this".

    Attributes:
        kind: the kind of case.
        channels: channels whose messages get this clock by themselves.
        levels: grades of incident.
        message_kinds: kinds of message.
        simple_only: only messages judged a simple question.
    """

    kind: CaseKind
    channels: frozenset[Channel]
    levels: frozenset[Level]
    message_kinds: frozenset[MessageKind]
    simple_only: bool


@dataclass(frozen=True, slots=True)
class RuleExample:
    """A worked example; each one is a test.

    Attributes:
        start: the anchor instant.
        due_on: last day of a day limit, else None.
        due_at: due instant of an hour limit, else None.
        why: what the example shows, in Chinese.
        calendar_as_of: counted with the tables published by this day; None for the newest.
        provisional: the result is provisional.
    """

    start: datetime
    due_on: date | None
    due_at: datetime | None
    why: str
    calendar_as_of: date | None
    provisional: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of one rule.

    Attributes:
        key: stable name, `subject.duty`.
        version: first day of force, ISO; unique within the key.
        label: what an official calls it.
        applies_to: what it is for.
        starts, stops: the facts that start and stop its clock.
        limit: how long the clock runs.
        pausable: whether the law lets its clock stand still.
        extension: how much longer at most after an approved extension, or None.
        citation: the clause.
        interpretation: our reading where the text leaves something open; may be empty.
        in_force_from, in_force_to: first and last day of force; None where no end is known.
        checked_on: day a person last compared it with its source.
        enabled: switched on by default.
        examples: worked examples.
    """

    key: str
    version: str
    label: str
    applies_to: AppliesTo
    starts: ClockStart
    stops: ClockStop
    limit: Limit
    pausable: bool
    extension: Limit | None
    citation: Citation
    interpretation: str
    in_force_from: date
    in_force_to: date | None
    checked_on: date
    enabled: bool
    examples: tuple[RuleExample, ...]


class Rulebook:
    """Every version of every rule; immutable.

    Args:
        rules: validated; the versions of one key do not overlap.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        self._versions: dict[str, tuple[Rule, ...]] = {}
        for rule in sorted(self._rules, key=lambda rule: rule.in_force_from):
            self._versions[rule.key] = (*self._versions.get(rule.key, ()), rule)
        self._by_channel = {
            channel: tuple(
                dict.fromkeys(r.key for r in self._rules if r.enabled and channel in r.applies_to.channels)
            )
            for channel in Channel
        }

    def rules(self) -> tuple[Rule, ...]:
        """Every version of every rule, in the order of the files."""
        return self._rules

    def rule(self, key: str, on: date) -> Rule:
        """The version of a rule in force on a day.

        A day before the first version gets the first: history is measured by the earliest known limit.

        Raises:
            NotFound: no rule has this key (the message names the nearest keys), or it was no longer in force.
        """
        versions = self._versions.get(key)
        if versions is None:
            raise self._unknown(key)
        chosen = versions[0]
        for version in versions[1:]:
            if version.in_force_from <= on:
                chosen = version
        if chosen.in_force_to is not None and on > chosen.in_force_to:
            raise NotFound(
                f"规则 {key} 在 {on.isoformat()} 已经失效。", mend="请改用现行规则。", code="rule.expired"
            )
        return chosen

    def find(self, key: str, version: str) -> Rule | None:
        """The rule with exactly this key and version, or None."""
        return next((rule for rule in self._versions.get(key, ()) if rule.version == version), None)

    def for_channel(self, channel: Channel) -> tuple[str, ...]:
        """The keys whose clocks a message of this channel may start by itself, in the order of the files.

        The caller still looks at `applies_to` (simple questions, kinds of message) and at a limit without an
        amount, which needs the one the order prints. Empty for channels that owe no reply by themselves.
        """
        return self._by_channel[channel]

    def _unknown(self, key: str) -> NotFound:
        near = difflib.get_close_matches(key, self._versions, n=_SHOWN_KEYS, cutoff=0.4)
        shown = near or sorted(self._versions)
        return NotFound(
            f"没有名为“{key}”的规则。",
            mend=f"{'相近的' if near else '可用的'}规则有：{'、'.join(shown)}。",
            code="rule.not_found",
        )


def load_rulebook(folder: Path) -> Rulebook:
    """The rules of `deadlines/*.yml` in a rules folder; every quote of trust `seed` is found in `texts/`.

    Raises:
        RuleError: a file has an unknown or missing key, a bad unit or word, a rule without a citation or
            example, a quote that its text does not hold, or two versions of one key that overlap.
    """
    rules: list[Rule] = []
    origin: dict[tuple[str, str], Path] = {}
    for path in sorted((folder / "deadlines").glob("*.yml")):
        file = read_rule_file(path, RuleFile)
        for entry in file.rules:
            rule = _rule(file, entry)
            _check_quote(path, folder / "texts", rule)
            if (rule.key, rule.version) in origin:
                first = origin[rule.key, rule.version].name
                raise RuleError(path, f"与 {first} 中同一日起施行的规则重复", key=rule.key)
            origin[rule.key, rule.version] = path
            rules.append(rule)
    if not rules:
        raise RuleError(folder / "deadlines", "没有任何规则")
    _check_overlaps(rules, origin)
    return Rulebook(rules)


def _rule(file: RuleFile, entry: RuleEntry) -> Rule:
    applies = entry.applies_to
    limit = entry.limit
    return Rule(
        key=entry.key,
        version=entry.in_force.from_.isoformat(),
        label=entry.label,
        applies_to=AppliesTo(
            applies.kind,
            frozenset(applies.channels),
            frozenset(applies.levels),
            frozenset(applies.message_kinds),
            applies.simple_only,
        ),
        starts=entry.clock.starts,
        stops=entry.clock.stops,
        limit=Limit(limit.amount, limit.unit, backwards=limit.direction == "backwards"),
        pausable=entry.pausable,
        extension=Limit(entry.extension.amount, entry.extension.unit) if entry.extension else None,
        citation=Citation(
            document=file.document.title,
            number=file.document.number,
            section=entry.citation.section,
            quote=entry.citation.quote,
            trust=entry.citation.trust,
            reading=entry.citation.reading,
            text=entry.citation.text,
        ),
        interpretation=entry.interpretation,
        in_force_from=entry.in_force.from_,
        in_force_to=entry.in_force.to,
        checked_on=entry.checked_on,
        enabled=entry.enabled,
        examples=tuple(
            RuleExample(e.from_, e.due, e.due_at, e.why, e.calendar_as_of, e.provisional)
            for e in entry.examples
        ),
    )


def _check_quote(path: Path, texts: Path, rule: Rule) -> None:
    citation = rule.citation
    if citation.text is None:
        if citation.trust is Trust.SEED:
            raise RuleError(path, "原文可查的条款没有写明原文文件 text", key=rule.key)
        return
    source = texts / citation.text
    if not source.is_file():
        raise RuleError(path, f"原文文件 texts/{citation.text} 不存在", key=rule.key)
    if citation.quote not in source.read_text(encoding="utf-8"):
        raise RuleError(path, f"原文文件 texts/{citation.text} 中没有引文“{citation.quote}”", key=rule.key)


def _check_overlaps(rules: Iterable[Rule], origin: dict[tuple[str, str], Path]) -> None:
    by_start = sorted(rules, key=lambda rule: (rule.key, rule.in_force_from))
    for earlier, later in pairwise(by_start):
        if earlier.key != later.key:
            continue
        if earlier.in_force_to is None or earlier.in_force_to >= later.in_force_from:
            path = origin[later.key, later.version]
            raise RuleError(path, f"{later.version} 起的版本与前一版本的施行日期重叠", key=later.key)
