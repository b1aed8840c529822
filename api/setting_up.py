"""Setting an office up from one workbook, as the web asks the composition root for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SetupProblem:
    """One thing to mend, with where it stands; `where` reads like `“人员”表，第 3 行，“角色”列`."""

    where: str
    message: str


@dataclass(frozen=True, slots=True)
class SetupChange:
    """One thing that was, or would be, changed."""

    kind: str
    action: str
    name: str
    fields: Sequence[str]


@dataclass(frozen=True, slots=True)
class SetupLogin:
    """Somebody who was added, with the temporary password that is shown once and kept nowhere."""

    login: str
    name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SetupAnswer:
    """What a workbook brings.

    Attributes:
        is_written: False for a rehearsal, and where there are problems.
        unlisted: logins that stand and are not in the workbook; nothing is done to them.
    """

    is_written: bool
    problems: Sequence[SetupProblem] = ()
    changes: Sequence[SetupChange] = ()
    notes: Sequence[str] = ()
    unlisted: Sequence[str] = ()
    logins: Sequence[SetupLogin] = ()


class Setup(Protocol):
    """The same code as `huiying setup`."""

    def template(self) -> bytes:
        """The empty workbook, with every column explained."""

    def read(self, content: bytes, name: str, *, actor: str, is_first: bool, write: bool) -> SetupAnswer:
        """Compare a filled-in workbook with the installation and, unless only rehearsed, follow it whole.

        Raises:
            FileRefused: it is no workbook that can be read.
            Conflict: `is_first`, and somebody is there already.
        """
