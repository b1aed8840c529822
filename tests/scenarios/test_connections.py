"""Group L, with a database that goes away: on PostgreSQL alone, where a connection can be cut."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
import sqlalchemy as sa

from alerts.engine import Engine
from core.errors import StorageError
from core.vocabulary import Role
from tests.alerts.watchroom import Watchroom

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.parametrize("database", ["postgres"], indirect=True),
]
POINTS = ("locked", "fired", "events", "notices", "outbox", "before commit", "committed")


@pytest.mark.parametrize("point", POINTS)
def test_l08_a_connection_cut_at_any_point_loses_and_doubles_nothing(room: Watchroom, point: str) -> None:
    room.staff()
    room.open_cases(5)
    cut = sa.create_engine(room.database.engine.url, poolclass=sa.NullPool)
    done: list[str] = []

    def fault(reached: str) -> None:
        if reached == point and not done:
            done.append(reached)
            with cut.connect() as other:
                other.execute(
                    sa.text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )

    engine = replace(room.engine, fault=fault)
    with suppress(StorageError):  # the engine says so and comes again
        engine.tick()
    assert done == [point]
    _until_it_answers(engine)
    cut.dispose()
    due = [a for a in room.actions() if a.planned_at <= room.clock.now()]
    assert {a.state for a in due} == {"fired"}
    assert len(room.notices()) == len(due) == 10
    assert len({row.dedupe_key for row in room.notices()}) == 10
    assert room.audit_is_whole()
    assert Role.DUTY.value in {row.login for row in room.notices()}


def _until_it_answers(engine: Engine) -> None:
    """The next ticks: a pool may hold further connections that were cut."""
    for _ in range(6):
        try:
            engine.tick()
        except StorageError:
            continue
        return
    pytest.fail("the engine did not come back")
