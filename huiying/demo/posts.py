"""The Weibo posts of the demo's incident day, and the export that would hold some of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from pydantic import Field

from core.clock import shanghai
from core.errors import InvalidInput
from core.rule_files import RuleFileModel, read_rule_file
from huiying.demo.moments import Moments

_FILE = Path(__file__).resolve().parent / "weibo.yml"
_COLUMNS = ("id", "用户昵称", "微博正文", "发布时间", "发布位置")
_FIRST_POST = 5_100_000_000_000_000


class Post(RuleFileModel):
    """A public post; `published` is written as `bureau.yml` explains."""

    from_: str = Field(alias="from")
    published: str
    text: str

    def at(self, moments: Moments) -> datetime:
        """When it was published.

        Raises:
            InvalidInput: it has a day but no time.
        """
        found = moments.read(self.published)
        if not isinstance(found, datetime):
            raise InvalidInput(f"演示微博的发布时间“{self.published}”没有钟点。", mend="请写明钟点。")
        return found


class Day(RuleFileModel):
    """The posts of the incident day, oldest first, all from one place."""

    place: str
    posts: tuple[Post, ...] = Field(min_length=1)


def read_day() -> Day:
    """The incident day that ships with the program."""
    return read_rule_file(_FILE, Day)


def write_export(day: Day, chosen: Sequence[Post], moments: Moments, path: Path) -> None:
    """Write some posts of the day as the workbook that a Weibo search would export.

    A post has the same number in every export, and the same posts and instant give the same bytes.
    """
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "in_memory": True})
    # The file's own date would be the computer's, and the bytes different each time.
    book.set_properties({"created": shanghai(moments.at).replace(tzinfo=None)})
    sheet: Any = book.add_worksheet("微博")
    sheet.write_row(0, 0, _COLUMNS)
    for line, post in enumerate(chosen, start=1):
        number = str(_FIRST_POST + day.posts.index(post))
        at = f"{post.at(moments):%Y-%m-%d %H:%M:%S}"
        sheet.write_row(line, 0, (number, post.from_, post.text, at, day.place))
    book.close()
