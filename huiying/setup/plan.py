"""What has to change so that the installation is as the workbook says; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from alerts.channels.robots import MEMBER, MOBILE
from core.settings import OfficeSettings
from core.vocabulary import ChannelKind, Role
from huiying.setup.channel_settings import MAIL, SECRET_OF, WEB, ChannelWish
from huiying.setup.columns import CHANNELS, PEOPLE, SECTIONS
from huiying.setup.problems import Problem
from huiying.setup.wishes import OfficeWish, PersonWish, SectionWish, Wishes
from storage.channels import StoredChannel

# What an address looks like, where that can be told.
_MEMBER = (MEMBER, "要填手机号或平台上的成员编号，不能填 all。")
_SHAPES = {
    ChannelKind.SMTP: (MAIL, "不是一个邮箱。"),
    ChannelKind.SMS: (MOBILE, "不是手机号码。"),
    ChannelKind.WECOM: _MEMBER,
    ChannelKind.DINGTALK: _MEMBER,
    ChannelKind.FEISHU: _MEMBER,
}
# Where a channel's secret is sent: a secret that stands is never sent to another place unasked.
_DESTINATION = {ChannelKind.SMTP: ("host", "port", "starttls", "login"), **dict.fromkeys(WEB, ("url",))}
# What the steps are called where they are shown.
KINDS = {"section": "科室", "channel": "通知渠道", "person": "人员", "address": "通知地址"}
ACTIONS = {"added": "新增", "changed": "更改", "set": "设定"}
_HEADERS = {
    **dict.fromkeys(("host", "port", "url"), "地址"),
    **dict.fromkeys(("password", "secret"), "密钥"),
    "login": "账号",
    "sender": "发件地址",
    "starttls": "加密",
    "allow_private": "内网",
    **dict.fromkeys(("template", "format"), "模板"),
    **dict.fromkeys(("success_field", "success_value"), "成功标志"),
}


@dataclass(frozen=True, slots=True)
class StandingPerson:
    """A person as the database has them; `addresses` and `places` are by channel key."""

    id: int
    name: str
    role: Role
    section: str
    is_disabled: bool
    addresses: Mapping[str, str]
    places: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """The installation as it is: section key → name, login → person, channel key → channel."""

    sections: Mapping[str, str]
    people: Mapping[str, StandingPerson]
    channels: Mapping[str, StoredChannel]


@dataclass(frozen=True, slots=True)
class ChannelStep:
    """A channel to add (`id` None) or to change; `settings` holds the secret."""

    id: int | None
    key: str
    kind: ChannelKind
    settings: Mapping[str, Any] = field(repr=False)
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonStep:
    """A person to add (`id` None) or to change; `section` is a key."""

    id: int | None
    login: str
    name: str
    role: Role
    section: str
    fields: tuple[str, ...] = ()


@dataclass(slots=True)
class Plan:
    """The steps, in the order in which they are done, and what was only noticed.

    Attributes:
        addresses: login, channel key, address, and its place in the person's row (0 is tried first).
        unlisted: logins that stand and are not in the workbook; nothing is done to them.
        notes: Chinese sentences about what the workbook cannot set.
    """

    new_sections: list[SectionWish] = field(default_factory=list)
    renamed_sections: list[SectionWish] = field(default_factory=list)
    channels: list[ChannelStep] = field(default_factory=list)
    people: list[PersonStep] = field(default_factory=list)
    addresses: list[tuple[str, str, str, int]] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def changes(self) -> Iterator[dict[str, Any]]:
        """Each step without its secrets, as the command prints it."""
        for section in self.new_sections:
            yield _change("section", "added", section.key)
        for section in self.renamed_sections:
            yield _change("section", "changed", section.key, ("名称",))
        for channel in self.channels:
            yield _change("channel", _verb(channel), channel.key, channel.fields)
        for person in self.people:
            yield _change("person", _verb(person), person.login, person.fields)
        for login, key, *_ in self.addresses:
            yield _change("address", "set", login, (key,))


def make_plan(wishes: Wishes, standing: Standing, settings: OfficeSettings) -> Plan:
    """Compare; the plan may be followed only when it names no problem.

    Args:
        settings: what the office's own sheet is compared with.
    """
    plan = Plan(problems=list(wishes.problems))
    if wishes.office is not None:
        plan.notes += _office_notes(wishes.office, settings)
    _plan_sections(plan, wishes, standing)
    _plan_channels(plan, wishes, standing)
    _plan_people(plan, wishes, standing)
    plan.unlisted = sorted(
        {login for login, one in standing.people.items() if not one.is_disabled}
        - {one.login for one in wishes.people}
    )
    return plan


def _verb(step: ChannelStep | PersonStep) -> str:
    return "added" if step.id is None else "changed"


def _change(kind: str, action: str, name: str, fields: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"kind": kind, "action": action, "name": name, "fields": list(fields)}


def _office_notes(wish: OfficeWish, settings: OfficeSettings) -> Iterator[str]:
    if wish.name != settings.name:
        yield f"单位名称在 config.toml 中是“{settings.name}”，请把 office.name 改为“{wish.name}”。"
    if wish.go_live_on is not None and wish.go_live_on != settings.go_live_on:
        stands = settings.go_live_on or "没有设"
        yield f"启用日期在 config.toml 中是“{stands}”，请把 office.go_live_on 改为 {wish.go_live_on}。"


def _plan_sections(plan: Plan, wishes: Wishes, standing: Standing) -> None:
    for wish in wishes.sections:
        if wish.key not in standing.sections:
            plan.new_sections.append(wish)
        elif standing.sections[wish.key] != wish.name:
            plan.renamed_sections.append(wish)
    names = _section_names(wishes, standing)
    for wish in wishes.sections:
        if len(names.get(wish.name, ())) > 1:
            message = "另有科室用这个名称，请换一个或改用那个科室的代码。"
            plan.problems.append(Problem(SECTIONS, wish.row, "名称", message))


def _section_names(wishes: Wishes, standing: Standing) -> dict[str, set[str]]:
    """Name → the keys of the sections that will bear it."""
    after = {**standing.sections, **{one.key: one.name for one in wishes.sections}}
    names: dict[str, set[str]] = {}
    for key, name in after.items():
        names.setdefault(name, set()).add(key)
    return names


def _plan_channels(plan: Plan, wishes: Wishes, standing: Standing) -> None:
    for wish in wishes.channels:
        known = standing.channels.get(wish.key)
        if known is None:
            plan.channels.append(ChannelStep(None, wish.key, wish.kind, _with_secret(wish, "")))
            _check_complete(plan, wish, _with_secret(wish, ""))
        elif known.kind is not wish.kind:
            message = "已有同名的渠道，种类不同；种类不能改，请换一个名称。"
            plan.problems.append(Problem(CHANNELS, wish.row, "种类", message))
        else:
            _plan_known_channel(plan, wish, known)


def _plan_known_channel(plan: Plan, wish: ChannelWish, known: StoredChannel) -> None:
    secret = str(known.settings.get(SECRET_OF.get(wish.kind, "")) or "")
    moved = any(
        known.settings.get(name) != wish.settings.get(name) for name in _DESTINATION.get(wish.kind, ())
    )
    if secret and moved and not wish.secret:
        message = "地址、账号或加密变了，请重新填写密钥。"
        plan.problems.append(Problem(CHANNELS, wish.row, "密钥", message))
    settings = _with_secret(wish, secret)
    _check_complete(plan, wish, settings)
    # What the workbook has no column for stays as it is.
    kept = {name: value for name, value in known.settings.items() if name not in _HEADERS}
    after = {**kept, **settings}
    different = [name for name in {**known.settings, **after} if known.settings.get(name) != after.get(name)]
    if different:
        fields = tuple(sorted({_HEADERS.get(name, name) for name in different}))
        plan.channels.append(ChannelStep(known.id, wish.key, wish.kind, after, fields))


def _with_secret(wish: ChannelWish, standing: str) -> dict[str, Any]:
    secret = wish.secret or standing
    name = SECRET_OF.get(wish.kind)
    return {**wish.settings, name: secret} if name and secret else dict(wish.settings)


def _check_complete(plan: Plan, wish: ChannelWish, settings: Mapping[str, Any]) -> None:
    if settings.get("login") and not settings.get("password"):
        plan.problems.append(Problem(CHANNELS, wish.row, "密钥", "填了账号就要填密钥。"))


def _plan_people(plan: Plan, wishes: Wishes, standing: Standing) -> None:
    names = _section_names(wishes, standing)
    keys = {key for known in names.values() for key in known}
    kinds = {key: one.kind for key, one in standing.channels.items()} | {
        one.key: one.kind for one in wishes.channels
    }
    for wish in wishes.people:
        known = standing.people.get(wish.login)
        section = _section_key(plan, wish, keys, names)
        if known is not None and known.is_disabled:
            message = "这个登录名已停用，不能再用，请换一个。"
            plan.problems.append(Problem(PEOPLE, wish.row, "登录名", message))
            continue
        _plan_person(plan, wish, section, known)
        _plan_addresses(plan, wishes, wish, known, kinds)
    _check_admin(plan, wishes, standing)


def _section_key(plan: Plan, wish: PersonWish, keys: set[str], names: Mapping[str, set[str]]) -> str:
    if not wish.section or wish.section in keys:
        return wish.section
    named = names.get(wish.section, set())
    if len(named) != 1:
        message = "科室表中没有这个科室，也不是已有的科室。"
        plan.problems.append(Problem(PEOPLE, wish.row, "科室", message))
    return next(iter(named), "")


def _plan_person(plan: Plan, wish: PersonWish, section: str, known: StandingPerson | None) -> None:
    if known is None:
        plan.people.append(PersonStep(None, wish.login, wish.name, wish.role, section))
        return
    differs = {
        "姓名": known.name != wish.name,
        "角色": known.role is not wish.role,
        "科室": known.section != section,
    }
    fields = tuple(header for header, is_new in differs.items() if is_new)
    if fields:
        plan.people.append(PersonStep(known.id, wish.login, wish.name, wish.role, section, fields))


def _plan_addresses(
    plan: Plan,
    wishes: Wishes,
    wish: PersonWish,
    known: StandingPerson | None,
    kinds: Mapping[str, ChannelKind],
) -> None:
    for header, key, written in wish.reached_by:
        kind = kinds.get(key)
        address = written or (wish.login if kind is ChannelKind.CONSOLE else "")
        place = header.replace("渠道", "地址")
        if kind is None and key in wishes.channel_names:
            continue
        if kind is None:
            plan.problems.append(Problem(PEOPLE, wish.row, header, "通知渠道表中没有这个渠道。"))
        elif not address:
            plan.problems.append(Problem(PEOPLE, wish.row, place, "没有写在该渠道上的地址。"))
        elif kind in _SHAPES and not _SHAPES[kind][0].fullmatch(address):
            plan.problems.append(Problem(PEOPLE, wish.row, place, _SHAPES[kind][1]))
        elif known is None or (known.addresses.get(key), known.places.get(key)) != (address, _place(header)):
            plan.addresses.append((wish.login, key, address, _place(header)))


def _place(header: str) -> int:
    """0 for the first channel of a person's row, 1 for the second."""
    return int(header.removeprefix("通知渠道") or "1") - 1


def _check_admin(plan: Plan, wishes: Wishes, standing: Standing) -> None:
    """Somebody must be able to look after the installation; not asked while rows could not be read."""
    roles = {login: one.role for login, one in standing.people.items() if not one.is_disabled}
    roles |= {one.login: one.role for one in wishes.people}
    if Role.ADMIN not in roles.values() and not plan.problems:
        plan.problems.append(Problem(PEOPLE, None, "角色", "没有一名管理员。"))
