"""The words of gathering from sites; `core.vocabulary` hands them on with all others."""

from __future__ import annotations

from enum import StrEnum


class Route(StrEnum):
    """By which right a source is gathered.

    Source: A an official interface or the office's own export, B an open page that robots.txt allows, C needs
    the office's own login, D needs a copied signature or a way round a wall.
    """

    OFFICIAL = "A"
    OPEN = "B"
    LOGIN = "C"
    BARRED = "D"


class Verdict(StrEnum):
    """What one answer of a site is, judged before anything is read out of it; a run ends with one, too."""

    DATA = "data"
    EMPTY_PROVEN = "empty_proven"
    END_OF_LIST = "end_of_list"
    OK = "ok"
    OK_EMPTY = "ok_empty"
    BUDGET_SPENT = "budget_spent"
    PARTIAL = "partial"
    GONE = "gone"
    BLOCKED_RATE = "blocked_rate"
    BLOCKED_LOGIN = "blocked_login"
    BLOCKED_CAPTCHA = "blocked_captcha"
    BLOCKED_WAF = "blocked_waf"
    SESSION_EXPIRED = "session_expired"
    FORMAT_CHANGED = "format_changed"
    TRUNCATED = "truncated"
    SERVER_ERROR = "server_error"
    ROBOTS_DENIED = "robots_denied"
    TIMED_OUT = "timed_out"
    CRASHED = "crashed"


class SourceTrouble(StrEnum):
    """Why an administrator should look at a source."""

    FAILING = "failing"
    SILENT = "silent"
    TOO_FEW = "too_few"
    CREDENTIAL_EXPIRED = "credential_expired"
    CREDENTIAL_EXPIRES_SOON = "credential_expires_soon"
