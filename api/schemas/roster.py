"""The roster: posts, turns, swaps, absences, hand-overs, the roll."""

from __future__ import annotations

from pydantic import Field

from api.schemas.handling import InstantIn, Line, Wish, Words
from api.schemas.shapes import InstantText, Shape
from core.vocabulary import Audience


class PostOut(Shape):
    """One post."""

    post: str = Field(examples=["duty"])
    name: str = Field(examples=["总值班"])
    audience: str = Field(examples=["duty"])
    section: str | None
    needs_all: bool


class TurnOut(Shape):
    """Somebody's turn, or who takes it (`override`)."""

    post: str = Field(examples=["duty"])
    login: str = Field(examples=["sun"])
    name: str = Field(examples=["孙值班"])
    since: InstantText
    until: InstantText
    override: bool
    reason: str | None


class HolderOut(Shape):
    """Somebody on duty now, and why."""

    post: str
    login: str
    name: str
    via: str = Field(examples=["shift/7"])


class GapOut(Shape):
    """A stretch in which nobody is on a post."""

    post: str
    since: InstantText
    until: InstantText
    holiday: str | None


class RosterOut(Shape):
    """The roster of a period."""

    posts: list[PostOut]
    turns: list[TurnOut]
    on_duty: list[HolderOut]
    gaps: list[GapOut]


class TurnIn(Wish):
    """A turn to enter."""

    login: Line = Field(examples=["sun"])
    since: InstantIn
    until: InstantIn


class TurnsIn(Wish):
    """The turns of a post in a period, in place of those that stood in it."""

    post: Line = Field(examples=["duty"])
    since: InstantIn
    until: InstantIn
    turns: list[TurnIn] = Field(max_length=2000)


class PostIn(Wish):
    """A new post."""

    post: Line = Field(examples=["duty"])
    name: Line = Field(examples=["总值班"])
    audience: Audience = Audience.DUTY
    section: Line = ""
    needs_all: bool = False


class SwapIn(Wish):
    """换班."""

    post: Line
    stand_in: Line = Field(examples=["li"])
    instead_of: Line | None = Field(None, description="顶替谁；不写为全岗。")
    since: InstantIn
    until: InstantIn
    reason: Words


class AwayIn(Wish):
    """外出委托."""

    delegate: Line = Field(examples=["li"])
    since: InstantIn
    until: InstantIn
    reason: Words = ""


class HandOverIn(Wish):
    """交班."""

    post: Line
    to: Line = Field(examples=["li"])
    note: Words = ""


class NumberOut(Shape):
    """The number of what was entered, or how many."""

    number: int = Field(examples=[3])


class CalledOut(Shape):
    """Who was called."""

    post: str
    person: str
    reachable: bool = Field(description="有可用的渠道。")


class RollOut(Shape):
    """Everybody who was called."""

    called: list[CalledOut]
