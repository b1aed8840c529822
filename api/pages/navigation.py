"""The main navigation: one line a page, and which roles come to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.vocabulary import Role

_ALL = frozenset(Role)
_WITHOUT_SECTION = _ALL - {Role.HANDLER}
_Line = tuple[str, str, frozenset[Role]]

# What people come for every day stands in the bar; the rest unfolds below 更多.
_BAR: Sequence[_Line] = (
    ("/desk", "值班台", _ALL),
    ("/inbox", "收件箱", frozenset({Role.HANDLER})),
    ("/incidents", "事件", _WITHOUT_SECTION),
    ("/search", "检索", _ALL),
    ("/reports/response-times", "时效报告", _ALL),
    ("/rules", "规则", _ALL),
)
_MORE: Sequence[_Line] = (
    ("/alerts", "告警", _WITHOUT_SECTION),
    ("/concentrated", "集中问题", _WITHOUT_SECTION),
    ("/reports/openness", "公开年报", _WITHOUT_SECTION),
    ("/accuracy", "研判准确率", _WITHOUT_SECTION),
    ("/watches", "监测主题", _WITHOUT_SECTION),
    ("/wall", "态势大屏", _WITHOUT_SECTION),
    ("/roster", "值班表", _ALL),
    ("/sources", "来源", frozenset({Role.ADMIN, Role.MANAGER, Role.PRESS})),
    ("/papers", "公文", _WITHOUT_SECTION),
    ("/messages/new", "登记来文", frozenset({Role.PRESS, Role.DUTY, Role.MANAGER})),
    ("/tasks", "任务", frozenset({Role.PRESS, Role.MANAGER, Role.HANDLER})),
    ("/documents", "政策文件", frozenset({Role.PRESS, Role.MANAGER, Role.HANDLER})),
    ("/imports", "导入", frozenset({Role.PRESS, Role.MANAGER, Role.ADMIN})),
    ("/audit", "留痕", frozenset({Role.ADMIN, Role.MANAGER})),
    ("/channels", "通知渠道", frozenset({Role.ADMIN})),
    ("/people", "账号", frozenset({Role.ADMIN})),
    ("/setup", "开局表", frozenset({Role.ADMIN})),
)


@dataclass(frozen=True, slots=True)
class NavItem:
    """One link; `is_current` marks the page shown, or the part of the site it belongs to."""

    href: str
    name: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Navigation:
    """The links of one person: those of the bar, and those that unfold."""

    bar: Sequence[NavItem]
    more: Sequence[NavItem]


def navigation_of(role: Role, path: str) -> Navigation:
    """What somebody of this role finds in the navigation of the page at `path`."""
    return Navigation(_items(_BAR, role, path), _items(_MORE, role, path))


def addresses() -> Sequence[str]:
    """Every address the navigation knows, for the tests that walk through all pages."""
    return [href for href, _, _ in (*_BAR, *_MORE)]


def _items(lines: Iterable[_Line], role: Role, path: str) -> list[NavItem]:
    return [NavItem(href, name, path.startswith(href)) for href, name, roles in lines if role in roles]
