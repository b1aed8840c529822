"""What the pages and the interface do with sources: look, ask for a run, switch. Nothing is fetched here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.services import Services
from core.errors import NotAllowed
from core.vocabulary import Route, Tag
from crawlers.catalog import Source, load_catalog
from crawlers.health import Standing, standings
from crawlers.permission import why_not
from storage import crawl_runs, events, source_states
from storage.database import Connection
from storage.events import OFFICE_STREAM, Draft

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
    source, now = source_named(services, key), services.clock.now()
    with services.database.write() as connection:
        state = source_states.ensure(connection, key)
        if on and source.route not in {Route.OFFICIAL, Route.OPEN} and not state["approved_by"]:
            raise NotAllowed(
                f"来源“{source.name}”需要登录，还没有批准。",
                mend=f"请登记批准：huiying sources approve {key} --note 批准依据",
                code="source.not_approved",
            )
        source_states.change(connection, key, is_enabled=on)
        facts = {"source": key, "on": on}
        draft = Draft(OFFICE_STREAM, Tag.SOURCE_SWITCHED, "human", actor, now, facts)
        events.append(connection, [draft], now)
