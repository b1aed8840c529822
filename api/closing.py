"""Closed periods and signed reports as the web gives them: the same for a page and for a program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alerts.actors import Actor
from api.reporting import query_of, standing_of
from api.services import Services
from reports.closing.periods import close_period, later_facts
from reports.closing.proof import proof, signing_key
from reports.closing.restating import Change
from reports.response_times import Query, Report
from storage.database import Connection
from storage.keys import load_or_create_key


def query_of_period(services: Services, asked: Mapping[str, str]) -> Query:
    """The whole report that is to be closed or signed: a rule, a basis and days, of the whole office.

    Raises:
        InvalidInput, NotFound: see `query_of`.
    """
    kept = {name: asked[name] for name in ("from", "to", "rule", "basis") if name in asked}
    return query_of(services, kept, None)


def closed(connection: Connection, services: Services, query: Query, actor: Actor) -> Report:
    """Close a period; see `reports.closing.close_period`."""
    return close_period(connection, query, standing_of(services), actor, services.clock.now())


def changes_since(connection: Connection, services: Services, period: int) -> list[Change]:
    """What became known after the close of a period."""
    return later_facts(connection, period, standing_of(services), services.clock.now())


def signed_report(connection: Connection, services: Services, report: Report) -> dict[str, Any]:
    """A report that proves itself, signed with the office's key."""
    key = signing_key(load_or_create_key(services.data_dir).derive("sign"))
    return proof(connection, report, services.settings.office.name, key, services.clock.now())
