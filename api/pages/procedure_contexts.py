"""What the page of a case shows of its steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.pages.form_parts import FormField


@dataclass(frozen=True)
class StepLine:
    """One step that was taken."""

    label: str
    at: datetime
    document: str
    result: str
    text: str
    has_copy: bool


@dataclass(frozen=True)
class StepForm:
    """The form of one step; `is_open` unfolds it, because it was refused."""

    key: str
    label: str
    hint: str
    fields: list[FormField]
    is_open: bool


@dataclass(frozen=True)
class ProcedurePart:
    """The steps of a case.

    Attributes:
        leads: they are what the case is about, and stand before everything else that may be done.
    """

    leads: bool
    taken: list[StepLine]
    forms: list[StepForm]
