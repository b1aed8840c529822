"""Who is told: whoever is on duty for an audience, or at once the next audience when it has nobody.

Decides only: the people and the roster are given as they are at this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.roster import EMPTY, Holder, Roster
from core.vocabulary import Audience, Role
from storage.channels import Reachable

_ROLES: Mapping[Audience, Role] = {
    Audience.DUTY: Role.DUTY,
    Audience.SECTION: Role.HANDLER,
    Audience.SECTION_HEAD: Role.HANDLER,
    Audience.MANAGER: Role.MANAGER,
    Audience.PRESS: Role.PRESS,
    Audience.ADMIN: Role.ADMIN,
}
_OF_A_SECTION = frozenset({Audience.SECTION, Audience.SECTION_HEAD})


@dataclass(frozen=True, slots=True)
class Resolved:
    """Who an audience was at the moment it was asked for.

    Attributes:
        asked: the audience of the step.
        reached: the one that had somebody; None when nobody in the office can be reached.
        people: may be empty.
        via: person → why: `shift/7`, `override/3`, `role`; with `+away/12` where they stand in for number 12.
        needs_all: everybody among `people` has to sign.
    """

    asked: Audience
    reached: Audience | None
    people: tuple[Reachable, ...]
    via: Mapping[int, str]
    needs_all: bool = False

    @property
    def is_redirected(self) -> bool:
        """Whether somebody else was told, or nobody."""
        return self.reached is not self.asked


def resolve(
    asked: Audience,
    section: str,
    everybody: Sequence[Reachable],
    fallback: Mapping[Audience, Sequence[Audience]],
    roster: Roster = EMPTY,
    at: datetime | None = None,
) -> Resolved:
    """The people of `asked`, or of the first audience after it that has somebody with an address.

    An audience that has posts in the roster is whoever is on duty there at `at`, and nobody else; one without
    posts is everybody of its role.

    Args:
        section: the section responsible for the case; empty while none is.
        everybody: who is not disabled.
        at: needed with a roster.
    """
    reachable = {one.id: one for one in everybody if one.addresses}
    for audience in (asked, *fallback[asked]):
        found, needs_all = _of(audience, section, reachable, roster, at)
        if found:
            people = tuple(reachable[number] for number in found)
            return Resolved(asked, audience, people, found, needs_all)
    return Resolved(asked, None, (), {})


def _of(
    audience: Audience, section: str, reachable: Mapping[int, Reachable], roster: Roster, at: datetime | None
) -> tuple[dict[int, str], bool]:
    """Person → why, and whether everybody has to sign."""
    posts = roster.posts_of(audience, section) if at is not None else []
    if at is None or not posts:
        return _of_role(audience, section, reachable, roster, at), False
    holders: list[Holder] = [holder for post in posts for holder in roster.on_duty(post, at)]
    found: dict[int, str] = {}
    for holder in holders:
        if holder.person_id in reachable:
            found.setdefault(holder.person_id, holder.via)
    return found, any(post.needs_all for post in posts)


def _of_role(
    audience: Audience, section: str, reachable: Mapping[int, Reachable], roster: Roster, at: datetime | None
) -> dict[int, str]:
    found: dict[int, str] = {}
    for person in reachable.values():
        if not _belongs(person, audience, section):
            continue
        present = roster.delegate_of(person.id, at) if at is not None else person.id
        if present == person.id:
            found.setdefault(present, "role")
        elif present in reachable:
            found.setdefault(present, f"role+away/{person.id}")
        else:
            found.setdefault(
                person.id, "role"
            )  # the stand-in cannot be reached: better twice than not at all
    return found


def _belongs(person: Reachable, audience: Audience, section: str) -> bool:
    if person.role is not _ROLES[audience]:
        return False
    return audience not in _OF_A_SECTION or (section != "" and person.section == section)
