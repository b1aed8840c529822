"""Who is told: the people of an audience, or at once of the next one when it has nobody.

Decides only: the people are given, with the addresses they have now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.vocabulary import Audience, Role
from storage.channels import Reachable

_ROLES: Mapping[Audience, Role] = {
    Audience.DUTY: Role.DUTY,
    Audience.SECTION: Role.HANDLER,
    Audience.MANAGER: Role.MANAGER,
    Audience.PRESS: Role.PRESS,
    Audience.ADMIN: Role.ADMIN,
}


@dataclass(frozen=True, slots=True)
class Resolved:
    """Who an audience was at the moment it was asked for.

    Attributes:
        asked: the audience of the step.
        reached: the one that had somebody; None when nobody in the office can be reached.
        people: may be empty.
    """

    asked: Audience
    reached: Audience | None
    people: tuple[Reachable, ...]

    @property
    def is_redirected(self) -> bool:
        """Whether somebody else was told, or nobody."""
        return self.reached is not self.asked


def resolve(
    asked: Audience,
    section: str,
    everybody: Sequence[Reachable],
    fallback: Mapping[Audience, Sequence[Audience]],
) -> Resolved:
    """The people of `asked`, or of the first audience after it that has somebody with an address.

    Args:
        section: the section responsible for the case; empty while none is.
        everybody: who is not disabled.
    """
    for audience in (asked, *fallback[asked]):
        people = tuple(one for one in everybody if one.addresses and _belongs(one, audience, section))
        if people:
            return Resolved(asked, audience, people)
    return Resolved(asked, None, ())


def _belongs(person: Reachable, audience: Audience, section: str) -> bool:
    if person.role is not _ROLES[audience]:
        return False
    return audience is not Audience.SECTION or (section != "" and person.section == section)
