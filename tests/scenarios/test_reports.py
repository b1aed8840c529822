"""Group R: figures that can be opened, and that agree with what the pages show."""

from __future__ import annotations

from datetime import date, timedelta

from alerts.answering import Reply, reply
from core.clock import parse_instant
from core.vocabulary import Role
from reports.response_times import Query, response_times
from storage import deadlines, events, messages, purging
from storage.ledger import cases_received
from tests.alerts.bureau import ROADS, Bureau
from tests.alerts.watchroom import CALENDAR
from tests.api.office import WebOffice
from tests.factories import ANSWER, make_record

FIVE_DAYS = "message.first_reply"


def test_r03_pages_interface_and_report_give_the_same_figures_at_one_instant(office: WebOffice) -> None:
    office.clock.move_to(parse_instant("2026-03-20T09:00"))
    for received in ("2026-03-02T09:00", "2026-03-03T09:00", "2026-03-18T09:00", "2026-03-19T09:00"):
        office.receive(make_record(received, section=ROADS))
    handler = office.sender("wang", Role.HANDLER, section=ROADS)
    assert handler.post("/api/v1/cases/1/reply", json={"text": ANSWER}).status_code == 200
    reader = office.signed_in("zhou")
    period = {"from": "2026-03-01", "to": "2026-03-31", "rule": FIVE_DAYS}
    told = reader.get("/api/v1/reports/response-times", params=period).json()["total"]
    totals = {
        state: reader.get("/api/v1/deadlines", params={"state": state, "limit": 1}).json()["total"]
        for state in ("overdue", "running", "met")
    }
    assert (told["overdue"], told["overdue"] + told["open"]) == (totals["overdue"], totals["running"])
    assert told["late"] + told["on_time"] == totals["met"] == 1


def test_r05_a_report_sees_one_instant_whatever_is_written_meanwhile(bureau: Bureau) -> None:
    letters = [bureau.letter(make_record("2026-03-02T08:00", section=ROADS)) for _ in range(3)]
    march = Query(date(2026, 3, 1), date(2026, 3, 31), bureau.clock.now(), rule=FIVE_DAYS)
    with bureau.database.read() as connection:
        before = response_times(connection, march, CALENDAR, {})
        bureau.do(reply, letters[0], bureau.roads, bureau.law, Reply(ANSWER))
        again = response_times(connection, march, CALENDAR, {})
    assert before.total == again.total
    with bureau.database.read() as connection:
        after = response_times(connection, march, CALENDAR, {})
    assert (before.total.on_time, after.total.on_time) == (0, 1)


def test_r08_one_extreme_moves_neither_the_median_nor_the_count(bureau: Bureau) -> None:
    for _ in range(4):
        number = bureau.letter(make_record("2026-03-02T08:00", section=ROADS))
        bureau.do(reply, number, bureau.roads, bureau.law, Reply(ANSWER))
    slow = bureau.letter(make_record("2026-03-02T08:00", section=ROADS))
    bureau.clock.advance(days=90)
    bureau.do(reply, slow, bureau.roads, bureau.law, Reply(ANSWER))
    spring = Query(date(2026, 3, 1), date(2026, 6, 30), bureau.clock.now(), rule=FIVE_DAYS)
    with bureau.database.read() as connection:
        total = response_times(connection, spring, CALENDAR, {}).total
        rows = deadlines.of_case(connection, slow)
    assert (total.answered, total.on_time, total.late) == (5, 4, 1)
    assert total.median_hours == 1
    assert total.p90_hours is not None
    assert timedelta(hours=total.p90_hours) > timedelta(days=80)
    assert rows[0]["state"] == "met"


def test_r11_after_a_purge_ledger_and_figures_stand_and_the_words_are_gone(bureau: Bureau) -> None:
    record = make_record("2026-03-02T08:00", section=ROADS)._replace(
        body="王某某反映门口积水", author_display="王某"
    )
    answered, owed = bureau.letter(record), bureau.letter(make_record("2026-03-02T08:00", section=ROADS))
    bureau.do(reply, answered, bureau.roads, bureau.law, Reply(ANSWER))
    march = Query(date(2026, 3, 1), date(2026, 3, 31), bureau.clock.now(), rule=FIVE_DAYS)
    since, until = parse_instant("2026-03-01T00:00"), parse_instant("2026-04-01T00:00")

    def looked() -> tuple[object, ...]:
        with bureau.database.read() as connection:
            figures = response_times(connection, march, CALENDAR, {})
            rows = [
                (row["id"], row["title"], row["state"]) for row in cases_received(connection, since, until)
            ]
            assert events.verify(connection).first_bad is None
            return figures.total, rows, events.of_stream(connection, answered)

    before = looked()
    day = parse_instant("2026-03-10T00:00")
    with bureau.database.read() as connection:
        counted = purging.count(connection, day)
    with bureau.database.write() as connection:
        done, _ = purging.clear(connection, day)
    assert done == counted
    assert done.messages == 1
    assert looked() == before
    with bureau.database.read() as connection:
        first = messages.get(connection, bureau.case(answered)["message_id"])
        second = messages.get(connection, bureau.case(owed)["message_id"])
        assert purging.count(connection, day).messages == 0
    assert (first["body"], first["author_display"], first["author_hash"]) == (purging.CLEARED, "", None)
    # What is still owed an answer keeps its words.
    assert second["body"] == make_record("2026-03-02T08:00").body
