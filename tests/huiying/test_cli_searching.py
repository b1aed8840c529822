"""`huiying search` and `huiying index`, as a person types them."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.clock import FixedClock
from core.vocabulary import Channel
from storage.database import open_database
from storage.migrate import migrate
from tests.command import Command
from tests.storage.search.letters import store


@pytest.fixture
def huiying(data_dir: Path, clock: FixedClock) -> Command:
    """An office with four messages, never indexed."""
    database = open_database(f"sqlite:///{data_dir / 'huiying.db'}")
    migrate(database, clock.now())
    store(database, clock, ["小区停水[三]天", "公司停水", "路灯不亮"])
    store(database, clock, ["停水了"], channel=Channel.WEIBO)
    database.close()
    return Command(data_dir)


def test_a_search_indexes_what_waits_and_answers_in_the_contracts_shape(huiying: Command) -> None:
    answer = huiying("search", "停水", "--limit", "2", "--facets", "--json").json
    assert (answer["query"], answer["total"], answer["behind"]) == ("停水", 3, 0)
    assert answer["facets"]["channel"] == {"leader_mailbox": 2, "weibo": 1}
    assert answer["facets"]["day"] == {"2026-11-01": 3}
    first = answer["hits"][0]
    assert (first["snippet"], first["marks"]) == ("公司停水", [[2, 4]])
    assert set(first) >= {"message", "source", "native_id", "channel", "title", "received_at"}
    rest = huiying("search", "停水", "--limit", "2", "--cursor", answer["next"], "--json").json
    assert (len(rest["hits"]), rest["next"], rest["facets"]) == (1, None, None)
    assert {hit["message"] for hit in [*answer["hits"], *rest["hits"]]} == {1, 2, 4}


def test_filters_leave_what_they_say(huiying: Command) -> None:
    assert huiying("search", "停水", "--channel", "weibo", "--json").json["total"] == 1
    assert huiying("search", "停水", "--to", "2026-10-31", "--json").json["total"] == 0
    assert huiying("search", "停水 -小区", "--from", "2026-11-01", "--json").json["total"] == 2


def test_the_pages_by_relevance_hold_each_message_once(huiying: Command) -> None:
    seen: list[int] = []
    cursor: tuple[str, ...] = ()
    for _ in range(3):
        page = huiying("search", "停水", "--order", "relevance", "--limit", "1", *cursor, "--json").json
        seen += [hit["message"] for hit in page["hits"]]
        cursor = ("--cursor", page["next"])
    assert (sorted(seen), page["next"], page["total"]) == ([1, 2, 4], None, 3)


def test_a_person_reads_a_table(huiying: Command) -> None:
    shown = huiying("search", "停水", "--facets").out
    assert "小区停水[三]天" in shown
    assert "共 3 件" in shown
    assert "没有找到" in huiying("search", "火星").out


@pytest.mark.parametrize("arguments", [("search", "，"), ("search", "停水", "--cursor", "x")])
def test_what_cannot_be_looked_for_is_refused(huiying: Command, arguments: tuple[str, ...]) -> None:
    outcome = huiying(*arguments, "--json")
    assert outcome.code == 1
    assert outcome.json["error"]["mend"]


def test_the_index_is_rebuilt_reported_and_verified(huiying: Command) -> None:
    status = huiying("index", "status", "--json").json
    assert status == {"engine": "tantivy", "documents": 0, "behind": 4, "behind_seconds": None, "refused": []}
    assert huiying("index", "rebuild", "--json").json == {"engine": "tantivy", "documents": 4}
    status = huiying("index", "status", "--json").json
    assert (status["documents"], status["behind"], status["behind_seconds"]) == (4, 0, 0)
    verdict = huiying("index", "verify", "--json")
    assert (verdict.code, verdict.json["ok"], verdict.json["documents"]) == (0, True, 4)


def test_an_index_that_differs_is_named_and_mended(huiying: Command) -> None:
    huiying("index", "rebuild")
    database = open_database(f"sqlite:///{huiying.data_dir / 'huiying.db'}")
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE messages SET body = '停电' WHERE id = 2")
        connection.exec_driver_sql("DELETE FROM search_changes")
    database.close()
    broken = huiying("index", "verify", "--mend", "--json")
    assert (broken.code, broken.json["differing"], broken.json["mended"]) == (1, [2], True)
    assert huiying("index", "verify", "--json").code == 0
