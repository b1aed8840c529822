"""Tasks, plans, opinions on decisions, and policy documents."""

from __future__ import annotations

import base64
from typing import Annotated

from pydantic import BeforeValidator, Field

from api.schemas.handling import Command, Line, Wish, Words
from api.schemas.shapes import InstantText, Shape
from core.vocabulary import OpinionVerdict

_LARGEST = 2**63 - 1
DayIn = Annotated[str, Field(max_length=10, description="日期，YYYY-MM-DD。", examples=["2026-06-30"])]


def _decoded(text: object) -> bytes:
    return base64.b64decode(str(text), validate=True)


class TaskIn(Wish):
    """新建任务."""

    procedure: str = Field(
        description="种类：plan 年度任务、decision 决策征求意见、open_day 开放活动、work_plan 工作要点、"
        "rectification 整改。",
        max_length=40,
        examples=["open_day"],
    )
    title: Line = Field(description="任务。", examples=["政府开放日"])
    section: Line = Field(description="承办科室。", examples=["市政科"])
    content: Words = Field("", description="具体措施。", examples=["邀请市民参观泵站。"])
    leader: Line = Field("", description="责任领导。")
    planned_on: DayIn | None = Field(None, description="活动或印发的日期；开放活动和工作要点必需。")
    due_on: DayIn | None = Field(None, description="完成时限；年度任务和整改必需。")
    problem: Line | None = Field(None, description="整改所针对的集中问题。", examples=["item:停车证办理"])


class PlanIn(Wish):
    """导入任务分解表."""

    title: Line = Field(description="计划的名称。", examples=["2026年政务公开工作要点"])
    printed_on: DayIn = Field(description="印发日期。", examples=["2026-02-20"])
    content: Annotated[bytes, BeforeValidator(_decoded, json_schema_input_type=str)] = Field(
        description="xlsx 文件内容，base64。", max_length=8_000_000, examples=["UEsDBBQAAAA="]
    )
    dry_run: bool = Field(False, description="只看结果，什么也不写入。")


class RejectOut(Shape):
    """A row that could not become a task."""

    sheet: str = Field(examples=["分解表"])
    row: int = Field(description="文件中的行号。", examples=[9])
    column: str = Field(examples=["完成时限"])
    reason: str = Field(examples=["“适时”不是能推算的时限。"])
    cells: list[str]


class PlanOut(Shape):
    """What came of a plan."""

    plan: int | None = Field(description="计划的编号；只看结果时没有。", examples=[3])
    opened: dict[str, int] = Field(description="表中序号 → 办件编号。", examples=[{"1": 17}])
    standing: list[str] = Field(description="已经在办、没有改动的序号。", examples=[["2"]])
    rejected: list[RejectOut]
    dry_run: bool


class TaskOut(Shape):
    """One task."""

    case: int = Field(examples=[17])
    procedure: str = Field(examples=["plan"])
    title: str = Field(examples=["更新公开目录"])
    section: str = Field(examples=["市政科"])
    state: str = Field(examples=["assigned"])
    plan: str | None = Field(examples=["2026年政务公开工作要点"])
    number: str | None = Field(examples=["1"])
    content: str
    leader: str
    problem: str | None
    due_at: InstantText | None = Field(description="最近一个还在计时的时限。")


class TaskList(Shape):
    """Tasks, next due first, done ones last."""

    items: list[TaskOut]


class OpinionIn(Command):
    """登记意见; name and text are masked before they are stored."""

    text: Words = Field(description="意见。", examples=["建议降低收费标准。"])
    author: Line = Field("", description="提出人；只存脱敏后的称呼。")
    received_on: DayIn | None = Field(None, description="收到的日期；不写则为今天。")


class JudgeIn(Command):
    """写明意见采纳与否."""

    verdict: OpinionVerdict
    reason: Words = Field(description="理由。", examples=["已在第三条中调低。"])


class OpinionOut(Shape):
    """One opinion and what became of it."""

    opinion: int = Field(examples=[5])
    author: str
    text: str
    received_on: str = Field(examples=["2026-03-02"])
    verdict: str | None = Field(examples=["adopted"])
    reason: str | None


class OpinionList(Shape):
    """The opinions on a decision, in the order they were entered."""

    items: list[OpinionOut]


class DocumentIn(Wish):
    """登记政策文件."""

    title: Line = Field(description="名称。", examples=["停车收费管理办法"])
    section: Line = Field(description="起草科室。", examples=["市政科"])
    number: Line = Field("", description="文号。", examples=["滨建〔2026〕3号"])
    issued_on: DayIn | None = Field(None, description="印发日期。")
    url: Line = Field("", description="公开的链接。")


class DocumentOut(Shape):
    """One policy document."""

    document: int = Field(examples=[3])
    title: str = Field(examples=["停车收费管理办法"])
    number: str = Field(examples=["滨建〔2026〕3号"])
    section: str = Field(examples=["市政科"])
    issued_on: str | None
    url: str | None
    repealed_at: InstantText | None
    asked: int = Field(description="问到它的办件。", examples=[4])


class DocumentList(Shape):
    """The register, in force first."""

    items: list[DocumentOut]


class DocumentNumberOut(Shape):
    """A document that was entered or repealed."""

    document: int = Field(examples=[3])


class LinkIn(Command):
    """关联政策文件."""

    document: int = Field(description="政策文件的编号。", ge=1, le=_LARGEST, examples=[3])
