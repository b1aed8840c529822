"""Opening cases: every rule that applies, each clock with its explanation, replies and events."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from alerts.casework import Law, Origin, Registrar
from core.clock import FixedClock, iso, parse_instant
from core.model import MessageRecord
from core.vocabulary import Channel, DeadlineStatus
from storage import deadlines, events, explanations, messages, responses, sources
from storage.database import Database, Row
from storage.tables import cases, planned_actions
from tests.factories import HOLDING, make_record, make_reply


class Desk:
    """A small office around one database."""

    def __init__(self, database: Database, law: Law, clock: FixedClock) -> None:
        self.database, self.law, self.clock = database, law, clock

    def register(self, *records: MessageRecord, import_id: int | None = None) -> None:
        origin = Origin(import_id, "测试")
        with self.database.write() as connection:
            now = self.clock.now()
            source = sources.ensure(connection, records[0].channel.value, records[0].channel, now)
            stored = messages.insert(connection, source.id, records, import_id=None, now=now)
            Registrar(self.law, origin).register(connection, stored, now)

    def clocks(self, as_of: str | None = None) -> Sequence[Row]:
        with self.database.read() as connection:
            return deadlines.population(
                connection,
                rule=None,
                basis="received",
                since=parse_instant("2000-01-01"),
                until=parse_instant("2100-01-01"),
                as_of=parse_instant(as_of) if as_of else self.clock.now(),
            )


@pytest.fixture
def desk(database: Database, law: Law, clock: FixedClock) -> Desk:
    return Desk(database, law, clock)


def test_a_mailbox_message_gets_the_five_working_day_clock_with_its_reasons(desk: Desk) -> None:
    desk.register(make_record("2026-09-30T09:00"))
    desk.clock.move_to(parse_instant("2026-10-05T09:00"))
    (row,) = desk.clocks()
    assert row["rule_key"] == "message.first_reply"
    assert iso(row["due_at"]) == "2026-10-14T00:00:00+08:00"
    assert row["status"] == DeadlineStatus.OPEN.value
    with desk.database.read() as connection:
        days = explanations.get(connection, row["explanation_id"])
    assert days[0] == {"day": "2026-09-30", "kind": "day_zero", "number": None, "name": None}
    assert [day["number"] for day in days if day["number"]] == [1, 2, 3, 4, 5]
    assert {k: v for k, v in days[10].items() if k != "name"} == {
        "day": "2026-10-10",
        "kind": "make_up_working_day",
        "number": 3,
    }


def test_messages_of_one_day_share_one_explanation(desk: Desk) -> None:
    desk.register(*(make_record(f"2026-03-02T{hour:02}:00") for hour in range(8, 18)))
    assert len({row["explanation_id"] for row in desk.clocks()}) == 1


def test_a_printed_limit_on_an_order_is_a_clock_of_its_own(desk: Desk) -> None:
    printed = parse_instant("2026-03-04T18:00")
    desk.register(make_record(channel=Channel.HOTLINE_12345, order_due_at=printed))
    assert {row["rule_key"]: row["due_at"] for row in desk.clocks()}["hotline.order_limit"] == printed


def test_a_weibo_post_opens_no_case(desk: Desk) -> None:
    desk.register(make_record(channel=Channel.WEIBO))
    assert desk.clocks() == []


@pytest.mark.parametrize(
    ("replied", "status"),
    [
        ("2026-03-10T00:00:00", DeadlineStatus.ON_TIME),
        ("2026-03-10T00:00:00.000001", DeadlineStatus.LATE),
        ("2026-03-02T09:00:00", DeadlineStatus.ON_TIME),
    ],
    ids=["at the last instant", "one microsecond late", "at once"],
)
def test_an_answer_is_on_time_up_to_and_at_the_due_instant(
    desk: Desk, replied: str, status: DeadlineStatus
) -> None:
    desk.register(make_record("2026-03-02T09:00", replies=(make_reply(at=replied),)))
    (row,) = desk.clocks()
    assert iso(row["due_at"]) == "2026-03-10T00:00:00+08:00"
    assert row["status"] == status.value


def test_a_holding_reply_is_kept_and_stops_nothing(desk: Desk) -> None:
    desk.register(make_record("2026-03-02T09:00", replies=(make_reply(HOLDING, "2026-03-02T10:00"),)))
    (row,) = desk.clocks()
    assert row["status"] == DeadlineStatus.OVERDUE.value
    assert iso(row["holding_at"]) == "2026-03-02T10:00:00+08:00"
    with desk.database.read() as connection:
        assert [r["kind"] for r in responses.standing(connection, row["case_id"])] == ["holding"]


def test_the_first_substantive_reply_counts_not_the_first_reply(desk: Desk) -> None:
    replies = (make_reply(HOLDING, "2026-03-03T10:00"), make_reply(at="2026-03-05T10:00"))
    desk.register(make_record("2026-03-02T09:00", replies=replies))
    (row,) = desk.clocks()
    assert iso(row["met_at"]) == "2026-03-05T10:00:00+08:00"


def test_a_reply_without_a_time_is_answered_but_never_timed(desk: Desk) -> None:
    desk.register(make_record("2026-03-02T09:00", replies=(make_reply(at=None),)))
    (row,) = desk.clocks()
    assert row["status"] == DeadlineStatus.TIME_UNKNOWN.value
    assert row["met_at"] is None


def test_imported_history_counts_from_its_own_time(desk: Desk) -> None:
    record = make_record("2026-03-02T09:00", replies=(make_reply(at="2026-03-05T10:00"),))
    with desk.database.write() as connection:
        from storage import imports

        source = sources.ensure(connection, "mailbox", Channel.LEADER_MAILBOX, desk.clock.now())
        identity = imports.Identity(source.id, "mailbox", "0" * 64, "")
        run = imports.begin(connection, identity, "a.xlsx", 1, desk.clock.now())
        stored = messages.insert(connection, source.id, [record], import_id=run.id, now=desk.clock.now())
        Registrar(desk.law, Origin(run.id, "导入")).register(connection, stored, desk.clock.now())
    assert desk.clocks("2026-03-05T09:59")[0]["status"] == DeadlineStatus.OPEN.value
    assert desk.clocks("2026-03-05T10:00")[0]["status"] == DeadlineStatus.ON_TIME.value


def test_a_clock_that_had_not_started_is_not_in_an_earlier_report(desk: Desk) -> None:
    desk.register(make_record("2026-03-02T09:00"))
    assert desk.clocks("2026-03-02T08:59") == []
    assert len(desk.clocks("2026-03-02T09:00")) == 1


def test_what_came_before_the_office_went_live_is_history_and_wakes_nobody(desk: Desk) -> None:
    desk.register(make_record("2025-12-31T23:59"), make_record("2026-01-01T00:00"))
    assert [row["is_history"] for row in desk.clocks()] == [True, False]
    with desk.database.read() as connection:
        history = sa.select(cases.c.id).where(cases.c.is_history)
        planned = sa.select(planned_actions.c.id).where(planned_actions.c.case_id.in_(history))
        assert connection.execute(planned).all() == []


def test_every_case_has_a_whole_chain_of_events(desk: Desk) -> None:
    desk.register(make_record(replies=(make_reply(at="2026-03-05T10:00"),)), make_record())
    with desk.database.read() as connection:
        assert events.verify(connection).first_bad is None
        case_id = desk.clocks()[0]["case_id"]
        tags = [row["tag"] for row in events.of_stream(connection, case_id)]
    assert tags == ["case:registered", "case:replied"]


def test_a_last_event_cut_off_is_found(desk: Desk) -> None:
    desk.register(make_record(replies=(make_reply(at="2026-03-05T10:00"),)))
    case_id = desk.clocks()[0]["case_id"]
    with desk.database.write() as connection:
        off = (
            "DROP TRIGGER events_refuse_DELETE"
            if desk.database.is_sqlite
            else ("ALTER TABLE events DISABLE TRIGGER ALL")
        )
        connection.execute(sa.text(off))
        connection.execute(sa.text("DELETE FROM events WHERE seq = 2"))
    with desk.database.read() as connection:
        assert events.verify(connection).first_bad == f"{case_id}/2"
