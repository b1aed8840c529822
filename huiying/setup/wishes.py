"""From rows of text to what the office wishes for, with what is wrong inside the workbook alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from core.vocabulary import Role
from huiying.setup.channel_settings import ChannelWish, read_channel
from huiying.setup.columns import CHANNELS, OFFICE, PEOPLE, ROLES, SECTIONS
from huiying.setup.problems import Problem
from huiying.setup.workbook import SetupRows, SheetRow

# The same logins as `api.security.accounts` takes, so that a bad one is named with its row (tested).
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")
_REACHED_BY = (("通知渠道", "通知地址"), ("通知渠道2", "通知地址2"))


@dataclass(frozen=True, slots=True)
class OfficeWish:
    """What the settings are compared with."""

    row: int
    name: str
    go_live_on: date | None


@dataclass(frozen=True, slots=True)
class SectionWish:
    """One section."""

    row: int
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class PersonWish:
    """One person.

    Attributes:
        section: a section's key or name as written; empty for none.
        reached_by: header of the channel's column, channel key, address.
    """

    row: int
    login: str
    name: str
    role: Role
    section: str
    reached_by: tuple[tuple[str, str, str], ...]


@dataclass(slots=True)
class Wishes:
    """Everything the workbook asks for; complete only when `problems` is empty.

    Attributes:
        channel_names: of every row of the channels' sheet, those with problems too.
    """

    office: OfficeWish | None = None
    sections: list[SectionWish] = field(default_factory=list)
    channels: list[ChannelWish] = field(default_factory=list)
    people: list[PersonWish] = field(default_factory=list)
    channel_names: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)


def read_wishes(rows: SetupRows) -> Wishes:
    """Read every row; the problems of `rows` come first."""
    found = Wishes(problems=list(rows.problems))
    offices = [_office(row, found.problems) for row in rows.sheets.get(OFFICE, [])]
    if OFFICE in rows.sheets and len(offices) != 1 and not rows.problems:
        found.problems.append(Problem(OFFICE, None, None, "要填一行，只填一行。"))
    found.office = offices[0] if offices else None
    found.sections = [_section(row) for row in rows.sheets.get(SECTIONS, [])]
    found.channel_names = frozenset(row.cells["名称"] for row in rows.sheets.get(CHANNELS, []))
    channels = (read_channel(row, found.problems) for row in rows.sheets.get(CHANNELS, []))
    found.channels = [one for one in channels if one is not None]
    people = (_person(row, found.problems) for row in rows.sheets.get(PEOPLE, []))
    found.people = [one for one in people if one is not None]
    _name_repeats(found)
    return found


def _office(row: SheetRow, problems: list[Problem]) -> OfficeWish:
    text = row.cells["启用日期"]
    day = None
    if text:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            problems.append(Problem(OFFICE, row.number, "启用日期", "日期要写成 2026-01-01 的样子。"))
    return OfficeWish(row.number, row.cells["名称"], day)


def _section(row: SheetRow) -> SectionWish:
    return SectionWish(row.number, row.cells["代码"] or row.cells["名称"], row.cells["名称"])


def _person(row: SheetRow, problems: list[Problem]) -> PersonWish | None:
    cells = row.cells
    before = len(problems)
    if cells["登录名"] and not _LOGIN.fullmatch(cells["登录名"]):
        message = "要用 2 到 60 个小写字母、数字、点、横线或下划线，以字母或数字开头。"
        problems.append(Problem(PEOPLE, row.number, "登录名", message))
    role = ROLES.get(cells["角色"])
    if role is None and "角色" not in row.refused:
        allowed = "、".join(dict.fromkeys(ROLES))
        problems.append(Problem(PEOPLE, row.number, "角色", f"不认识这个角色，可以填：{allowed}。"))
    if role is Role.HANDLER and not cells["科室"] and "科室" not in row.refused:
        problems.append(Problem(PEOPLE, row.number, "科室", "承办人要写明科室。"))
    reached_by = _reached_by(row, problems)
    if role is None or row.refused or len(problems) > before:
        return None
    return PersonWish(row.number, cells["登录名"], cells["姓名"], role, cells["科室"], reached_by)


def _reached_by(row: SheetRow, problems: list[Problem]) -> tuple[tuple[str, str, str], ...]:
    found: list[tuple[str, str, str]] = []
    for channel_header, address_header in _REACHED_BY:
        channel, address = row.cells[channel_header], row.cells[address_header]
        if address and not channel:
            problems.append(Problem(PEOPLE, row.number, channel_header, "有地址而没有写渠道。"))
        elif channel and channel in (known for _, known, _ in found):
            problems.append(Problem(PEOPLE, row.number, channel_header, "同一渠道写了两次。"))
        elif channel:
            found.append((channel_header, channel, address))
    return tuple(found)


def _name_repeats(found: Wishes) -> None:
    _repeats(SECTIONS, "代码", ((one.row, one.key) for one in found.sections), found.problems)
    _repeats(SECTIONS, "名称", ((one.row, one.name) for one in found.sections), found.problems)
    _repeats(CHANNELS, "名称", ((one.row, one.key) for one in found.channels), found.problems)
    _repeats(PEOPLE, "登录名", ((one.row, one.login) for one in found.people), found.problems)


def _repeats(sheet: str, header: str, values: Iterable[tuple[int, str]], problems: list[Problem]) -> None:
    first: dict[str, int] = {}
    for row, value in values:
        if value and value in first:
            problems.append(Problem(sheet, row, header, f"与第 {first[value]} 行重复。"))
        first.setdefault(value, row)
