"""Papers: drafts, versions, signatures."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from api.schemas.handling import Line, Wish, Words
from api.schemas.shapes import InstantText, Shape
from core.vocabulary import PaperKind


class PaperIn(Wish):
    """A paper to be drafted: of a period, or of a case."""

    kind: PaperKind = Field(examples=["daily_briefing"])
    since: date | None = Field(None, alias="from", description="开始日期。", examples=["2026-11-23"])
    until: date | None = Field(None, alias="to", description="结束日期。", examples=["2026-11-23"])
    case: int | None = Field(None, ge=1, description="办件编号，用于快报、专报、交办单、督办单。")


class EditIn(Wish):
    """An edited text; figures stand as they were given out."""

    title: Line
    text: Words = Field(examples=["# 总体情况\n共收到来文【35｜附表1】件。"])
    version: int = Field(ge=1, description="改的是第几版。", examples=[1])


class SignIn(Wish):
    """What is signed."""

    version: int = Field(ge=1, description="看过并签发的是第几版。", examples=[2])


class WithdrawIn(Wish):
    """Why a draft is withdrawn."""

    reason: Line = Field(examples=["改为两期合并"])


class PaperLineOut(Shape):
    """One paper of the list."""

    paper: int = Field(examples=[12])
    kind: str = Field(examples=["daily_briefing"])
    title: str
    case: int | None
    state: str = Field(examples=["draft"])
    version: int
    issue: int | None = Field(description="期号，签发时编。")
    created_at: InstantText
    signed_at: InstantText | None
    signed_by: str | None


class PaperList(Shape):
    """A page of papers."""

    items: list[PaperLineOut]
    next: str | None
    total: int | None


class PaperOut(PaperLineOut):
    """One paper with its text and everything in it."""

    text: str = Field(description="可修改的文字。")
    content: dict[str, Any] = Field(description="全部内容：段落、表、图、附表。")
    sha256: str = Field(description="这一版的指纹。")


class FiledOut(Shape):
    """What came of a command to a paper."""

    paper: int = Field(examples=[12])
    version: int = Field(examples=[2])
    state: str = Field(examples=["signed"])
    issue: int | None = Field(examples=[7])
