"""分诊: from assessments to "look at this". Pure, but for loading the numbers.

What raises an alert is risk with its reasons, a matter that stirs, or many public voices about one topic in
one place. How a text sounds is not looked at: a sentiment score alone never raises one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from pydantic import Field

from alerts.grade_suggestion import Circumstances, GradeRule, suggested
from core.clock import local_day
from core.rule_files import RuleFileModel, read_rule_file
from core.vocabulary import Channel, Level


class Step(StrEnum):
    """What triage decides."""

    RAISE_ALERT = "raise_alert"
    OPEN_INCIDENT = "open_incident"
    JOIN_INCIDENT = "join_incident"


@dataclass(frozen=True, slots=True)
class Assessed:
    """An assessed message, as far as triage looks at it.

    Attributes:
        topic, place: empty where unknown; the unknown is no common matter.
        risk: level of risk as the analysis words it.
        risk_reasons: Chinese sentences.
        polarity, sentiment: shown beside an alert, never a reason for one.
    """

    message_id: int
    channel: Channel
    received_at: datetime
    title: str
    topic: str
    place: str
    risk: str
    risk_reasons: tuple[str, ...] = ()
    polarity: str = ""
    sentiment: float | None = None


@dataclass(frozen=True, slots=True)
class OpenMatter:
    """An incident that is not over, by what its messages have in common."""

    case_id: int
    topic: str
    place: str
    last_at: datetime
    message_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Stirring:
    """Messages that the analysis found to speak of one matter, and how that matter stirs.

    Attributes:
        matter: its number, the same for good.
        name: what happened, in the citizens' words.
        stirred_at: when it stirred last; None for a matter that only belongs to an incident.
        reasons: Chinese sentences about how it stirs and how hot it is.
        message_ids: oldest first.
        circumstances: what a grade is suggested by, counted over its messages and the incident's others.
        case_id: the incident it belongs to, where that is not over.
        joined: those of its messages that the incident has.
        again_after: the incident that somebody dismissed before the matter truly grew.
    """

    matter: int
    name: str
    stirred_at: datetime | None
    reasons: tuple[str, ...]
    message_ids: tuple[int, ...]
    circumstances: Circumstances
    case_id: int | None = None
    joined: frozenset[int] = frozenset()
    again_after: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What should be done, and why.

    Attributes:
        key: the same matter gives the same key, so that it is decided once.
        title: what the desk reads.
        reasons: Chinese sentences, never empty.
        message_ids: oldest first.
        case_id: the incident to join.
        suggested_level: for a new incident.
        matter: the matter a new incident is about, where the analysis told one.
    """

    step: Step
    key: str
    title: str
    reasons: tuple[str, ...]
    message_ids: tuple[int, ...]
    case_id: int | None = None
    suggested_level: Level | None = None
    matter: int | None = None


class _Risk(RuleFileModel):
    levels: tuple[str, ...] = Field(min_length=1)
    why: str = Field(min_length=1)


class _Cluster(RuleFileModel):
    messages: int = Field(ge=2)
    window_hours: int = Field(ge=1)
    why: str = Field(min_length=1)


class _Again(RuleFileModel):
    messages: int = Field(ge=1)
    share: float = Field(gt=0)
    why: str = Field(min_length=1)


class TriageRules(RuleFileModel):
    """The numbers of `rules/triage.yml`, each with its reason."""

    alert_risk: _Risk
    cluster: _Cluster
    again: _Again
    suggested_levels: tuple[GradeRule, ...]

    @property
    def window(self) -> timedelta:
        """How close together the voices of one matter are."""
        return timedelta(hours=self.cluster.window_hours)

    def has_grown(self, before: int, since: int) -> bool:
        """Whether what was dismissed with `before` messages and gained `since` is to be looked at anew."""
        return since >= self.again.messages and since >= self.again.share * before


def load_triage_rules(path: Path) -> TriageRules:
    """The rules of a file such as `rules/triage.yml`.

    Raises:
        RuleError: the file has a wrong shape, or a number without its reason.
    """
    return read_rule_file(path, TriageRules)


def triage(
    assessed: Sequence[Assessed],
    matters: Sequence[OpenMatter],
    rules: TriageRules,
    public: frozenset[Channel],
    stirring: Sequence[Stirring] = (),
    silenced: Collection[int] = (),
) -> list[Decision]:
    """What to do about these messages; nothing for most of them.

    Args:
        assessed: in any order; at least what came within the window before the newest.
        matters: incidents that are not over.
        public: channels everybody can read; only these make a matter of many voices by topic and place.
        stirring: matters that stir or belong to an incident, over all channels, the hottest first.
        silenced: messages of matters that somebody dismissed; they open nothing by topic and place either.

    Returns:
        Decisions about single messages first, by message, then about the matters that stir, then about public
        messages of one topic and place that no matter has taken.
    """
    in_order = sorted(assessed, key=lambda one: (one.received_at, one.message_id))
    risky = [_risk_alert(one) for one in in_order if one.risk in rules.alert_risk.levels]
    told = [decision for one in stirring if (decision := _about_matter(one, rules)) is not None]
    taken = {number for decision in told for number in decision.message_ids}.union(silenced)
    groups: dict[tuple[str, str], list[Assessed]] = defaultdict(list)
    for one in in_order:
        if one.channel in public and one.topic and one.place:
            groups[one.topic, one.place].append(one)
    about_places: list[Decision] = []
    for _, group in sorted(groups.items()):
        place = _opened_by(told, group)
        if place is not None:
            told[place] = _widened(told[place], group, rules)
        elif (decision := _about(group, matters, rules, taken)) is not None:
            about_places.append(decision)
    return [*risky, *told, *about_places]


