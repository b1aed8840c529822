"""The parts that the forms of a case are declared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from api.pages.contexts import Option
from core.vocabulary import Command


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a form asks for; `kind` as in `FormField`."""

    name: str
    label: str
    kind: str = "line"
    hint: str = ""
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """What a command asks for, and its effect in one sentence."""

    effect: str
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class More:
    """What the further commands of a case can be chosen from.

    Attributes:
        choices: name of a field → value → words.
        pointless: commands that the table allows and that would find nothing to do.
    """

    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    pointless: frozenset[Command] = frozenset()


@dataclass(frozen=True)
class FormField:
    """One thing a form asks for.

    Attributes:
        kind: `line`, `text`, `choice`, `checks`, `time`, `url` or `file`.
        error: what is wrong with it, or None.
    """

    name: str
    label: str
    kind: str
    value: str
    hint: str
    is_required: bool
    options: Sequence[Option]
    error: str | None
