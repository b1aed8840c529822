"""An index that several tests of one file share."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from elasticsearch import Elasticsearch

from core.clock import SHANGHAI, FixedClock
from storage.database import open_database
from storage.migrate import migrate
from storage.search.elastic_client import ServerSettings
from storage.search.elastic_index import ElasticIndex
from storage.search.port import SearchIndex
from storage.search.tantivy_index import TantivyIndex
from tests.elastic import URL_VARIABLE
from tests.storage.search.letters import FIRST, index_all, store


@contextmanager
def filled(engine: str, folder: Path, texts: Sequence[str]) -> Iterator[tuple[SearchIndex, list[int]]]:
    """An index on `engine` over these texts, and their numbers."""
    clock = FixedClock(FIRST.astimezone(SHANGHAI))
    database = open_database(f"sqlite:///{folder / 'huiying.db'}")
    migrate(database, clock.now())
    with engine_of(engine, folder) as index:
        ids = store(database, clock, texts)
        index_all(database, index, clock)
        database.close()
        yield index, ids


@contextmanager
def engine_of(engine: str, folder: Path) -> Iterator[SearchIndex]:
    """An index that does not exist yet; nothing of it is left on the server."""
    if engine == "tantivy":
        yield TantivyIndex(folder / "search")
        return
    with server() as settings:
        opened = ElasticIndex(settings)
        yield opened
        opened.close()


@contextmanager
def server() -> Iterator[ServerSettings]:
    """The server, with a prefix of the test's own; what it made is removed afterwards."""
    url = os.environ[URL_VARIABLE]
    prefix = f"test-{uuid4().hex[:12]}"
    yield ServerSettings([url], prefix=prefix)
    with Elasticsearch(url) as client:
        if names := list(client.indices.get(index=f"{prefix}-*")):
            client.indices.delete(index=names)
        client.options(ignore_status=404).indices.delete_index_template(name=prefix)
