"""What Elasticsearch does when it is ill, and what servers we refuse."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from elasticsearch import Elasticsearch
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from core.clock import FixedClock
from core.errors import Conflict
from storage import search_changes
from storage.database import Database
from storage.search import documents, elastic_writer
from storage.search.elastic_client import ServerSettings
from storage.search.elastic_index import ElasticIndex
from storage.search.indexer import Indexer, behind
from storage.search.port import Filters, Order, SearchUnavailable, SearchUnsupported
from storage.search.query import parse
from storage.search.verifying import verify
from tests.storage.search.engines import server
from tests.storage.search.letters import found, index_all, store


@pytest.fixture
def settings() -> Iterator[ServerSettings]:
    """The real server."""
    with server() as known:
        yield known


@pytest.fixture
def client(settings: ServerSettings) -> Iterator[Elasticsearch]:
    """Somebody who administers the server."""
    with Elasticsearch(list(settings.urls)) as opened:
        yield opened


@pytest.mark.elasticsearch
def test_a_full_disk_loses_nothing_and_is_caught_up_with(
    sqlite: Database, settings: ServerSettings, client: Elasticsearch, clock: FixedClock
) -> None:
    index = ElasticIndex(settings)
    store(sqlite, clock, ["停水"])
    with Indexer(sqlite, index, clock).running() as indexer:
        indexer.drain()
        ids = store(sqlite, clock, ["停电"] * 3)
        blocked = "index.blocks.read_only_allow_delete"
        client.indices.put_settings(index=settings.prefix, settings={blocked: True})
        with pytest.raises(SearchUnavailable, match="只读") as caught:
            indexer.drain()
        assert caught.value.code == "search.read_only"
        assert (behind(sqlite).count, len(found(index, "停水"))) == (3, 1)
        client.indices.put_settings(index=settings.prefix, settings={blocked: None})
        indexer.drain()
    assert (found(index, "停电"), behind(sqlite).count) == (ids, 0)
    index.close()


@pytest.mark.elasticsearch
def test_a_message_the_mapping_refuses_waits_beside_the_others_until_the_index_is_right(
    sqlite: Database, settings: ServerSettings, client: Elasticsearch, clock: FixedClock
) -> None:
    index = ElasticIndex(settings)
    store(sqlite, clock, ["停水"])
    with Indexer(sqlite, index, clock).running() as indexer:
        indexer.drain()
        (live,) = client.indices.get(index=f"{settings.prefix}-*")
        generation = live.rsplit("-", 1)[0]
        # Somebody made next month's index by hand, with a field of another kind.
        clock.advance(days=30)
        client.indices.create(
            index=f"{generation}-202612",
            aliases={settings.prefix: {}},
            mappings={"properties": {"channel": {"type": "long"}}},
        )
        (wrong,) = store(sqlite, clock, ["停电"])
        indexer.stop()
        indexer.start()
        refused = indexer.drain().refused
        assert list(refused) == [wrong]
        assert "document_parsing_exception" in refused[wrong]
        assert indexer.drain().refused == {}  # not again at once
        with sqlite.read() as connection:
            assert [number for number, _ in search_changes.refusals(connection, limit=9)] == [wrong]
        indexer.rebuild()
        indexer.drain()
    assert (found(index, "停电"), behind(sqlite).count) == ([wrong], 0)
    assert verify(sqlite, index).is_equal
    index.close()


@pytest.mark.elasticsearch
def test_a_late_bulk_of_an_earlier_holder_changes_nothing(
    sqlite: Database, settings: ServerSettings, clock: FixedClock
) -> None:
    (number,) = store(sqlite, clock, ["旧的文字"])
    index = ElasticIndex(settings)
    index_all(sqlite, index, clock)
    with sqlite.read() as connection:
        old = documents.load(connection, [number]).documents
    late = ElasticIndex(settings).writer(1)
    with sqlite.write() as connection:
        connection.exec_driver_sql("UPDATE messages SET body = '新的文字'")
    index_all(sqlite, index, clock)
    assert "比数据库的新" in late.put(old)[number]
    late.commit()
    assert (found(index, "旧的文字"), found(index, "新的文字")) == ([], [number])
    index.close()


@pytest.mark.elasticsearch
def test_one_holder_of_the_lease_indexes_and_the_next_takes_over_when_it_is_gone(
    database: Database, settings: ServerSettings, clock: FixedClock
) -> None:
    store(database, clock, ["停水"])
    first, second = (Indexer(database, ElasticIndex(settings), clock) for _ in range(2))
    first.start()
    with pytest.raises(Conflict, match="另一个索引程序"):
        second.start()
    clock.advance(seconds=31)  # the first is gone without a word
    second.start()
    second.drain()
    with pytest.raises(Conflict):
        first.drain()
    second.stop()


@pytest.mark.elasticsearch
def test_an_alias_is_moved_without_an_instant_in_which_nothing_is_found(
    sqlite: Database, settings: ServerSettings, client: Elasticsearch, clock: FixedClock
) -> None:
    store(sqlite, clock, ["停水"] * 10)
    index = ElasticIndex(settings)
    with Indexer(sqlite, index, clock).running() as indexer:
        before = set(client.indices.get(index=f"{settings.prefix}-*"))
        served: list[int] = []
        indexer.rebuild(lambda *_: served.append(len(found(index, "停水"))))
        assert served == [10]
    after = set(client.indices.get(index=f"{settings.prefix}-*"))
    assert (len(before), len(after), before & after) == (1, 1, set())
    assert client.indices.exists_alias(name=settings.prefix)
    index.close()


def test_a_server_that_is_down_is_named_and_what_is_to_be_indexed_waits(
    sqlite: Database, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    store(sqlite, clock, ["停水"])
    index = ElasticIndex(ServerSettings(["http://127.0.0.1:9"], timeout_seconds=1))
    with pytest.raises(SearchUnavailable, match="没有应答"):
        index.find(parse("停水"), Filters(), Order.NEWEST, 9)
    with pytest.raises(SearchUnavailable, match="没有应答"):
        Indexer(sqlite, index, clock).start()
    assert behind(sqlite).count == 1
    index.close()


_PRODUCT = {"X-Elastic-Product": "Elasticsearch"}
_OLD = {"error": {"type": "media_type_header_exception", "reason": "Invalid media-type"}, "status": 400}


@pytest.mark.parametrize(
    ("status", "headers", "body", "says"),
    [
        (200, {}, {"nodes": {"a": {"version": "2.11.0"}}}, "OpenSearch"),
        (200, {}, {"nodes": {"a": {"version": "7.10.2"}}}, "7.x"),
        (200, _PRODUCT, {"nodes": {"a": {"version": "7.17.9"}}}, "7.17.9 太旧"),
        (400, _PRODUCT, _OLD, "太旧"),
        (406, _PRODUCT, {"error": "Content-Type header is not supported"}, "太旧"),
        (401, _PRODUCT, {"error": {"type": "security_exception"}}, "密钥"),
    ],
    ids=["OpenSearch", "7.10", "7.17 by version", "7.x by media type", "7.x by acceptance", "wrong key"],
)
def test_a_server_that_cannot_be_used_is_refused_with_a_sentence(
    httpserver: HTTPServer, status: int, headers: dict[str, str], body: dict[str, object], says: str
) -> None:
    def answer(_request: Request) -> Response:
        return Response(json.dumps(body), status, headers, content_type="application/json")

    httpserver.expect_request("/_nodes").respond_with_handler(answer)
    index = ElasticIndex(ServerSettings([httpserver.url_for("/").rstrip("/")]))
    with pytest.raises(SearchUnsupported, match=says) as caught:
        index.exists()
    assert caught.value.mend
    index.close()


def test_a_busy_server_is_asked_again_for_just_what_it_did_not_take(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elastic_writer, "_FIRST_WAIT_SECONDS", 0.0)
    sent: list[list[str]] = []

    def bulk(request: Request) -> Response:
        lines = [json.loads(line) for line in request.get_data().splitlines()]
        ids = [line["delete"]["_id"] for line in lines]
        sent.append(ids)
        busy = {"status": 429, "error": {"type": "es_rejected_execution_exception", "reason": "queue"}}
        taken = {"status": 200, "result": "deleted"}
        items = [{"delete": busy if one == "2" and len(sent) < 3 else taken} for one in ids]
        return Response(
            json.dumps({"items": items, "errors": True}), 200, _PRODUCT, content_type="application/json"
        )

    httpserver.expect_request("/g-%2A").respond_with_json({"g-202611": {}}, headers=_PRODUCT)
    httpserver.expect_request("/g-*").respond_with_json({"g-202611": {}}, headers=_PRODUCT)
    httpserver.expect_request("/_bulk").respond_with_handler(bulk)
    with Elasticsearch(httpserver.url_for("/").rstrip("/")) as client:
        versions = elastic_writer.Versions()
        writer = elastic_writer.ElasticWriter(client, ServerSettings([]), "g", versions, is_live=True)
        assert writer.delete({1: "202611", 2: "202611", 3: "202611"}) == {}
    assert sent == [["1", "2", "3"], ["2"], ["2"]]
