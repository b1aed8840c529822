"""The forms that a person finds on the page of a case: what the table of the workflow allows, and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerts.workflow import UNANSWERED, allowed
from api.pages.contexts import Option
from api.pages.form_parts import Field, Form, More
from api.pages.given import Given
from api.pages.handling_contexts import ActionForm, FormField
from api.pages.joint_forms import JOINT_FORMS
from api.pages.timing_forms import TIMING_FORMS
from api.pages.verbs import OFFERED, actor_of
from api.security.identity import Person
from core.clock import shanghai
from core.labels import label
from core.vocabulary import CaseKind, CaseState, Command, Level, Role
from storage.database import Row

_COPY_TYPES = "网页、PDF或截图"
_WAITS_FOR_A_SECTION = frozenset({CaseState.NEW, CaseState.SENT_BACK})
_COME_TO: Mapping[Command, frozenset[Role]] = {
    Command.REPLY: frozenset({Role.HANDLER}),
    Command.PUBLISH: frozenset({Role.PRESS}),
}


# Each step and each opinion has a form where it stands.
_FORMS_OF_THEIR_OWN = frozenset({Command.TAKE_STEP, Command.ADD_OPINION, Command.JUDGE_OPINION})
_PUBLICATION = (
    Field("published_at", "发布时间", "time", "公众最早能看到的时刻。"),
    Field("url", "链接", "url", "系统会打开链接并留存一份。", is_required=False),
    Field("publisher", "发布单位", is_required=False),
    Field("title", "标题", is_required=False),
    Field("copy", "或上传留存件", "file", f"{_COPY_TYPES}；没有链接时上传。", is_required=False),
)
_FORMS: Mapping[Command, Form] = {
    Command.ACKNOWLEDGE: Form("表示本人已经看到；不停止计时。"),
    Command.ASSIGN: Form("交给科室办理；时限照旧计算。", (Field("section", "承办科室", "choice"),)),
    Command.REPLY: Form(
        "实质答复才停止计时。",
        (
            Field("text", "答复内容", "text", "写明处理结果；只说收悉的不算答复。"),
            Field("replied_at", "答复时间", "time", "不填即为现在。", is_required=False),
            Field("org", "答复单位", is_required=False),
            Field("copy", "凭证", "file", "补录期限之前的答复时须附。", is_required=False),
        ),
    ),
    Command.HOLDING_REPLY: Form("告诉来信人已经收到；不停止计时。", (Field("text", "告知内容", "text"),)),
    Command.PUBLISH: Form("登记已经发布的权威信息；按发布时间停止计时。", _PUBLICATION),
    Command.HOLD_PRESS_CONFERENCE: Form("登记已经举行的新闻发布会；只停止发布会的时限。", _PUBLICATION),
    Command.CONFIRM: Form(
        "确认他人补录的回应属实；按其时间停止计时。", (Field("response", "补录的回应", "choice"),)
    ),
    Command.REFUSE: Form(
        "补录的回应不成立；计时继续。",
        (Field("response", "补录的回应", "choice"), Field("reason", "理由", "text")),
    ),
    Command.GRADE: Form(
        "时限从三个时刻中最早的一个起算，与何时定级无关。",
        (
            Field("level", "级别", "choice"),
            Field("occurred_at", "发生时间", "time", "不知道可不填。", is_required=False),
            Field("first_public_at", "首次公开发布时间", "time", "不知道可不填。", is_required=False),
            Field("first_seen_at", "首次发现时间", "time"),
            Field("reason", "定级理由", "text"),
        ),
    ),
    Command.SET_SIMPLE: Form(
        "简单问题另有更短的时限，从收到之时起算。",
        (Field("is_simple", "认定为", "choice"), Field("reason", "理由", "text")),
    ),
    Command.SEND_BACK: Form("不属本科室职责；计时不停。", (Field("reason", "退回理由", "text"),)),
    Command.REFER: Form(
        "请外单位办理；计时不停，仍须答复来信人。",
        (Field("office", "转往单位"), Field("reason", "转办理由", "text")),
    ),
    Command.DISMISS: Form("不再办理，时限取消，报表中单列。", (Field("reason", "理由", "text"),)),
    Command.CLOSE: Form("应办的都已办完。", (Field("outcome", "办理结果", "text"),)),
    Command.REOPEN: Form("开始新一轮办理，重新计时。", (Field("reason", "重新办理的理由", "text"),)),
    Command.LINK_DOCUMENT: Form(
        "问的是哪份文件，就由起草科室承办；时限照旧计算。", (Field("document", "政策文件", "choice"),)
    ),
    **TIMING_FORMS,
    **JOINT_FORMS,
}


def label_of(command: Command, kind: CaseKind) -> str:
    """What an official calls a command on this kind of case."""
    special = {
        (Command.DISMISS, CaseKind.INCIDENT): "不是事件",
        (Command.PUBLISH, CaseKind.INCIDENT): "记录发布",
        (Command.HOLD_PRESS_CONFERENCE, CaseKind.INCIDENT): "记录新闻发布会",
        (Command.SET_SIMPLE, CaseKind.MESSAGE): "简单问题",
    }
    return special.get((command, kind), label(command))


@dataclass(frozen=True, slots=True)
class Ground:
    """What the choices and first values of the forms are made of.

    Attributes:
        sections: key → name.
        awaiting: the responses that wait for a second person.
        incident: the row of the incident's details, or None.
        has_simple_rule: the channel knows a limit for simple questions.
        has_signed: this person has signed in this cycle.
        more: what further commands can be chosen from.
        approved: the words of the newest draft that has passed every review; empty where there is none.
    """

    case: Row
    sections: Mapping[str, str]
    awaiting: Sequence[Row]
    incident: Row | None
    has_simple_rule: bool
    has_signed: bool
    more: More
    approved: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A command that was refused: what was typed, and which field is wrong, if one is."""

    command: Command
    given: Given
    field: str | None
    error: str


