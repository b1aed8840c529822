"""Three nodes, one killed in the middle of indexing and searching: no error is seen, nothing is lost."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch

from core.clock import FixedClock
from storage.database import Database
from storage.search.elastic_client import ServerSettings
from storage.search.elastic_index import ElasticIndex
from storage.search.indexer import Indexer
from storage.search.port import Filters, Order, SearchUnavailable
from storage.search.query import parse
from storage.search.verifying import verify
from tests.elastic import CLUSTER_RUN_VARIABLE, CLUSTER_VARIABLE
from tests.storage.search.letters import FIRST, found, store

pytestmark = [pytest.mark.elasticsearch_cluster, pytest.mark.thorough]

_BATCHES = 12
_KILLED_AFTER = 4


@pytest.fixture
def settings() -> Iterator[ServerSettings]:
    """The three nodes, with a prefix of the test's own."""
    urls = os.environ[CLUSTER_VARIABLE].split(",")
    prefix = f"test-{uuid4().hex[:12]}"
    yield ServerSettings(urls, prefix=prefix)
    with Elasticsearch(urls, retry_on_timeout=True) as client:
        client.indices.delete(index=list(client.indices.get(index=f"{prefix}-*")))


def _kill_one_node() -> None:
    """The first node, which is asked first; SIGKILL, as a machine that loses its power."""
    node = Path(os.environ[CLUSTER_RUN_VARIABLE]) / "n1" / "pid"
    os.kill(int(node.read_text()), signal.SIGKILL)


class _Searcher(threading.Thread):
    """Searches all the while, as pages do."""

    def __init__(self, index: ElasticIndex) -> None:
        super().__init__(name="searcher")
        self.index, self.stopped = index, threading.Event()
        self.answered, self.errors = 0, list[str]()
        self.counts: list[int] = []

    def run(self) -> None:
        while not self.stopped.is_set():
            try:
                hits = self.index.find(parse("停水"), Filters(), Order.NEWEST, 20)
            except Exception as error:  # noqa: BLE001 - whatever a page would have shown is counted
                self.errors.append(repr(error))
            else:
                self.answered += 1
                self.counts.append(hits.total)


def test_a_node_killed_in_the_middle_is_not_noticed(
    sqlite: Database, settings: ServerSettings, clock: FixedClock
) -> None:
    store(sqlite, clock, ["停水"])
    with Indexer(sqlite, ElasticIndex(settings), clock).running() as indexer:
        indexer.drain()
        with Elasticsearch(list(settings.urls)) as client:
            client.cluster.health(index=settings.prefix, wait_for_status="green", timeout="60s")
        searcher = _Searcher(ElasticIndex(settings))
        searcher.start()
        for number in range(_BATCHES):
            store(sqlite, clock, ["停水"] * 500, first=FIRST + timedelta(days=number + 1))
            if number == _KILLED_AFTER:
                killer = threading.Thread(target=_kill_one_node)
                killer.start()
            _drain(indexer)
        killer.join()
        searcher.stopped.set()
        searcher.join()
    index = ElasticIndex(settings)
    assert searcher.errors == []
    assert searcher.answered > _BATCHES
    assert min(searcher.counts) >= 1  # what was found before is found all the while
    assert len(found(index, "停水")) == 1 + 500 * _BATCHES
    assert verify(sqlite, index).is_equal


def _drain(indexer: Indexer) -> None:
    """As the loop does: what was not taken waits and is offered again."""
    for _ in range(20):
        try:
            indexer.drain()
        except SearchUnavailable:
            continue
        return
    pytest.fail("the cluster did not recover")
