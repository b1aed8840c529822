"""What a verb gets from the form that somebody sent."""

from __future__ import annotations

from dataclasses import dataclass

from alerts import publishing
from alerts.answering import Reply
from alerts.casework import Law
from alerts.steps import Act
from api.pages.given import Given
from api.services import Services
from storage.database import Connection
from storage.saved_copies import SavedCopy


@dataclass(frozen=True, slots=True)
class Call:
    """A command from a form, inside its transaction; `copy` is the evidence that came with it."""

    connection: Connection
    case_id: int
    act: Act
    services: Services
    given: Given
    copy: SavedCopy | None

    @property
    def law(self) -> Law:
        """The rules in force."""
        return self.services.law

    def where(self) -> tuple[Connection, int, Act]:
        """What every verb is given first."""
        return self.connection, self.case_id, self.act

    def reply(self) -> Reply:
        """The reply that was typed."""
        given = self.given
        return Reply(given["text"], given.instant("replied_at"), given["org"].strip(), self.copy)

    def publication(self) -> publishing.Publication:
        """The publication that was typed."""
        given = self.given
        return publishing.Publication(
            given.instant("published_at"),
            given["url"].strip(),
            given["publisher"],
            given["title"],
            self.copy,
            given["text"],
        )
