"""The forms of several people on one case, and what its page shows of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.drafting import kind_of
from api.pages.form_parts import Field, Form, More
from api.security.identity import Person
from core.labels import label
from core.vocabulary import Command, CommentKind, DraftState, LinkKind, ReviewVerdict, Role
from storage import case_links, drafts, joint, sections
from storage.database import Connection, Row

_PUBLICATION = (
    Field("published_at", "发布时间", "time", "公众最早能看到的时刻。"),
    Field("url", "链接", "url", "系统会打开链接并留存一份。", is_required=False),
    Field("publisher", "发布单位", is_required=False),
    Field("title", "标题", is_required=False),
    Field("copy", "或上传留存件", "file", "没有链接时上传。", is_required=False),
)
JOINT_FORMS: Mapping[Command, Form] = {
    Command.COMMENT: Form("办理这一件的人都能看到；不停止计时。", (Field("text", "留言", "text"),)),
    Command.INSTRUCT: Form("立即通知承办和协办科室；不停止计时。", (Field("text", "批示", "text"),)),
    Command.MARK_READ: Form("表示本人已阅全部留言和批示。"),
    Command.ADD_SECTION: Form(
        "协办科室可以查看、签收、留言和起草；仍由承办科室答复。", (Field("assisting", "协办科室", "choice"),)
    ),
    Command.SUPERVISE: Form(
        "向承办科室下达，有自己的期限和提醒；只有反馈才停止。",
        (Field("demand", "督办要求", "text"), Field("due_at", "反馈期限", "time")),
    ),
    Command.ANSWER_ORDER: Form("反馈督办；只停止督办的期限。", (Field("text", "反馈内容", "text"),)),
    Command.DRAFT: Form(
        "起草后依次审核；不停止计时。",
        (Field("title", "标题", is_required=False), Field("text", "稿件内容", "text")),
    ),
    Command.REVIEW: Form(
        "通过后进入下一步；退改须写明意见。",
        (
            Field("draft", "稿件", "choice"),
            Field("verdict", "结论", "choice"),
            Field("note", "意见", "text", is_required=False),
        ),
    ),
    Command.UPDATE: Form("登记后续发布的进展；重新计算下一次动态发布的时限。", _PUBLICATION),
    Command.REBUT: Form(
        "登记辟谣；首次回应仍须发布。", (Field("text", "不实信息", "text", "什么说法不实。"), *_PUBLICATION)
    ),
}


@dataclass(frozen=True)
class Remark:
    """One comment or instruction; `readers` is who has read it, with when."""

    is_instruction: bool
    name: str
    at: datetime
    text: str
    readers: list[tuple[str, datetime]]


@dataclass(frozen=True)
class OrderLine:
    """One order of supervision."""

    name: str
    ordered_at: datetime
    demand: str
    answer: str | None
    answered_at: datetime | None


@dataclass(frozen=True)
class DraftLine:
    """One draft with its steps: name, reviewer (empty while it waits), note."""

    kind: str
    state: DraftState
    title: str
    text: str
    name: str
    at: datetime
    steps: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Joint:
    """What several people have said and done on one case."""

    assisting: list[str]
    links: list[tuple[str, str, str]]
    remarks: list[Remark]
    orders: list[OrderLine]
    drafts: list[DraftLine]


def joint_of(connection: Connection, case: Row) -> Joint:
    """Everything the page of a case shows of its joint handling."""
    number = case["id"]
    read = joint.readers(connection, number)
    return Joint(
        assisting=joint.sections_of(connection, number),
        links=[_link(row, number) for row in case_links.of_case(connection, number)],
        remarks=[
            Remark(
                row["kind"] == CommentKind.INSTRUCTION.value,
                row["name"],
                row["at"],
                row["text"],
                [(one["name"], one["at"]) for one in read.get(row["id"], ())],
            )
            for row in joint.said(connection, number)
        ],
        orders=[
            OrderLine(row["name"], row["ordered_at"], row["demand"], row["answer"], row["answered_at"])
            for row in joint.orders(connection, number)
        ],
        drafts=[
            _draft(connection, row)
            for row in drafts.of_case(connection, number)
            if row["state"] != DraftState.REPLACED.value
        ],
    )


def joint_choices(connection: Connection, person: Person, case: Row) -> More:
    """The drafts that wait, and which of these commands would find nothing to do."""
    number = case["id"]
    waiting = [row for row in drafts.of_case(connection, number) if _waits_for(connection, row, person)]
    open_orders = [row for row in joint.orders(connection, number) if row["answered_at"] is None]
    useful = {
        Command.MARK_READ: bool(joint.unread(connection, number, person.id)),
        Command.REVIEW: bool(waiting),
        Command.ANSWER_ORDER: bool(open_orders),
        Command.SUPERVISE: not open_orders and bool(case["section"]),
        Command.DRAFT: person.role is not Role.MANAGER,
    }
    return More(
        {
            "draft": {str(row["id"]): f"{label(kind_of(case))} {row['name']}" for row in waiting},
            "assisting": {"": "请选择", **_other_sections(connection, case)},
            "verdict": {one.value: label(one) for one in ReviewVerdict},
        },
        frozenset(command for command, is_useful in useful.items() if not is_useful),
    )


def _waits_for(connection: Connection, row: Row, person: Person) -> bool:
    if row["state"] != DraftState.IN_REVIEW.value or row["author_id"] == person.id:
        return False
    given = drafts.reviews(connection, row["id"])
    return person.role.value in row["steps"][len(given)]["roles"] and person.id not in {
        one["person_id"] for one in given
    }


def _other_sections(connection: Connection, case: Row) -> dict[str, str]:
    involved = {case["section"], *joint.sections_of(connection, case["id"])}
    return {key: name for key, name in sections.names(connection).items() if key not in involved}


def _draft(connection: Connection, row: Row) -> DraftLine:
    given = drafts.reviews(connection, row["id"])
    steps = [
        (step["name"], given[n]["name"] if n < len(given) else "", given[n]["note"] if n < len(given) else "")
        for n, step in enumerate(row["steps"])
    ]
    state = DraftState(row["state"])
    return DraftLine(row["kind"], state, row["title"], row["text"], row["name"], row["at"], steps)


def _link(row: Row, number: int) -> tuple[str, str, str]:
    """Words, address and title of the other case."""
    is_from = row["from_case"] == number
    words = {
        (LinkKind.MERGED.value, True): "已并入",
        (LinkKind.MERGED.value, False): "并入本件",
        (LinkKind.SPLIT.value, True): "拆出",
        (LinkKind.SPLIT.value, False): "拆自",
    }[row["kind"], is_from]
    return words, f"/cases/{row['other']}", row["title"] or "（无标题）"
