"""Papers as the web makes them: the same way for a page and for a program."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from alerts.actors import Actor
from api.services import Services
from core.errors import NotAllowed
from core.vocabulary import PaperKind, Role
from reports.papers.filing import draft
from reports.papers.making import make
from reports.papers.scope import Desk, Period
from storage.database import Connection

READERS = (Role.PRESS, Role.DUTY, Role.MANAGER, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper somebody asks for.

    Attributes:
        since, until: for a paper about a period; both or neither.
        case_id: for a paper about a case.
    """

    kind: PaperKind
    since: date | None = None
    until: date | None = None
    case_id: int | None = None

    @property
    def period(self) -> Period | None:
        """The period, where both days are given."""
        return Period(self.since, self.until) if self.since and self.until else None


def desk_of(services: Services) -> Desk:
    """The office as a paper sees it, now."""
    name = services.settings.office.name
    return Desk(name, services.clock.now(), services.calendar, services.rule_labels)


def draft_paper(connection: Connection, services: Services, wanted: Wanted, actor: Actor) -> int:
    """Make a paper and file it as a draft; its number.

    Raises:
        InvalidInput, NotFound: see `reports.papers.make`.
        NotAllowed: somebody confined to a section asks, who sees no paper.
    """
    if actor.is_bound_to_section:
        raise NotAllowed(
            "公文涉及全单位的来文。", mend="请由新闻宣传科、值班员或领导拟稿。", code="role.refused"
        )
    paper = make(connection, wanted.kind, desk_of(services), period=wanted.period, case_id=wanted.case_id)
    return draft(connection, paper, actor, services.clock.now(), case_id=wanted.case_id)
