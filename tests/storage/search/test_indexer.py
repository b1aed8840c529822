"""What changes in SQL reaches the index, whoever changes it and whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.clock import FixedClock
from core.errors import Conflict
from core.vocabulary import MessageKind, Polarity, RiskLevel
from storage import assessments, incidents, search_changes
from storage.assessments import AssessmentRow
from storage.database import Connection, Database
from storage.search.indexer import Indexer
from storage.search.port import Filters, SearchIndex
from storage.search.tantivy_index import TantivyIndex
from storage.search.verifying import mend, verify
from storage.tables import messages
from tests.storage.search.letters import found, index_all, store


def _assess(connection: Connection, message_id: int, clock: FixedClock) -> None:
    row = AssessmentRow(
        message_id=message_id,
        revision=1,
        model="m",
        sentiment_raw=None,
        sentiment_log_odds=None,
        sentiment_words=[],
        unknown_share=None,
        polarity=Polarity.NEGATIVE.value,
        kind=MessageKind.COMPLAINT.value,
        is_simple=False,
        topic="供水",
        suggested_section="",
        keywords=[],
        risk_level=RiskLevel.HIGH.value,
        risk_score=0.9,
        reasons={},
    )
    assessments.save(connection, [row], clock.now())


def _revise(connection: Connection, message_id: int, clock: FixedClock) -> None:
    connection.execute(messages.update().where(messages.c.id == message_id).values(body="停电"))


def _remove(connection: Connection, message_id: int, clock: FixedClock) -> None:
    connection.execute(messages.delete().where(messages.c.id == message_id))


@pytest.mark.parametrize("change", [_assess, _revise, _remove])
def test_a_change_of_any_kind_waits_for_the_index(
    database: Database, clock: FixedClock, change: Callable[[Connection, int, FixedClock], None]
) -> None:
    (message_id,) = store(database, clock, ["停水"])
    with database.write() as connection:
        search_changes.done(
            connection, [c.id for c in search_changes.waiting(connection, clock.now(), limit=9)]
        )
    with database.write() as connection:
        change(connection, message_id, clock)
    with database.read() as connection:
        waiting = search_changes.waiting(connection, clock.now(), limit=9)
    assert [one.message_id for one in waiting] == [message_id]


def test_what_the_analysis_says_can_be_filtered_by(
    sqlite: Database, index: SearchIndex, clock: FixedClock
) -> None:
    ids = store(sqlite, clock, ["停水", "停水"])
    index_all(sqlite, index, clock)
    with sqlite.write() as connection:
        _assess(connection, ids[0], clock)
    index_all(sqlite, index, clock)
    chosen = {"topic": ["供水"], "polarity": ["negative"], "kind": ["complaint"], "risk": ["high"]}
    assert found(index, "停水", Filters(values=chosen)) == ids[:1]


def test_a_note_written_while_its_message_is_indexed_stays(sqlite: Database, clock: FixedClock) -> None:
    (message_id,) = store(sqlite, clock, ["停水"])
    with sqlite.write() as connection:
        read = search_changes.waiting(connection, clock.now(), limit=9)
        search_changes.add(connection, [message_id])
        search_changes.done(connection, [one.id for one in read])
        assert [one.message_id for one in search_changes.waiting(connection, clock.now(), limit=9)] == [
            message_id
        ]


def test_a_refused_message_is_offered_again_after_longer_and_longer(
    sqlite: Database, clock: FixedClock
) -> None:
    store(sqlite, clock, ["停水"])
    waits = []
    for _ in range(3):
        with sqlite.write() as connection:
            (change,) = search_changes.waiting(connection, clock.now(), limit=9)
            search_changes.refused(connection, {change.id: "mapping"}, clock.now())
            waits.append(0)
            while not search_changes.waiting(connection, clock.now(), limit=9):
                clock.advance(seconds=1)
                waits[-1] += 1
    assert waits == [2, 4, 8]


def test_one_process_writes(sqlite: Database, clock: FixedClock, data_dir: Path) -> None:
    first = Indexer(sqlite, TantivyIndex(data_dir / "search"), clock)
    first.start()
    second = Indexer(sqlite, TantivyIndex(data_dir / "search"), clock)
    with pytest.raises(Conflict, match="另一个进程"):
        second.start()
    first.stop()
    second.start()
    second.stop()


def test_verifying_names_what_is_missing_too_many_and_different(
    sqlite: Database, index: SearchIndex, clock: FixedClock
) -> None:
    ids = store(sqlite, clock, ["停水"] * 2_500)
    index_all(sqlite, index, clock)
    assert verify(sqlite, index).is_equal
    (later,) = store(sqlite, clock, ["后来的"])
    with sqlite.write() as connection:  # behind the indexer's back
        connection.execute(messages.update().where(messages.c.id == ids[5]).values(body="停电"))
        connection.execute(messages.delete().where(messages.c.id == ids[2_400]))
        connection.execute(sa.text("DELETE FROM search_changes"))
    verdict = verify(sqlite, index)
    assert (verdict.missing, verdict.surplus, verdict.differing) == ((later,), (ids[2_400],), (ids[5],))
    mend(sqlite, verdict)
    index_all(sqlite, index, clock)
    assert verify(sqlite, index).is_equal


def test_joining_and_leaving_an_incident_waits_for_the_index(sqlite: Database, clock: FixedClock) -> None:
    ids = store(sqlite, clock, ["停水", "停水"])
    with sqlite.write() as connection:
        connection.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
        incidents.add_messages(connection, 7, ids[:1], clock.now())
        incidents.remove_messages(connection, 7, ids[:1])
        waiting = [change.message_id for change in search_changes.waiting(connection, clock.now(), limit=9)]
    assert waiting == [*ids, ids[0], ids[0]]
