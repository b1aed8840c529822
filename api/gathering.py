"""What the pages and the interface do with sources: look, ask for a run, switch. Nothing is fetched here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.periods import day_of
from api.services import Services
from core.clock import day_end
from core.errors import NotAllowed
from crawlers import consent
from crawlers.catalog import Source, load_catalog
from crawlers.health import Standing, standings
from crawlers.permission import why_not
from storage import crawl_runs, source_states
from storage.database import Connection
from storage.keys import load_or_create_key

_HOT_LIST = "weibo_hot"
_HOT_ROWS = 20


def standings_of(services: Services) -> list[Standing]:
    """How every source stands, those in trouble first."""
    catalog = load_catalog(services.data_dir)
    with services.database.read() as connection:
        return standings(connection, catalog, services.settings.crawl.contact, services.clock.now())


def source_named(services: Services, key: str) -> Source:
    """One source.

    Raises:
        NotFound: the catalogue has none of that key.
    """
    return load_catalog(services.data_dir).get(key)


def hot_list(services: Services) -> Sequence[Any]:
    """The words of the last look at the hot list."""
    with services.database.read() as connection:
        return source_states.newest_hot_words(connection, _HOT_LIST, _HOT_ROWS)


def ask_for_run(services: Services, key: str, by: str) -> tuple[int, bool]:
    """Ask for a run now; its number, and whether it was made just now.

    Raises:
        NotFound: no such source.
        NotAllowed: it may not be fetched, or the site has asked to be left alone for a while.
    """
    with services.database.write() as connection:
        return run_asked(services, connection, key, by)


def run_asked(services: Services, connection: Connection, key: str, by: str) -> tuple[int, bool]:
    """`ask_for_run` inside a transaction."""
    source, now = source_named(services, key), services.clock.now()
    state = source_states.ensure(connection, key)
    refusal = why_not(source, state, services.settings.crawl.contact, now)
    if refusal is not None:
        raise refusal
    if state["backoff_until"] is not None and state["backoff_until"] > now:
        raise NotAllowed(
            f"对方网站限制了访问，“{source.name}”暂停采集。",
            mend="到时会自动再采。",
            code="source.backing_off",
        )
    return crawl_runs.ask_for(
        connection, key, now, trigger=crawl_runs.PERSON, by=by, watermark=state["watermark"]
    )


def switch_source(services: Services, key: str, *, on: bool, actor: str) -> None:
    """Switch a source on or off, and write down who did.

    Raises:
        NotFound: no such source.
        NotAllowed: it needs an approval first.
    """
    source = source_named(services, key)
    with services.database.write() as connection:
        consent.switch(connection, source, on=on, by=consent.Decider(actor, services.clock.now()))


def approve_source(services: Services, key: str, note: str, actor: str) -> None:
    """Record an approval.

    Raises:
        NotFound: no such source.
        InvalidInput, NotAllowed: see `crawlers.consent.approve`.
    """
    source = source_named(services, key)
    with services.database.write() as connection:
        consent.approve(connection, source, note, consent.Decider(actor, services.clock.now()))


def keep_credential(services: Services, key: str, secret: str, expires: str, actor: str) -> None:
    """Keep a credential until the end of the day `expires`; without one when that is empty.

    Raises:
        NotFound: no such source.
        InvalidInput: no day, or see `crawlers.consent.keep_credential`.
    """
    source = source_named(services, key)
    until = day_end(day_of(expires, "expires")) if expires else None
    by = consent.Decider(actor, services.clock.now())
    with services.database.write() as connection:
        consent.keep_credential(connection, load_or_create_key(services.data_dir), source, secret, until, by)