def _opened_by(told: Sequence[Decision], group: Sequence[Assessed]) -> int | None:
    """Which of the decisions opens an incident with messages of this group."""
    ids = {one.message_id for one in group}
    opening = (place for place, one in enumerate(told) if one.step is Step.OPEN_INCIDENT)
    return next((place for place in opening if ids.intersection(told[place].message_ids)), None)


def _widened(decision: Decision, group: Sequence[Assessed], rules: TriageRules) -> Decision:
    """The incident takes in what else is said publicly of the same topic and place, if that is much."""
    surge = _surge(group, rules)
    if not surge:
        return decision
    ids = dict.fromkeys([*decision.message_ids, *(one.message_id for one in surge)])
    level, _ = suggested(_counted(surge), rules.suggested_levels)
    levels = [one for one in (decision.suggested_level, level) if one]
    graver = min(levels, key=list(Level).index, default=None)
    return replace(decision, message_ids=tuple(ids), suggested_level=graver)


def _about_matter(one: Stirring, rules: TriageRules) -> Decision | None:
    level, why = suggested(one.circumstances, rules.suggested_levels)
    if one.case_id is not None:
        fresh = tuple(number for number in one.message_ids if number not in one.joined)
        if not fresh:
            return None
        reasons = (f"“{one.name}”新增{len(fresh)}条信息，共{len(one.message_ids)}条。", *one.reasons)
        key = f"join:{one.case_id}:{max(fresh)}"
        title = f"{one.name}又有新的信息"
        return Decision(Step.JOIN_INCIDENT, key, title, reasons, fresh, one.case_id, level, one.matter)
    if one.stirred_at is None:
        return None
    # A matter that stirs anew on another day, after its incident was closed, is looked at anew.
    key = f"matter:{one.matter}:{local_day(one.stirred_at).isoformat()}"
    if one.again_after is not None:
        key = f"matter:{one.matter}:after:{one.again_after}"
    reasons = (*one.reasons, *why)
    return Decision(Step.OPEN_INCIDENT, key, one.name, reasons, one.message_ids, None, level, one.matter)


def _risk_alert(one: Assessed) -> Decision:
    reasons = one.risk_reasons or ("研判为高风险。",)
    return Decision(Step.RAISE_ALERT, f"risk:{one.message_id}", one.title, reasons, (one.message_id,))


def _about(
    group: Sequence[Assessed], matters: Sequence[OpenMatter], rules: TriageRules, taken: Collection[int]
) -> Decision | None:
    topic, place = group[0].topic, group[0].place
    matter = next((one for one in matters if (one.topic, one.place) == (topic, place)), None)
    if matter is not None:
        near = [one for one in group if one.received_at - matter.last_at <= rules.window]
        return _join(matter, near, rules, taken)
    surge = _surge([one for one in group if one.message_id not in taken], rules)
    return _open(surge, rules) if surge else None


def _join(
    matter: OpenMatter, near: Sequence[Assessed], rules: TriageRules, taken: Collection[int]
) -> Decision | None:
    known = matter.message_ids.union(taken)
    fresh = [one for one in near if one.message_id not in known]
    if not fresh:
        return None
    ids = tuple(one.message_id for one in fresh)
    level, _ = suggested(_counted(near), rules.suggested_levels)
    return Decision(
        Step.JOIN_INCIDENT,
        f"join:{matter.case_id}:{max(ids)}",
        f"{matter.place}{matter.topic}又有新的信息",
        (f"与该事件同一地点、同一类别，新增{len(ids)}条公开信息。",),
        ids,
        case_id=matter.case_id,
        suggested_level=level,
    )


def _surge(group: Sequence[Assessed], rules: TriageRules) -> list[Assessed]:
    """The messages of the first window that holds enough of them, and all after it; empty where none does."""
    needed = rules.cluster.messages
    for i in range(len(group) - needed + 1):
        if group[i + needed - 1].received_at - group[i].received_at <= rules.window:
            return list(group[i:])
    return []


def _open(surge: Sequence[Assessed], rules: TriageRules) -> Decision:
    first = surge[0]
    hours = rules.cluster.window_hours
    reasons = [f"{hours}小时内有{rules.cluster.messages}条以上公开信息涉及{first.place}的“{first.topic}”。"]
    reasons += list(dict.fromkeys(r for one in surge for r in one.risk_reasons))
    level, why = suggested(_counted(surge), rules.suggested_levels)
    reasons += why
    return Decision(
        Step.OPEN_INCIDENT,
        f"cluster:{first.topic}:{first.place}:{local_day(first.received_at).isoformat()}",
        f"{first.place}{first.topic}集中反映",
        tuple(reasons),
        tuple(one.message_id for one in surge),
        suggested_level=level,
    )


def _counted(some: Sequence[Assessed]) -> Circumstances:
    risks, channels = frozenset(one.risk for one in some), {one.channel for one in some}
    return Circumstances(len(some), len(some), risks=risks, channels=len(channels))
