"""Signing in by program, who is there, and how the server is."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api.schemas.shapes import InstantText, Shape
from api.security.passwords import MAX_LENGTH


def _without_nul(text: str) -> str:
    """PostgreSQL keeps no NUL character."""
    if "\x00" in text:
        raise ValueError("NUL")
    return text


class SignInIn(BaseModel):
    """Login and password."""

    model_config = ConfigDict(extra="forbid")

    login: Annotated[str, AfterValidator(_without_nul)] = Field(max_length=60, examples=["zhiban"])
    password: str = Field(max_length=MAX_LENGTH, examples=["一句自己记得住的话"])


class PersonOut(Shape):
    """Somebody of the office."""

    login: str = Field(examples=["zhiban"])
    name: str = Field(examples=["张三"])
    role: str = Field(examples=["duty"])
    section: str | None = Field(examples=["市政科"])


class SessionOut(Shape):
    """A session; the cookie that opens it stands in the header."""

    person: PersonOut
    csrf_token: str = Field(description="以后每次写入放在 X-CSRF-Token 头中。")
    expires_at: InstantText
    must_change_password: bool


class AccountOut(PersonOut):
    """Somebody of the office, as an administrator sees them."""

    must_change_password: bool
    created_at: InstantText
    disabled_at: InstantText | None


class PeopleOut(Shape):
    """Everybody, in order of login."""

    items: list[AccountOut]
    next: str | None = Field(description="总是null。")
    total: int | None


class HealthOut(Shape):
    """How the server is."""

    ok: bool
    database: str = Field(examples=["sqlite"])
    now: InstantText
    last_tick_at: InstantText = Field(description="提醒引擎最近一次运行。")
    troubles: list[str] = Field(description="落后或停下的，各一句；正常为空。")


class NowOut(Shape):
    """What time it is."""

    now: InstantText
