"""What the pages about the office itself show: setting it up, and its people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from api.pages.contexts import Option, PageContext
from api.setting_up import SetupAnswer


@dataclass(frozen=True)
class SetupPage(PageContext):
    """开局.

    Attributes:
        is_first: nobody is there yet.
        answer: what came of the workbook, or None.
        error: why it was refused as a whole, or None.
    """

    is_first: bool
    answer: SetupAnswer | None
    error: str | None


@dataclass(frozen=True)
class PersonLine:
    """Somebody of the office; `is_self` is the administrator who asks."""

    login: str
    name: str
    role: str
    section: str
    created_at: datetime
    disabled_at: datetime | None
    is_temporary: bool
    is_self: bool


@dataclass(frozen=True)
class TemporaryPassword:
    """A password that is shown once."""

    login: str
    name: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class PeoplePage(PageContext):
    """账号: everybody of the office.

    Attributes:
        fresh: the temporary password that was just made, or None.
        done: what was just done, or None.
        typed: what stands in the form of a new person.
        error, error_field: why the last attempt was refused, and in which field, or None.
    """

    people: Sequence[PersonLine]
    roles: Sequence[Option]
    sections: Sequence[Option]
    fresh: TemporaryPassword | None
    done: str | None
    typed: Mapping[str, str]
    error: str | None
    error_field: str | None
