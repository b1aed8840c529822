"""The shape of a file in `rules/deadlines`, as an official writes it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field, model_validator

from core.rule_files import RuleFileModel
from core.vocabulary import CaseKind, Channel, ClockStart, ClockStop, Level, LimitUnit, MessageKind, Trust


class DocumentEntry(RuleFileModel):
    """The policy document every rule of the file comes from."""

    title: str = Field(min_length=1)
    number: str | None


class AppliesToEntry(RuleFileModel):
    """What a rule is for."""

    kind: CaseKind
    channels: tuple[Channel, ...] = ()
    levels: tuple[Level, ...] = ()
    message_kinds: tuple[MessageKind, ...] = ()
    simple_only: bool = False


class ClockEntry(RuleFileModel):
    """What starts and what stops the clock."""

    starts: ClockStart
    stops: ClockStop


class LimitEntry(RuleFileModel):
    """How long the clock runs; `amount: null` where each order prints its own."""

    amount: int | None = Field(ge=1)
    unit: LimitUnit
    direction: Literal["forwards", "backwards"] = "forwards"

    @model_validator(mode="after")
    def _backwards_counts_working_days(self) -> LimitEntry:
        if self.direction == "backwards" and self.unit is not LimitUnit.WORKING_DAY:
            raise ValueError("倒推的期限只能按工作日计")
        return self


class ExtensionEntry(RuleFileModel):
    """How much longer at most, once approved."""

    amount: int = Field(ge=1)
    unit: LimitUnit


class CitationEntry(RuleFileModel):
    """The clause; `text` names the file under `rules/texts` that holds the quote."""

    section: str = Field(min_length=1)
    quote: str = Field(min_length=1)
    trust: Trust
    reading: str | None = None
    text: str | None = None


class InForceEntry(RuleFileModel):
    """First and last day of force."""

    from_: date = Field(alias="from")
    to: date | None

    @model_validator(mode="after")
    def _in_order(self) -> InForceEntry:
        if self.to is not None and self.to < self.from_:
            raise ValueError("施行的起止日期颠倒")
        return self


class ExampleEntry(RuleFileModel):
    """A worked example: from an instant to the last day, or to the due instant."""

    from_: AwareDatetime = Field(alias="from")
    due: date | None = None
    due_at: AwareDatetime | None = None
    why: str = Field(min_length=1)
    calendar_as_of: date | None = None
    provisional: bool = False

    @model_validator(mode="after")
    def _one_result(self) -> ExampleEntry:
        if (self.due is None) == (self.due_at is None):
            raise ValueError("例子要写 due 或 due_at 之一")
        return self


class RuleEntry(RuleFileModel):
    """One version of one rule."""

    key: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$")
    label: str = Field(min_length=1)
    applies_to: AppliesToEntry
    clock: ClockEntry
    limit: LimitEntry
    pausable: bool
    extension: ExtensionEntry | None = None
    citation: CitationEntry
    interpretation: str
    in_force: InForceEntry
    checked_on: date
    enabled: bool = True
    examples: tuple[ExampleEntry, ...]

    @model_validator(mode="after")
    def _has_examples(self) -> RuleEntry:
        if self.limit.amount is not None and not self.examples:
            raise ValueError("没有例子的规则不能使用")
        return self

    @model_validator(mode="after")
    def _extends_in_its_own_unit(self) -> RuleEntry:
        if self.extension is not None and self.extension.unit is not self.limit.unit:
            raise ValueError("延长的期限与原期限用同一单位")
        return self


class RuleFile(RuleFileModel):
    """One file: one policy document and its rules."""

    document: DocumentEntry
    rules: tuple[RuleEntry, ...] = Field(min_length=1)
