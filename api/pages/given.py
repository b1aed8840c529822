"""What somebody typed into a form of handling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from api.periods import instant_of
from core.errors import InvalidInput

_KEY_LENGTH = 64
_TEXT_LENGTH = 20_000
_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Upload:
    """A file somebody chose."""

    body: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Given:
    """The fields of one form as typed, and the file chosen with it, or None."""

    fields: Mapping[str, str]
    upload: Upload | None = None

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")

    def instant(self, name: str) -> datetime | None:
        """The instant typed into a field; None where it was left empty.

        Raises:
            InvalidInput: it is no instant.
        """
        return instant_of(self[name], name) if self[name] else None

    def number(self, name: str) -> int:
        """The number a form carries, at most nine digits.

        Raises:
            InvalidInput: there is none.
        """
        text = self[name]
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise InvalidInput("表单不完整。", mend="请刷新页面后重新提交。", field=name)
        return int(text)

    def numbers(self, name: str) -> list[int]:
        """The numbers of the boxes that were ticked; empty where none was.

        Raises:
            InvalidInput: something else than numbers came.
        """
        parts = [part.strip() for part in self[name].replace("，", ",").split(",") if part.strip()]
        if not all(part.isascii() and part.isdigit() and len(part) <= _DIGITS for part in parts):
            raise InvalidInput("编号要写数字。", mend="请检查编号。", field=name)
        return [int(part) for part in parts]

    @property
    def key(self) -> str | None:
        """What makes sending this form twice one command; None where the form carries none."""
        text = self["key"]
        return f"page/{text}" if 0 < len(text) <= _KEY_LENGTH else None


async def given(request: Request) -> Given:
    """Read the form of a request.

    Raises:
        InvalidInput: a text is too long, or holds a character that no database keeps.
    """
    form = await request.form()
    fields: dict[str, str] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            # Boxes of one name that were ticked together.
            fields[name] = f"{fields[name]},{value}" if name in fields else value
    for name, text in fields.items():
        if len(text) > _TEXT_LENGTH or "\x00" in text:
            raise InvalidInput("填写的内容太长，或有不能用的字符。", mend="请改短后再提交。", field=name)
    chosen = form.get("copy")
    if not isinstance(chosen, UploadFile) or not chosen.filename:
        return Given(fields)
    return Given(fields, Upload(await chosen.read(), chosen.content_type or ""))


Typed = Annotated[Given, Depends(given)]
