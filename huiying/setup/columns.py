"""The sheets and columns of the set-up workbook; the reader and the template both go by this list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.labels import label
from core.vocabulary import ChannelKind, Role

OFFICE = "单位"
SECTIONS = "科室"
CHANNELS = "通知渠道"
PEOPLE = "人员"
EXPLANATION = "说明"

YES, NO = "是", "否"
ROLES: Mapping[str, Role] = {**{label(one): one for one in Role}, **{one.value: one for one in Role}}
CHANNEL_KINDS: tuple[str, ...] = tuple(one.value for one in ChannelKind)


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        explanation: for the template, one Chinese sentence.
        is_required: the cell of a filled row must not be empty.
        is_secret: taken as it stands, never shown; may begin with any character.
        longest: how many characters a cell may hold.
        choices: what the template offers in a list; empty for free text.
    """

    header: str
    explanation: str
    is_required: bool = False
    is_secret: bool = False
    longest: int = 60
    choices: tuple[str, ...] = ()


SHEETS: Mapping[str, tuple[Column, ...]] = {
    OFFICE: (
        Column("名称", "单位全称，只与 config.toml 的 office.name 核对，不写入数据库。", is_required=True),
        Column(
            "启用日期",
            "格式如 2026-01-01，只与 config.toml 的 office.go_live_on 核对，不写入数据库；可以不填。",
        ),
    ),
    SECTIONS: (
        Column("代码", "科室的固定代码，定下后不再改；不填则与名称相同。导出表里写的是什么，这里就填什么。"),
        Column("名称", "显示的名称，以后可以改。", is_required=True),
    ),
    CHANNELS: (
        Column("名称", "渠道的名称，定下后不再改，人员表按它引用。", is_required=True),
        Column(
            "种类",
            "console 为本机记录，smtp 为电子邮件，wecom、dingtalk、feishu 为企业微信、钉钉、飞书的群机器人，"
            "sms 为短信网关，webhook 为网络接口；定下后不再改。",
            is_required=True,
            choices=CHANNEL_KINDS,
        ),
        Column(
            "地址",
            "smtp 填“主机:端口”，机器人、sms、webhook 填以 https:// 开头的完整网址，console 不填。",
            longest=500,
        ),
        Column("账号", "smtp 的登录账号，没有则不填；其他种类不填。"),
        Column(
            "密钥",
            "smtp 的密码，机器人的加签密钥，sms 模板中的 {secret}，webhook 的签名密钥；加密保存，"
            "再次运行时不填表示不改。",
            is_secret=True,
            longest=500,
        ),
        Column("发件地址", "smtp 的发件邮箱；不填则用账号（账号须是邮箱）。", longest=200),
        Column("加密", "smtp 是否用 STARTTLS；不填则有账号时为“是”，没有时为“否”。", choices=(YES, NO)),
        Column("内网", "网址所指的服务是否在单位内网；不填则为“否”。", choices=(YES, NO)),
        Column(
            "模板",
            "sms 的请求内容，含 {phone} 和 {text}，可含 {key}、{secret}；以 { 开头的为 JSON，其余为表单；"
            '不填则为 {"phone":"{phone}","content":"{text}","id":"{key}"}。',
            longest=2000,
        ),
        Column("成功标志", "sms 的答复中表示成功的字段和值，如 code=0；不填则为 code=0。", longest=100),
    ),
    PEOPLE: (
        Column("登录名", "2 到 60 个小写字母、数字、点、横线或下划线；定下后不再改。", is_required=True),
        Column("姓名", "姓名。", is_required=True),
        Column(
            "角色",
            "按职责选一项；至少要有一名管理员。",
            is_required=True,
            choices=tuple(label(one) for one in Role),
        ),
        Column("科室", "所在科室的代码或名称；承办人必填。"),
        Column("通知渠道", "先用的通知渠道名称；不填则只写入本机记录。"),
        Column(
            "通知地址",
            "在该渠道上的地址：邮箱，手机号（wecom、dingtalk、sms），或平台上的成员编号（wecom、dingtalk、"
            "feishu）；console 不填则为登录名。",
            longest=200,
        ),
        Column("通知渠道2", "第一个渠道没有签收或发送失败时，接着用的渠道；可以不填。"),
        Column("通知地址2", "在第二个渠道上的地址。", longest=200),
    ),
}
