"""The words of a notice: Chinese, short, without a citizen's words but for the masked title.

Pure. A template's first line is the subject, the rest the body.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from string import Template

from core.clock import shanghai

_TITLE_LENGTH = 40
_SUBJECT_LENGTH = 80
_BODY_LENGTH = 500
_BLANKS = re.compile(r"\s+")
# What chat platforms read as markup, and the sign without which nobody, and not everybody, is called.
_MARKUP = str.maketrans("", "", "<>[]`*_#\\@\uff20")


@dataclass(frozen=True, slots=True)
class Words:
    """What a person reads."""

    subject: str
    body: str


def words(kind: str, facts: Mapping[str, str], late: timedelta | None = None) -> Words:
    """The notice of one kind (`warn`, `due`, `escalate`, `remind`, `quarantine`, `nobody`, `digest`).

    Args:
        facts: what the template names; every value is cleaned and cut, so that nothing in it can mention
            everybody, break a line or forge a heading.
        late: how much later than planned the notice is written, when it should say so.

    Raises:
        KeyError: a fact the template names is missing.
    """
    filled = _template(kind).substitute({key: plain(value) for key, value in facts.items()})
    subject, _, body = filled.partition("\n")
    if late is not None:
        body = f"{body.rstrip()}\n本通知晚发{length(late)}。"
    return Words(subject.strip()[:_SUBJECT_LENGTH], body.strip()[:_BODY_LENGTH])


def plain(text: str, limit: int = _TITLE_LENGTH) -> str:
    """`text` on one line, without control and direction characters, markup and calls to everybody; cut."""
    visible = "".join(" " if char in "\n\r\t" else char for char in text if _is_shown(char))
    clean = _BLANKS.sub(" ", visible.translate(_MARKUP)).strip()
    return clean if len(clean) <= limit else f"{clean[: limit - 1]}…"


def _is_shown(char: str) -> bool:
    return char in "\n\r\t" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def due_text(due_at: datetime) -> str:
    """A due instant as the office writes it: midnight is 24:00 of the day it ends."""
    local = shanghai(due_at)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        day = local - timedelta(days=1)
        return f"{day.month}月{day.day}日24:00"
    return f"{local.month}月{local.day}日{local:%H:%M}"


def remaining_text(due_at: datetime, now: datetime) -> str:
    """How much time is left, or by how much it is overdue."""
    return f"还剩{length(due_at - now)}" if now < due_at else f"已超期{length(now - due_at)}"


def length(span: timedelta) -> str:
    """A span in the two largest units that are not nothing: 「1天3小时」."""
    minutes = int(span.total_seconds()) // 60
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [f"{n}{unit}" for n, unit in ((days, "天"), (hours, "小时"), (minutes, "分钟")) if n]
    return "".join(parts[:2]) or "不到1分钟"


@cache
def _template(kind: str) -> Template:
    path = Path(__file__).parent / "templates" / f"{kind}.txt"
    return Template(path.read_text(encoding="utf-8"))
