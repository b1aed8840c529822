"""办理程序: the steps of requests and tasks, as an official writes them in `rules/procedures`. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from core.errors import RuleError
from core.rule_files import RuleFileModel, read_rule_file
from core.rulebook import Rulebook
from core.vocabulary import CaseKind, Channel, ClockStop, Role

_SECTIONS = (Role.PRESS, Role.DUTY, Role.HANDLER)


class ProcedureStep(RuleFileModel):
    """One step: when it may be taken, what it asks for, and what it does to the clocks.

    Attributes:
        hint: its effect in one sentence, with the clause behind it.
        after: at least one of these steps was taken before; empty for no condition.
        unless: none of these steps was taken.
        owes: the case has, or had, a clock of this rule.
        again: may be taken more than once in a cycle.
        roles: who may take it.
        when_closed: may be taken in a closed case, too.
        stops: the facts this step is; clocks that wait for one of them stop.
        starts: rules whose clocks it starts.
        until: the clock it starts ends when the person says, since the rule has no limit of its own.
        restarts: rules whose clocks it ends and starts anew.
        cancels: rules whose clocks it ends.
        pauses, resumes: what the rules allow to stand still stands still, or runs again.
        within: the rule whose limit it should keep; once that has run out, it pauses nothing.
        document: what to call the paper that goes with it; empty where there is none.
        results: key → words; one must be chosen.
        completes: whatever the case owed has been done.
    """

    key: str = Field(pattern=r"^[a-z0-9_]{1,40}$")
    label: str = Field(min_length=1)
    hint: str = ""
    after: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    owes: str | None = None
    again: bool = False
    roles: tuple[Role, ...] = _SECTIONS
    when_closed: bool = False
    stops: tuple[ClockStop, ...] = ()
    starts: tuple[str, ...] = ()
    until: bool = False
    restarts: tuple[str, ...] = ()
    cancels: tuple[str, ...] = ()
    pauses: bool = False
    resumes: bool = False
    within: str | None = None
    document: str = ""
    results: Mapping[str, str] = Field(default_factory=dict)
    completes: bool = False

    @property
    def rules(self) -> tuple[str, ...]:
        """Every rule the step names."""
        named = (*self.starts, *self.restarts, *self.cancels, self.owes, self.within)
        return tuple(key for key in named if key)


class Procedure(RuleFileModel):
    """The steps of one kind of business.

    Attributes:
        key: stable name; a task is kept under it.
        kinds, channels: which cases go through it; for tasks the key decides instead of a channel.
        opens: for tasks, the rules whose clocks start when the task is entered.
    """

    key: str = Field(pattern=r"^[a-z0-9_]{1,40}$")
    label: str = Field(min_length=1)
    kinds: tuple[CaseKind, ...] = Field(min_length=1)
    channels: tuple[Channel, ...] = ()
    opens: tuple[str, ...] = ()
    steps: tuple[ProcedureStep, ...] = Field(min_length=1)

    def step(self, key: str) -> ProcedureStep | None:
        """The step of this key, or None."""
        return next((one for one in self.steps if one.key == key), None)


@dataclass(frozen=True)
class Procedures:
    """Every procedure of the office, in the order of their files."""

    all: tuple[Procedure, ...]

    def of(self, kind: CaseKind, channel: Channel, task: str = "") -> tuple[Procedure, ...]:
        """The procedures a case goes through: its own, and those of every case of its kind.

        Args:
            task: for a task, the key of its procedure.
        """
        return tuple(one for one in self.all if kind in one.kinds and _concerns(one, channel, task))

    def named(self, key: str) -> Procedure | None:
        """The procedure of this key, or None."""
        return next((one for one in self.all if one.key == key), None)


NO_PROCEDURES = Procedures(())


def open_steps(
    procedures: Collection[Procedure], taken: Collection[str], owed: Collection[str], *, is_closed: bool
) -> Iterator[ProcedureStep]:
    """The steps that may be taken now, in the order of the files.

    Args:
        taken: keys of the steps taken in this cycle.
        owed: rules of which the case has or had a clock in this cycle.
    """
    for procedure in procedures:
        for step in procedure.steps:
            if _is_open(step, taken, owed) and (step.when_closed or not is_closed):
                yield step


def load_procedures(folder: Path, rulebook: Rulebook) -> Procedures:
    """The procedures of a folder, usually `rules/procedures`.

    Raises:
        RuleError: a file has not the right shape, repeats a step, or names an unknown rule or step.
    """
    known = {rule.key for rule in rulebook.rules()}
    found = []
    for path in sorted(folder.glob("*.yml")):
        procedure = read_rule_file(path, Procedure)
        _check(path, procedure, known)
        found.append(procedure)
    return Procedures(tuple(found))


def _concerns(procedure: Procedure, channel: Channel, task: str) -> bool:
    if procedure.key == task or channel in procedure.channels:
        return True
    # Without a channel a procedure of letters is for all of them; that of a task is for its own.
    return not procedure.channels and CaseKind.MESSAGE in procedure.kinds


def _is_open(step: ProcedureStep, taken: Collection[str], owed: Collection[str]) -> bool:
    if step.key in taken and not step.again:
        return False
    if step.owes is not None and step.owes not in owed:
        return False
    return (not step.after or any(key in taken for key in step.after)) and not any(
        key in taken for key in step.unless
    )


def _check(path: Path, procedure: Procedure, known: Collection[str]) -> None:
    keys = [step.key for step in procedure.steps]
    if len(keys) != len(set(keys)):
        raise RuleError(path, "有两个步骤的 key 相同")
    for key in procedure.opens:
        if key not in known:
            raise RuleError(path, f"opens 中没有规则 {key}", key=procedure.key)
    for step in procedure.steps:
        for rule in step.rules:
            if rule not in known:
                raise RuleError(path, f"没有规则 {rule}", key=step.key)
        for other in (*step.after, *step.unless):
            if other not in keys:
                raise RuleError(path, f"没有步骤 {other}", key=step.key)
