"""What the web needs of the office; the composition root builds it once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import cast

from starlette.requests import Request

from alerts.casework import Law
from alerts.deadlines import DueTimes
from alerts.evidence import FetchLimits
from alerts.incident_rules import IncidentRules
from api.guests import Guest
from api.security.rate import RequestRate
from api.setting_up import Setup
from core.clock import Clock
from core.redact import Redactor
from core.rulebook import Rulebook
from core.settings import Settings
from core.working_days import WorkCalendar
from storage.database import Database
from storage.search.port import SearchIndex


@dataclass(frozen=True)
class Services:
    """Everything a request may use; shared by all threads of the server.

    Attributes:
        data_dir: where saved copies are kept.
        redactor: masks what is pushed or typed in.
        setup: sets the office up from a workbook; None where the composition root does not offer it.
        search: the search index; it may be behind, or not answer.
        guests: the people of the demo; empty in every real office.
        evidence: how far the fetch of a published page goes.
        rate: what this process may still spend of each program's requests.
    """

    database: Database
    clock: Clock
    settings: Settings
    rulebook: Rulebook
    calendar: WorkCalendar
    due_times: DueTimes
    law: Law
    data_dir: Path
    incident_rules: IncidentRules
    redactor: Redactor
    search: SearchIndex
    evidence: FetchLimits = field(default_factory=FetchLimits)
    rate: RequestRate = field(default_factory=RequestRate)
    setup: Setup | None = None
    guests: Sequence[Guest] = ()

    @property
    def soon(self) -> timedelta:
        """How long before its due instant a clock is due soon."""
        return timedelta(hours=self.settings.office.due_soon_hours)

    @property
    def rule_labels(self) -> dict[str, str]:
        """The Chinese name of each rule key."""
        return {rule.key: rule.label for rule in self.rulebook.rules()}


def services_of(request: Request) -> Services:
    """The services of the application that serves `request`; a FastAPI dependency."""
    return cast(Services, request.app.state.services)
