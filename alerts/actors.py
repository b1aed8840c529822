"""Who acts: a person of the office, or the program itself."""

from __future__ import annotations

from dataclasses import dataclass

from core.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """Who gives a command.

    Attributes:
        person_id: number of the person; None for the program.
        login: the person's login, or the program's part (`triage`).
        name: what the audit trail shows.
        role: the person's role; None for the program.
        section: key of the person's section; may be empty.
        by_token: another system of the office, which tells what was done there; see `workflow.BY_TOKEN`.
    """

    person_id: int | None
    login: str
    name: str
    role: Role | None
    section: str = ""
    by_token: bool = False

    @property
    def kind(self) -> str:
        """The word of the audit trail."""
        if self.by_token:
            return "machine"
        return "system" if self.role is None else "human"

    @property
    def is_bound_to_section(self) -> bool:
        """Whether only cases of the person's own section exist for this person."""
        return self.role is Role.HANDLER


def program(part: str) -> Actor:
    """The program as an actor, named by the part that acts."""
    return Actor(None, part, f"系统({part})", None)
