"""Sources, as programs read them."""

from __future__ import annotations

from pydantic import BaseModel


class TroubleOut(BaseModel):
    """One thing that is wrong with a source."""

    kind: str
    message: str


class SourceOut(BaseModel):
    """How one source stands."""

    key: str
    name: str
    publisher: str
    channel: str
    route: str
    enabled: bool
    refusal: str | None
    unverified: list[str]
    every_minutes: int
    delay_seconds: float
    last_ok_at: str | None
    last_news_at: str | None
    next_run_at: str | None
    backoff_until: str | None
    run: int | None
    state: str | None
    verdict: str | None
    message: str | None
    read: int | None
    stored: int | None
    expected_min: int
    troubles: list[TroubleOut]


class SourceList(BaseModel):
    """Every source, those in trouble first."""

    items: list[SourceOut]
    next: str | None
    total: int | None


class RunOut(BaseModel):
    """A run that was asked for."""

    run: int
    source: str
    first: bool
