"""The people of the demo, whom its sign-in page lets in by a button. No real office has any."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Guest:
    """One role of the demo; `look` says what to look at first."""

    role: str
    name: str
    login: str
    look: str
    password: str = field(repr=False)
