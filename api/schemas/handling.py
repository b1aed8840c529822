"""What every command to a case is given and answers."""

from __future__ import annotations

import base64
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from api.schemas.shapes import InstantText, Shape

_INSTANT = "时刻，ISO 8601；不写时区的按本地时间。"


def _without_nul(text: str) -> str:
    """PostgreSQL keeps no NUL character."""
    if "\x00" in text:
        raise ValueError("NUL")
    return text


def _decoded(text: object) -> bytes:
    """The bytes behind strict base64; anything but a text is none."""
    return base64.b64decode(str(text), validate=True)


Line = Annotated[str, AfterValidator(_without_nul), Field(max_length=500)]
Words = Annotated[str, AfterValidator(_without_nul), Field(max_length=20_000)]
InstantIn = Annotated[str, Field(max_length=40, description=_INSTANT, examples=["2026-11-23T09:00+08:00"])]


class Wish(BaseModel):
    """What somebody sends; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Command(Wish):
    """A command to a case."""

    seq: int | None = Field(
        None,
        description="看到的 seq；办件此后有变化的，答复409。不写则不核对。",
        ge=0,
        le=2**31 - 1,
        examples=[3],
    )


class ReasonIn(Command):
    """A command that needs its reason."""

    reason: Words = Field(description="理由。", examples=["与另一件重复。"])


class CopyIn(Wish):
    """An uploaded copy."""

    media_type: str = Field(max_length=100, examples=["application/pdf"])
    content: Annotated[bytes, BeforeValidator(_decoded, json_schema_input_type=str)] = Field(
        description="文件内容，base64。", examples=["JVBERi0xLjcK"]
    )


class OutcomeOut(Shape):
    """What came of a command."""

    case: int = Field(description="办件编号。", examples=[17])
    state: str = Field(description="办理以后的状态。", examples=["acknowledged"])
    seq: int = Field(description="办理以后的 seq。", examples=[4])
    facts: dict[str, Any] = Field(description="留痕中的事实。", examples=[{"met": []}])


class AcknowledgedOut(OutcomeOut):
    """Who signed first."""

    acknowledged_at: InstantText
    by: str = Field(description="最先签收的人。", examples=["张三"])
    first: bool = Field(description="是否就是本人最先签收。")
