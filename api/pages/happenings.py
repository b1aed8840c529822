"""The trail of a case as an official reads it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from api.pages.handling_contexts import Happening
from api.pages.wording import deadline, span
from core.clock import parse_instant
from core.labels import label
from core.vocabulary import Level, OpinionVerdict, Tag

# What the planner left out is for the auditor, not for the desk.
_NOT_SHOWN = frozenset({Tag.ACTION_SKIPPED.value})
_ENGINE, _IMPORT = "系统", "导入"
_Facts = Mapping[str, Any]


def happenings(
    trail: Sequence[Mapping[str, Any]], rule_labels: Mapping[str, str], *, after: int = 0
) -> list[Happening]:
    """The events behind number `after`, newest first."""
    shown = [event for event in trail if event["seq"] > after and event["tag"] not in _NOT_SHOWN]
    return [_line(event, rule_labels) for event in reversed(shown)]


def _line(event: Mapping[str, Any], rule_labels: Mapping[str, str]) -> Happening:
    tag = Tag(event["tag"])
    by_program = event["actor_kind"] != "human"
    claimed = event["occurred_at"]
    differs = abs(event["recorded_at"] - claimed) >= timedelta(minutes=1)
    return Happening(
        at=event["recorded_at"],
        what=label(tag),
        who=_who(event),
        detail=_detail(tag, event["payload"], rule_labels),
        claimed_at=claimed if differs and tag in _WITH_A_TIME_OF_ITS_OWN else None,
        is_by_program=by_program,
    )


def _who(event: Mapping[str, Any]) -> str:
    if event["actor_kind"] in {"human", "machine"}:
        return str(event["actor"])
    return _IMPORT if event["actor_kind"] == "import" else _ENGINE


_WITH_A_TIME_OF_ITS_OWN = frozenset(
    {
        Tag.CASE_REPLIED,
        Tag.CASE_HOLDING_REPLIED,
        Tag.STATEMENT_PUBLISHED,
        Tag.PRESS_CONFERENCE_HELD,
        Tag.RESPONSE_CLAIMED,
        Tag.STEP_TAKEN,
    }
)


def _detail(tag: Tag, facts: _Facts, rule_labels: Mapping[str, str]) -> str:
    """What the event says beyond its name; empty where that is all."""
    parts = [say(facts) for say in _SAYINGS.get(tag, ())]
    if tag.value.startswith("deadline:") and "rule" in facts:
        parts.append(_name(rule_labels, facts["rule"]))
    met = [f"“{_name(rule_labels, one['rule'])}”{_how(one)}" for one in facts.get("met", ())]
    started = [
        f"“{_name(rule_labels, one['rule'])}”至{deadline(parse_instant(one['due_at']))}"
        for one in facts.get("clocks", ())
    ]
    parts += ["停表：" + "、".join(met)] if met else []
    parts += ["开始计时：" + "、".join(started)] if started else []
    return "；".join(part.rstrip("。") for part in parts if part)


def _name(rule_labels: Mapping[str, str], key: str) -> str:
    return rule_labels.get(key, key)


def _how(met: _Facts) -> str:
    return "按时" if met["on_time"] else "逾期"


def _plain(name: str) -> Callable[[_Facts], str]:
    return lambda facts: str(facts.get(name) or "")


def _grade(facts: _Facts) -> str:
    after = span(timedelta(seconds=facts["graded_after_seconds"]))
    return f"定为{facts['level']}级（{label(Level(facts['level']))}），在最早已知时刻之后{after}"


def _simple(facts: _Facts) -> str:
    return "认定为简单问题" if facts["is_simple"] else "认定为不是简单问题"


def _signed(facts: _Facts) -> str:
    return "" if facts.get("first", True) else f"{facts['by']}已先签收"


def _recalculated(facts: _Facts) -> str:
    was, now = (deadline(parse_instant(facts[name])) for name in ("was", "due_at"))
    numbers = "、".join(facts["notices"])
    return f"由{was}改为{now}" + (f"，依据{numbers}" if numbers else "")


_FIELDS = {
    "polarity": "情感",
    "kind": "诉求类别",
    "is_simple": "简单问题",
    "topic": "主题",
    "section": "建议科室",
}


def _corrected(facts: _Facts) -> str:
    return f"更正“{_FIELDS.get(facts['field'], facts['field'])}”"


_SAYINGS: Mapping[Tag, tuple[Callable[[_Facts], str], ...]] = {
    Tag.CASE_ASSIGNED: (lambda facts: f"交由{facts['section']}",),
    Tag.CASE_ACKNOWLEDGED: (_signed,),
    Tag.CASE_SENT_BACK: (_plain("section"), _plain("reason")),
    Tag.CASE_REFERRED: (_plain("office"), _plain("reason")),
    Tag.CASE_DISMISSED: (_plain("reason"),),
    Tag.CASE_CLOSED: (_plain("outcome"),),
    Tag.CASE_REOPENED: (lambda facts: f"第{facts['cycle']}轮", _plain("reason")),
    Tag.CASE_PAUSED: (_plain("authority"), _plain("reason")),
    Tag.CASE_RESUMED: (_plain("reason"),),
    Tag.CASE_MERGED: (lambda facts: f"并入办件{facts['into']}", _plain("reason")),
    Tag.CASE_ABSORBED: (lambda facts: f"办件{facts['case']}并入本件", _plain("reason")),
    Tag.INCIDENT_SPLIT: (
        lambda facts: f"{len(facts['messages'])}条来文另立事件{facts['case']}",
        _plain("reason"),
    ),
    Tag.CASE_SECTION_ADDED: (_plain("section"),),
    Tag.CASE_SUPERVISED: (_plain("section"), _plain("demand")),
    Tag.SUPERVISION_ANSWERED: (_plain("answer"),),
    Tag.DRAFT_REVIEWED: (_plain("step"), _plain("note")),
    Tag.DRAFT_SENT_BACK: (_plain("step"), _plain("note")),
    Tag.UPDATE_PUBLISHED: (_plain("url"),),
    Tag.REBUTTAL_PUBLISHED: (_plain("url"),),
    Tag.EXTENSION_ASKED: (_plain("reason"),),
    Tag.EXTENSION_REFUSED: (_plain("reason"),),
    Tag.STEP_TAKEN: (_plain("what"), _plain("came"), _plain("document")),
    Tag.OPINION_JUDGED: (lambda facts: label(OpinionVerdict(facts["verdict"])), _plain("reason")),
    Tag.DOCUMENT_LINKED: (_plain("title"), _plain("section")),
    Tag.DEADLINE_RECALCULATED: (_recalculated, _plain("reason")),
    Tag.CASE_SIMPLE_SET: (_simple, _plain("reason")),
    Tag.STATEMENT_PUBLISHED: (_plain("url"),),
    Tag.PRESS_CONFERENCE_HELD: (_plain("url"),),
    Tag.RESPONSE_REFUSED: (_plain("reason"),),
    Tag.INCIDENT_OPENED: (lambda facts: "".join(facts.get("reasons", ())),),
    Tag.INCIDENT_GRADED: (_grade, _plain("reason")),
    Tag.INCIDENT_REGRADED: (_grade, _plain("reason")),
    Tag.INCIDENT_MESSAGES_ADDED: (lambda facts: f"{len(facts['messages'])}条",),
    Tag.INCIDENT_MESSAGES_REMOVED: (lambda facts: f"{len(facts['messages'])}条", _plain("reason")),
    Tag.ALERT_DISMISSED: (_plain("reason"),),
    Tag.MESSAGE_CORRECTED: (_corrected,),
}
