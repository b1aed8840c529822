"""The wiring: everything a command needs, built once from the settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from alerts.ack_links import AckLinks
from alerts.casework import Law
from alerts.channels.limits import ChannelLimits, load_limits
from alerts.deadlines import DueTimes
from alerts.ladders import Ladders, load_ladders
from alerts.procedures import load_procedures
from alerts.replies import load_holding_patterns
from alerts.review_rules import load_review_rules
from core.clock import Clock, FixedClock, SystemClock, local_day
from core.redact import Redactor
from core.rulebook import Rulebook, load_rulebook, rules_folder
from core.settings import Settings, load_settings
from core.working_days import WorkCalendar, load_calendar
from storage import engine_state
from storage.clock import DatabaseClock
from storage.database import Database, open_database
from storage.keys import DataKey, load_or_create_key
from storage.migrate import migrate
from storage.search.opening import open_index
from storage.search.port import SearchIndex


@dataclass
class Office:
    """One installation, ready for use: migrated; its rules are checked when first asked for."""

    settings: Settings
    clock: Clock
    database: Database

    @cached_property
    def key(self) -> DataKey:
        """The data folder's key."""
        return load_or_create_key(self.settings.data_dir)

    @cached_property
    def redactor(self) -> Redactor:
        """Masks personal data with this installation's search key."""
        return Redactor(self.key.derive("search"))

    @cached_property
    def search_index(self) -> SearchIndex:
        """The search index that the settings name; nothing is opened or sent before it is used."""
        return open_index(self.settings.search, self.settings.data_dir)

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules in force."""
        return load_rulebook(rules_folder())

    @cached_property
    def calendar(self) -> WorkCalendar:
        """The newest calendar tables."""
        return load_calendar(rules_folder() / "calendar")

    @cached_property
    def due_times(self) -> DueTimes:
        """Due times under the newest tables and the office's end of day."""
        return DueTimes(self.calendar, self.settings.office.day_ends_at)

    @cached_property
    def ladders(self) -> Ladders:
        """Who is told when, and how."""
        return load_ladders(rules_folder(), {rule.key for rule in self.rulebook.rules()})

    @cached_property
    def channel_limits(self) -> ChannelLimits:
        """How fast each kind of channel may be used."""
        return load_limits(rules_folder())

    @cached_property
    def ack_links(self) -> AckLinks:
        """The links in notices with which their readers sign."""
        base_url = self.settings.server.public_url.rstrip("/")
        return AckLinks(self.key.derive("ack"), base_url, self.ladders.delivery.acknowledge_link_lasts)

    @cached_property
    def law(self) -> Law:
        """What casework needs of all this."""
        holding = load_holding_patterns(rules_folder() / "lexicon" / "holding_replies.yml")
        review = load_review_rules(rules_folder() / "review.yml")
        procedures = load_procedures(rules_folder() / "procedures", self.rulebook)
        return Law(self.rulebook, self.due_times, holding, self.go_live_on, self.ladders, review, procedures)

    @cached_property
    def go_live_on(self) -> date:
        """The day the office went live: as set, else the day its database was made."""
        if self.settings.office.go_live_on is not None:
            return self.settings.office.go_live_on
        with self.database.read() as connection:
            return local_day(engine_state.created_at(connection))


@contextmanager
def open_office(config: Path | None = None) -> Iterator[Office]:
    """Open the installation that the settings describe, migrating its database first.

    Raises:
        SettingsError: the settings are wrong.
        StorageError: the database cannot be used.
    """
    settings = load_settings(os.environ, config)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = open_database(settings.database_url)
    clock = _clock(settings, database)
    try:
        migrate(database, clock.now())
        yield Office(settings, clock, database)
    finally:
        database.close()


def _clock(settings: Settings, database: Database) -> Clock:
    """The time of the installation: as fixed, else the database's own, else this machine's."""
    if settings.now is not None:
        return FixedClock(settings.now)
    return SystemClock() if database.is_sqlite else DatabaseClock(database)
