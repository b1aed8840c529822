"""What the pages of tasks and of policy documents show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from api.pages.contexts import Option, PageContext
from api.pages.handling_contexts import Handling
from core.vocabulary import CaseState
from storage.database import Row


@dataclass(frozen=True)
class TaskLine:
    """One task in the list; `state` is of its next clock: overdue, due_soon, later, or done."""

    href: str
    title: str
    number: str
    kind: str
    plan: str
    section: str
    case_state: CaseState
    due_at: datetime | None
    state: str
    countdown: str


@dataclass(frozen=True)
class PlanLine:
    """One plan with the rows of its table that could not become tasks."""

    title: str
    printed_on: date
    total: int
    rejects: Sequence[Row]


@dataclass(frozen=True)
class TasksPage(PageContext):
    """Every task, next due first.

    Attributes:
        may_enter: this person enters tasks and plans.
        tried: what a plan would bring, or brought; None where none was sent.
        error_field: the field that was wrong, of the form that was sent.
    """

    tasks: Sequence[TaskLine]
    plans: Sequence[PlanLine]
    counts: Mapping[str, int]
    kinds: Sequence[Option]
    sections: Sequence[Option]
    may_enter: bool
    typed: Mapping[str, str]
    tried: Mapping[str, Any] | None = None
    done: str | None = None
    error: str | None = None
    error_field: str | None = None
    is_plan: bool = False


@dataclass(frozen=True)
class OpinionLine:
    """One opinion on a decision."""

    id: int
    author: str
    text: str
    received_on: date
    verdict: str
    reason: str
    verdicts: Sequence[Option]


@dataclass(frozen=True)
class TaskPage(PageContext):
    """One task.

    Attributes:
        facts: name → value, what its paper says.
        opinions: None where the task is no consultation.
        effect: of a rectification, how often the problem was heard of before and after, in words.
    """

    case: Handling
    kind: str
    facts: Sequence[tuple[str, str]]
    content: str
    opinions: Sequence[OpinionLine] | None
    may_judge: bool
    effect: str = ""


@dataclass(frozen=True)
class DocumentLine:
    """One policy document; `section` is the name of the drafting section."""

    id: int
    title: str
    number: str
    section: str
    issued_on: date | None
    url: str
    is_repealed: bool
    asked: Sequence[tuple[str, str]]
    total: int


@dataclass(frozen=True)
class DocumentsPage(PageContext):
    """The register of policy documents."""

    documents: Sequence[DocumentLine]
    sections: Sequence[Option]
    may_enter: bool
    typed: Mapping[str, str] = field(default_factory=dict)
    done: str | None = None
    error: str | None = None
    error_field: str | None = None
