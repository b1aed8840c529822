"""Grouping stored messages, on both databases."""

from __future__ import annotations

from analysis.engine import group_pending
from core.clock import FixedClock
from core.model import MessageRecord
from core.vocabulary import Channel
from storage import duplicates, messages, sources
from storage.database import Database
from tests.factories import make_record

PIPE = "柳河路梅园小区门口的自来水管爆裂，水一直流到马路上，请尽快派人来抢修。"


def store(database: Database, clock: FixedClock, *bodies: str, author: str | None = None) -> list[int]:
    """Messages that say this."""
    records: list[MessageRecord] = [
        make_record(title="", body=body)._replace(author_hash=author) for body in bodies
    ]
    with database.write() as connection:
        source = sources.ensure(connection, "信箱", Channel.LEADER_MAILBOX, clock.now()).id
        stored = messages.insert(connection, source, records, import_id=None, now=clock.now())
    return [one.id for one in stored]


def sizes(database: Database, ids: list[int]) -> dict[int, tuple[int, int, int]]:
    with database.read() as connection:
        found = duplicates.groups_of(connection, ids)
    return {one: (group.group_id, group.size, group.authors) for one, group in found.items()}


def test_a_group_keeps_its_number_over_runs_and_counts_every_message(
    database: Database, clock: FixedClock
) -> None:
    first = store(database, clock, PIPE, "请问婚姻登记在几楼办理，周末是否上班？")
    assert group_pending(database, clock) == 2
    assert sizes(database, first) == {}
    later = store(database, clock, PIPE, PIPE.replace("抢修", "维修"))
    assert group_pending(database, clock, batch=1) == 2
    assert group_pending(database, clock) == 0
    named = (first[0], 3, 3)
    assert sizes(database, [*first, *later]) == dict.fromkeys((first[0], *later), named)


def test_the_same_author_counts_once(database: Database, clock: FixedClock) -> None:
    ids = store(database, clock, PIPE, PIPE, author="a" * 64)
    group_pending(database, clock)
    assert sizes(database, ids) == dict.fromkeys(ids, (ids[0], 2, 1))


def test_a_withdrawn_message_is_not_counted(database: Database, clock: FixedClock) -> None:
    ids = store(database, clock, PIPE, PIPE, PIPE)
    group_pending(database, clock)
    with database.write() as connection:
        messages.withdraw(connection, ids[:1], clock.now())
    assert sizes(database, ids[1:]) == dict.fromkeys(ids[1:], (ids[0], 2, 2))


def test_a_revised_message_is_compared_again(database: Database, clock: FixedClock) -> None:
    ids = store(database, clock, PIPE, PIPE)
    group_pending(database, clock)
    with database.write() as connection:
        record = make_record(title="", body="请问婚姻登记在几楼办理，周末是否上班？")
        messages.rewrite(connection, ids[1], record._replace(native_id="revised"), 2)
    assert group_pending(database, clock) == 1
    assert sizes(database, ids) == {}
    again = store(database, clock, "请问婚姻登记在几楼办理，周末是否上班？")
    group_pending(database, clock)
    assert sizes(database, again) == {again[0]: (ids[1], 2, 2)}


def test_a_revised_first_message_goes_on_naming_its_group(database: Database, clock: FixedClock) -> None:
    ids = store(database, clock, PIPE, PIPE)
    group_pending(database, clock)
    with database.write() as connection:
        record = make_record(title="", body="请问婚姻登记在几楼办理，周末是否上班？")
        messages.rewrite(connection, ids[0], record._replace(native_id="revised"), 2)
    group_pending(database, clock)
    assert sizes(database, ids) == dict.fromkeys(ids, (ids[0], 2, 2))
