"""Whether a source may be fetched now, and if not, what would have to be done. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.errors import NotAllowed
from core.vocabulary import Route
from crawlers.catalog import Source, is_loopback


def is_on(source: Source, state: Mapping[str, Any] | None) -> bool:
    """Whether the source is switched on: by an administrator, else as its file says."""
    chosen = state["is_enabled"] if state else None
    return source.enabled if chosen is None else bool(chosen)


def why_not(
    source: Source, state: Mapping[str, Any] | None, contact: str, now: datetime
) -> NotAllowed | None:
    """Why the source may not be fetched; None when it may.

    A copy of a site on this machine needs no switch and no contact, but a source behind a login needs its
    approval and its credential even there.
    """
    if source.route is Route.BARRED:
        return _no(source, "要绕过网站的限制", "这类来源不采集。", "source.barred")
    if source.route is Route.LOGIN and not (state and state["approved_by"]):
        mend = f"由管理员登记批准：huiying sources approve {source.key} --note 批准依据"
        return _no(source, "需要登录，还没有批准", f"请{mend}", "source.not_approved")
    if not is_loopback(source):
        if not is_on(source, state):
            reason = f"已停用：{source.off_because}" if source.off_because else "已停用"
            return _no(source, reason, f"启用：huiying sources enable {source.key}", "source.off")
        if not contact:
            mend = "请在配置中填写 crawl.contact（让对方网站知道是谁在采集）。"
            return _no(source, "没有填写联系方式", mend, "crawl.no_contact")
    return _credential_missing(source, state, now)


def _credential_missing(source: Source, state: Mapping[str, Any] | None, now: datetime) -> NotAllowed | None:
    if not source.needs_credential:
        return None
    mend = f"请登记：huiying sources credential {source.key}"
    if not state or state["credential"] is None:
        return _no(source, "没有登记登录凭据", mend, "credential.missing")
    expires = state["credential_expires_at"]
    if state["credential_refused_at"] is not None or (expires is not None and expires <= now):
        return _no(source, "登录凭据已失效", mend, "credential.expired")
    return None


def _no(source: Source, reason: str, mend: str, code: str) -> NotAllowed:
    return NotAllowed(f"来源“{source.name}”不能采集：{reason}。", mend=mend, code=code)
