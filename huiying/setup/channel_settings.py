"""One row of the channels' sheet as the settings its adapter takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from alerts.channels.smtp import SmtpSettings
from alerts.channels.webhook import WebhookSettings
from core.vocabulary import ChannelKind
from huiying.setup.columns import CHANNEL_KINDS, CHANNELS, NO, YES
from huiying.setup.problems import Problem
from huiying.setup.workbook import SheetRow

MAIL = re.compile(r"[^@\s<>,;:\"()]+@[^@\s<>,;:\"()]+")
_SERVER = re.compile(r"(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):(?P<port>\d{1,5})")
# Ports on which the server speaks TLS from the first byte, which our sender does not.
_TLS_ONLY = frozenset({465, 994})
_UNUSED = {
    ChannelKind.CONSOLE: ("地址", "账号", "密钥", "发件地址", "加密", "内网"),
    ChannelKind.WEBHOOK: ("账号", "发件地址", "加密"),
    ChannelKind.SMTP: ("内网",),
}
SECRET_OF = {ChannelKind.SMTP: "password", ChannelKind.WEBHOOK: "secret"}


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
    elif kind is ChannelKind.WEBHOOK:
        settings = _webhook(row, problems)
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
    if not _fits(SmtpSettings, settings):
        problems.append(Problem(CHANNELS, row.number, None, "这些设置不能用于发送邮件。"))
    return settings


def _webhook(row: SheetRow, problems: list[Problem]) -> dict[str, Any]:
    settings = {
        "url": row.cells["地址"],
        "allow_private": _switch(row, "内网", problems, default=False),
    }
    if "地址" not in row.refused and not _fits(WebhookSettings, settings):
        message = "要以 https:// 或 http:// 开头，不带用户名。"
        problems.append(Problem(CHANNELS, row.number, "地址", message))
    return settings


def _switch(row: SheetRow, header: str, problems: list[Problem], *, default: bool) -> bool:
    text = row.cells[header]
    if text and text not in {YES, NO}:
        problems.append(Problem(CHANNELS, row.number, header, f"只能填“{YES}”或“{NO}”。"))
    return text == YES if text else default


def _fits(model: type[SmtpSettings | WebhookSettings], settings: Mapping[str, Any]) -> bool:
    try:
        model.model_validate(dict(settings))
    except (ValidationError, ValueError):
        return False
    return True