def forms_for(person: Person, ground: Ground, attempts: Sequence[Attempt]) -> list[ActionForm]:
    """What this person may do now, in the order of the workflow's table; what was typed stands in it."""
    kind = CaseKind(ground.case["kind"])
    tried = {one.command: one for one in attempts}
    commands = allowed(kind, CaseState(ground.case["state"]), actor_of(person))
    return [
        _form(command, person, ground, tried.get(command))
        for command in commands
        if command in OFFERED and _makes_sense(command, ground)
    ]


def _makes_sense(command: Command, ground: Ground) -> bool:
    if command in _FORMS_OF_THEIR_OWN:
        return False
    if command in {Command.CONFIRM, Command.REFUSE}:
        return bool(ground.awaiting)
    if command is Command.SET_SIMPLE:
        return ground.has_simple_rule
    if command in ground.more.pointless:
        return False
    return command is not Command.ACKNOWLEDGE or not ground.has_signed


def _is_main(command: Command, person: Person, ground: Ground) -> bool:
    """Whether this is what people of this role come to the page for; everything else is folded."""
    if command in {Command.ACKNOWLEDGE, Command.REPLY} and ground.case["state"] not in UNANSWERED:
        return False
    if command is Command.ACKNOWLEDGE:
        return True
    if command is Command.ASSIGN:
        return ground.case["state"] in _WAITS_FOR_A_SECTION and ground.incident is None
    if command is Command.GRADE:
        is_ungraded = ground.incident is not None and ground.incident["level"] is None
        return is_ungraded and person.role is not Role.PRESS
    return person.role in _COME_TO.get(command, ())


def _form(command: Command, person: Person, ground: Ground, tried: Attempt | None) -> ActionForm:
    form, kind = _FORMS[command], CaseKind(ground.case["kind"])
    return ActionForm(
        command=command.value,
        label=label_of(command, kind),
        effect=form.effect,
        fields=[_field(command, one, ground, tried) for one in form.fields],
        is_main=_is_main(command, person, ground),
        is_open=tried is not None,
    )


def _field(command: Command, field: Field, ground: Ground, tried: Attempt | None) -> FormField:
    value = tried.given[field.name] if tried else _first_value(command, field.name, ground)
    chosen = value.split(",") if field.kind == "checks" else [value]
    choices = _choices(field.name, ground) if field.kind in {"choice", "checks"} else {}
    return FormField(
        name=field.name,
        label=field.label,
        kind=field.kind,
        value=value,
        hint=field.hint,
        is_required=field.is_required,
        options=[Option(key, words, key in chosen) for key, words in choices.items()],
        error=tried.error if tried and tried.field == field.name else None,
    )


def _choices(name: str, ground: Ground) -> Mapping[str, str]:
    if name in ground.more.choices:
        return ground.more.choices[name]
    if name == "section":
        return {"": "请选择", **ground.sections}
    if name == "level":
        return {"": "请选择", **{level.value: f"{level.value}级（{label(level)}）" for level in Level}}
    if name == "is_simple":
        return {"true": "简单问题", "false": "不是简单问题"}
    return {str(row["id"]): f"{shanghai(row['occurred_at']):%Y-%m-%d %H:%M}的回应" for row in ground.awaiting}


def _first_value(command: Command, name: str, ground: Ground) -> str:
    """What a field holds before anybody typed: the approved draft, the section, the level, the instants."""
    if name == "text" and command is Command.REPLY:
        return ground.approved
    if name == "section":
        return str(ground.case["section"])
    if ground.incident is None:
        return ""
    if name == "level":
        return str(ground.incident["level"] or ground.incident["suggested_level"] or "")
    if name in {"occurred_at", "first_public_at", "first_seen_at"} and ground.incident[name] is not None:
        # To the second: a minute would be another instant than the one that stands.
        return f"{shanghai(ground.incident[name]):%Y-%m-%dT%H:%M:%S}"
    return ""
