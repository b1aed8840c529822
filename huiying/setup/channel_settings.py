"""One row of the channels' sheet as the settings its adapter takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from alerts.channels.opening import SETTINGS
from core.vocabulary import ChannelKind
from huiying.setup.columns import CHANNEL_KINDS, CHANNELS, NO, YES
from huiying.setup.problems import Problem
from huiying.setup.workbook import SheetRow

MAIL = re.compile(r"[^@\s<>,;:\"()]+@[^@\s<>,;:\"()]+")
_SERVER = re.compile(r"(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):(?P<port>\d{1,5})")
# Ports on which the server speaks TLS from the first byte, which our sender does not.
_TLS_ONLY = frozenset({465, 994})
_OF_MAIL, _OF_SMS = ("账号", "发件地址", "加密"), ("模板", "成功标志")
_ROBOTS = (ChannelKind.WECOM, ChannelKind.DINGTALK, ChannelKind.FEISHU)
WEB = (*_ROBOTS, ChannelKind.WEBHOOK, ChannelKind.SMS)
_UNUSED = {
    ChannelKind.CONSOLE: ("地址", "密钥", "内网", *_OF_MAIL, *_OF_SMS),
    ChannelKind.SMTP: ("内网", *_OF_SMS),
    ChannelKind.SMS: _OF_MAIL,
    **dict.fromkeys((*_ROBOTS, ChannelKind.WEBHOOK), (*_OF_MAIL, *_OF_SMS)),
}
SECRET_OF = {ChannelKind.SMTP: "password", **dict.fromkeys(WEB, "secret")}


@dataclass(frozen=True, slots=True)
class ChannelWish:
    """One channel.

    Attributes:
        settings: what its adapter takes, without the secret.
        secret: empty for "as it stands".
    """

    row: int
    key: str
    kind: ChannelKind
    settings: Mapping[str, Any]
    secret: str = field(repr=False)


def read_channel(row: SheetRow, problems: list[Problem]) -> ChannelWish | None:
    """The channel of a row, or None with its problems named."""
    before = len(problems)
    text = row.cells["种类"]
    if text not in CHANNEL_KINDS:
        if "种类" not in row.refused:
            message = f"不认识这个种类，可以填：{'、'.join(CHANNEL_KINDS)}。"
            problems.append(Problem(CHANNELS, row.number, "种类", message))
        return None
    kind = ChannelKind(text)
    problems += [
        Problem(CHANNELS, row.number, header, f"{text} 渠道不填这一列。")
        for header in _UNUSED[kind]
        if row.cells[header]
    ]
    settings: dict[str, Any] = {}
    if kind is ChannelKind.SMTP:
        settings = _smtp(row, problems)
    elif kind in WEB:
        settings = _web(row, kind, problems)
    if row.refused or len(problems) > before:
        return None
    return ChannelWish(row.number, row.cells["名称"], kind, settings, row.cells["密钥"])


def _smtp(row: SheetRow, problems: list[Problem]) -> dict[str, Any]:
    account, secret = row.cells["账号"], row.cells["密钥"]
    server = _SERVER.fullmatch(row.cells["地址"])
    port = int(server["port"]) if server else 0
    if server is None or not 1 <= port <= 65535:
        problems.append(Problem(CHANNELS, row.number, "地址", "要写成“主机:端口”，如 mail.example.cn:587。"))
        return {}
    if port in _TLS_ONLY:
        problems.append(Problem(CHANNELS, row.number, "地址", f"不支持 {port} 端口，请改用 587 或 25。"))
    if secret and not account:
        problems.append(Problem(CHANNELS, row.number, "账号", "填了密钥就要填账号。"))
    sender = row.cells["发件地址"] or account
    if not MAIL.fullmatch(sender):
        problems.append(Problem(CHANNELS, row.number, "发件地址", "要填一个邮箱，账号是邮箱时可以不填。"))
    settings: dict[str, Any] = {
        "host": server["host"].strip("[]"),
        "port": port,
        "starttls": _switch(row, "加密", problems, default=bool(account)),
        "sender": sender,
    }
    if account:
        settings["login"] = account
    if not _fits(ChannelKind.SMTP, settings):
        problems.append(Problem(CHANNELS, row.number, None, "这些设置不能用于发送邮件。"))
    return settings


def _web(row: SheetRow, kind: ChannelKind, problems: list[Problem]) -> dict[str, Any]:
    settings = {
        "url": row.cells["地址"],
        "allow_private": _switch(row, "内网", problems, default=False),
    }
    if "地址" not in row.refused and not _fits(kind, settings):
        message = "要以 https:// 或 http:// 开头，不带用户名。"
        problems.append(Problem(CHANNELS, row.number, "地址", message))
    elif kind is ChannelKind.SMS:
        settings |= _gateway(row, settings, problems)
    return settings


def _gateway(row: SheetRow, given: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    template, success = row.cells["模板"], row.cells["成功标志"]
    if template:
        settings |= {"template": template, "format": "json" if template.startswith("{") else "form"}
    if template and not _fits(ChannelKind.SMS, {**given, **settings}):
        message = "要含 {phone} 和 {text}；以 { 开头的要是合法的 JSON。"
        problems.append(Problem(CHANNELS, row.number, "模板", message))
    if success:
        name, equals, value = (part.strip() for part in success.partition("="))
        if not name or not equals or not value:
            problems.append(Problem(CHANNELS, row.number, "成功标志", "要写成“字段=值”，如 code=0。"))
        settings |= {"success_field": name, "success_value": value}
    return settings


def _switch(row: SheetRow, header: str, problems: list[Problem], *, default: bool) -> bool:
    text = row.cells[header]
    if text and text not in {YES, NO}:
        problems.append(Problem(CHANNELS, row.number, header, f"只能填“{YES}”或“{NO}”。"))
    return text == YES if text else default


def _fits(kind: ChannelKind, settings: Mapping[str, Any]) -> bool:
    try:
        SETTINGS[kind].model_validate(dict(settings))
    except (ValidationError, ValueError):
        return False
    return True
