"""What both search engines must do alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from core.clock import SHANGHAI, FixedClock
from core.vocabulary import Channel
from storage import messages
from storage.database import Database
from storage.search.indexer import Indexer, behind
from storage.search.port import Filters, Order, SearchIndex, SearchUnavailable
from storage.search.query import parse
from storage.tables import messages as message_table
from tests.storage.search.engines import filled
from tests.storage.search.letters import found, index_all, store

TEXTS = [
    "小区停水三天，没人管",
    "自來水公司停水通知",
    "路灯不亮。停车难",
    "水停了",
    "用WeChat支付水费",
    "ＩＯＳ１４打不开12345热线",
    "消防演习停水",
    "微信wechat号",
]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("停水", [1, 2, 7]),
        ("水", [1, 2, 4, 5, 7]),
        ("停", [1, 2, 3, 4, 7]),
        ("了", [4]),
        ("停水三天", [1]),
        ("天没人", []),
        ("亮停车", []),
        ("自来水", [2]),
        ("自來水公司", [2]),
        ("wechat", [5, 8]),
        ("wechat支", [5]),
        ("信wechat", [8]),
        ("wechat支付水", [5]),
        ("chat", []),
        ("ios", [6]),
        ("ios14打", [6]),
        ("12345", [6]),
        ("12345热", [6]),
        ("1234", []),
        ("停水 -演习", [1, 2]),
        ("停水|路灯", [1, 2, 3, 7]),
        ("停水 小区|消防", [1, 7]),
        ("-水", [3, 6, 8]),
        ("三天，没人", [1]),
        ("", [1, 2, 3, 4, 5, 6, 7, 8]),
    ],
    ids=lambda value: str(value) or "everything",
)
def test_a_query_finds_exactly_what_contains_it(
    searched: tuple[SearchIndex, list[int]], query: str, numbers: list[int]
) -> None:
    index, ids = searched
    assert found(index, query) == [ids[number - 1] for number in numbers]


@pytest.fixture(
    scope="module", params=["tantivy", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)]
)
def searched(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[SearchIndex, list[int]]]:
    """The eight texts, indexed once for all queries."""
    with filled(request.param, tmp_path_factory.mktemp("searched"), TEXTS) as ready:
        yield ready


def test_an_index_that_was_never_built_says_so(index: SearchIndex) -> None:
    assert index.exists() is False
    with pytest.raises(SearchUnavailable, match="index rebuild"):
        index.find(parse("停水"), Filters(), Order.NEWEST, 10)


def test_changes_arrive_and_withdrawn_and_deleted_messages_leave(
    sqlite: Database, index: SearchIndex, clock: FixedClock
) -> None:
    ids = store(sqlite, clock, ["小区停水", "公司停水", "学校停水"])
    index_all(sqlite, index, clock)
    assert found(index, "停水") == ids
    with sqlite.write() as connection:
        messages.withdraw(connection, ids[:1], clock.now())
        connection.execute(message_table.delete().where(message_table.c.id == ids[1]))
        connection.execute(message_table.update().where(message_table.c.id == ids[2]).values(body="停电"))
    assert behind(sqlite).count == 3
    index_all(sqlite, index, clock)
    assert (found(index, "停水"), found(index, "停电"), index.count()) == ([], ids[2:], 1)
    assert (behind(sqlite).count, behind(sqlite).since) == (0, clock.now())


def test_filters_choose_by_time_and_value(sqlite: Database, index: SearchIndex, clock: FixedClock) -> None:
    day = datetime(2026, 11, 1, tzinfo=SHANGHAI)
    early = store(sqlite, clock, ["停水"] * 3, first=day, apart=timedelta(days=1))
    late = store(sqlite, clock, ["停水"] * 2, first=day + timedelta(days=1), channel=Channel.WEIBO)
    index_all(sqlite, index, clock)
    second = Filters(since=day + timedelta(days=1), until=day + timedelta(days=2))
    assert found(index, "停水", second) == sorted([early[1], *late])
    assert found(index, "停水", Filters(values={"channel": ["weibo"]})) == late
    assert found(index, "停水", Filters(values={"channel": ["weibo", "leader_mailbox"]})) == [*early, *late]
    assert found(index, "停水", Filters(values={"channel": ["weibo"], "source": ["leader_mailbox"]})) == []
    third = day + timedelta(days=2)
    assert found(index, "停水", Filters(since=third)) == early[2:]
    assert found(index, "停水", Filters(until=third)) == sorted([*early[:2], *late])
    assert found(index, "停水", Filters(since=third, until=day)) == []
    exact = Filters(since=day + timedelta(microseconds=1), until=day + timedelta(days=1, microseconds=1))
    assert found(index, "停水", exact) == sorted([early[1], late[0]])


def test_facets_count_values_and_days_of_the_office(
    sqlite: Database, index: SearchIndex, clock: FixedClock
) -> None:
    midnight = datetime(2026, 11, 2, tzinfo=SHANGHAI)
    store(sqlite, clock, ["停水"] * 3, first=midnight - timedelta(minutes=1))
    store(sqlite, clock, ["停水", "停电"], first=midnight, channel=Channel.WEIBO)
    index_all(sqlite, index, clock)
    counted = index.facets(parse("停水"), Filters(), ["channel", "topic"])
    assert counted.values == {"channel": [("leader_mailbox", 3), ("weibo", 1)], "topic": []}
    assert counted.days == [(midnight - timedelta(days=1), 1), (midnight, 3)]


def test_the_pages_of_a_list_neither_repeat_nor_drop_while_messages_come_and_go(
    sqlite: Database, index: SearchIndex, clock: FixedClock
) -> None:
    # Many of one second, so that only the number tells them apart.
    ids = store(sqlite, clock, ["停水"] * 60, apart=timedelta(seconds=0))
    with Indexer(sqlite, index, clock).running() as indexer:
        indexer.drain()
        seen: list[int] = []
        before = None
        while True:
            page = index.find(parse("停水"), Filters(), Order.NEWEST, 7, before)
            if not page.ids:
                break
            seen += page.ids
            before = page.places[-1]
            store(sqlite, clock, ["停水"], first=datetime(2026, 11, 20, tzinfo=SHANGHAI))
            if len(seen) == 14:
                with sqlite.write() as connection:  # one that was shown, and one that was not yet
                    messages.withdraw(connection, [seen[0], ids[5]], clock.now())
            indexer.drain()
    assert seen == [one for one in sorted(ids, reverse=True) if one != ids[5]]


def test_the_most_relevant_come_first_whatever_they_are_filtered_by(
    sqlite: Database, index: SearchIndex, clock: FixedClock
) -> None:
    filler = "这里还有许多别的话要说，说的是道路和绿化的事情，很长很长。"
    ids = store(sqlite, clock, [f"停水{filler}", "停水停水停水", filler, f"停水停水{filler}"])
    index_all(sqlite, index, clock)
    for filters in (Filters(), Filters(values={"channel": ["leader_mailbox"]})):
        hits = index.find(parse("停水"), filters, Order.RELEVANCE, 10)
        assert (list(hits.ids), hits.total) == ([ids[1], ids[3], ids[0]], 3)


def test_a_rebuild_serves_all_the_while_and_ends_with_the_same_answers(
    sqlite: Database, index: SearchIndex, clock: FixedClock
) -> None:
    ids = store(sqlite, clock, ["停水"] * 1_500)
    with Indexer(sqlite, index, clock).running() as indexer:
        served: list[int] = []

        def look(done: int, _total: int) -> None:
            served.append(index.count())
            if done == 1_000:
                with sqlite.write() as connection:
                    messages.withdraw(connection, ids[:1], clock.now())
                store(sqlite, clock, ["停电"], channel=Channel.WEIBO)

        assert indexer.rebuild(look) in {1_500, 1_501}
        assert served == [1_500, 1_500]
        assert (index.count(), len(found(index, "停水")), len(found(index, "停电"))) == (1_500, 1_499, 1)
        store(sqlite, clock, ["停气"], channel=Channel.WECHAT)
        indexer.drain()
        assert len(found(index, "停气")) == 1


def test_an_index_of_another_form_is_built_anew_at_the_start(
    sqlite: Database, index: SearchIndex, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = store(sqlite, clock, ["停水"])
    index_all(sqlite, index, clock)
    for module in ("tantivy_index", "elastic_index", "elastic_mapping"):
        monkeypatch.setattr(f"storage.search.{module}.SCHEMA", 2)
    assert index.exists() is False
    index_all(sqlite, index, clock)
    assert found(index, "停水") == ids
