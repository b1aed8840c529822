"""What the page 来源 shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from api.pages.contexts import PageContext
from core.clock import shanghai
from core.labels import label
from core.vocabulary import Route, Verdict
from crawlers.health import Standing, standing_word

# The end of a day is the first instant of the next one.
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source.

    Attributes:
        word: how it stands, in a word.
        troubles: sentences; may be empty.
        refusal: why it cannot be fetched now; None when it can.
        verdict: how its last run ended; empty before the first.
        waits_for_approval: an administrator must first record by which decision it may be gathered.
        approval: who approved it, when and by what; empty where nobody had to.
        credential: how its credential stands; empty where it needs none.
    """

    key: str
    name: str
    publisher: str
    channel: str
    route: str
    legal_note: str
    approved_by: str
    is_on: bool
    may_switch: bool
    word: str
    troubles: tuple[str, ...]
    refusal: str | None
    waits_for_contact: bool
    unverified: tuple[str, ...]
    every_minutes: int
    delay_seconds: str
    expected_min: int
    verdict: str
    message: str
    read: int | None
    stored: int | None
    quarantined: int | None
    run_id: int | None
    ended_at: datetime | None
    last_ok_at: datetime | None
    next_run_at: datetime | None
    waits_for_approval: bool
    approval: str
    credential: str

    @classmethod
    def of(cls, one: Standing) -> SourceLine:
        """The line of a standing."""
        source, run, state = one.source, one.run, one.state or {}
        has_ended = run is not None and run["verdict"] is not None
        return cls(
            key=source.key,
            name=source.name,
            publisher=source.publisher,
            channel=label(source.channel),
            route=label(source.route),
            legal_note=source.legal.note,
            approved_by=state.get("approved_by") or source.legal.approved_by,
            is_on=one.is_on,
            may_switch=source.route.value in {"A", "B"},
            word=standing_word(one),
            troubles=tuple(trouble.message for trouble in one.troubles),
            refusal=f"{one.refusal.message}{one.refusal.mend}" if one.refusal else None,
            waits_for_contact=one.refusal is not None and one.refusal.code == "crawl.no_contact",
            unverified=source.unverified,
            every_minutes=source.cadence.every_minutes,
            delay_seconds=f"{source.politeness.delay_seconds:g}",
            expected_min=source.expect.min_rows,
            verdict=label(Verdict(run["verdict"])) if run is not None and has_ended else "",
            message=run["message"] if run is not None else "",
            read=run["read"] if run is not None else None,
            stored=run["stored"] if run is not None else None,
            quarantined=run["quarantined"] if run is not None else None,
            run_id=run["id"] if run is not None else None,
            ended_at=run["ended_at"] if run is not None else None,
            last_ok_at=state.get("last_ok_at"),
            next_run_at=state.get("next_run_at") if one.is_on and one.refusal is None else None,
            waits_for_approval=source.route is Route.LOGIN and not state.get("approved_by"),
            approval=_approval(state),
            credential=_credential(state) if source.needs_credential else "",
        )


def _approval(state: Mapping[str, Any]) -> str:
    at, note = state.get("approved_at"), state.get("approval_note")
    return f"{shanghai(at):%Y-%m-%d} {state['approved_by']}：{note}" if at and note else ""


def _credential(state: Mapping[str, Any]) -> str:
    """When it was given and until when it holds; never what it is."""
    if state.get("credential") is None:
        return "没有登记"
    given, until = state["credential_set_at"], state["credential_expires_at"]
    ends = f"，{shanghai(until - _MOMENT):%Y-%m-%d} 到期" if until else "，没有写到期日"
    refused = "，对方已不接受" if state["credential_refused_at"] else ""
    return f"{shanghai(given):%Y-%m-%d} 登记{ends}{refused}"


@dataclass(frozen=True)
class SourcesPage(PageContext):
    """The page.

    Attributes:
        troubled, running, off: the sources in three groups; each may be empty.
        hot: the words of the last look at a hot list, best rank first; may be empty.
        said: what the last command came to, or None.
        may_run: whether the reader is an administrator.
        has_contact: whether the office has said how a site's administrator reaches it.
    """

    troubled: Sequence[SourceLine]
    running: Sequence[SourceLine]
    off: Sequence[SourceLine]
    hot: Sequence[Any]
    said: str | None
    is_good: bool
    may_run: bool
    has_contact: bool
