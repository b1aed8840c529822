"""What the office does every day: several cases at once, the morning's digest, a drill."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from alerts.answering import Reply
from alerts.drill import MARK, load_drill, play
from alerts.duty import be_away
from alerts.handling import acknowledge
from alerts.morning import send_morning_digests
from alerts.together import assign_all, reply_to_all
from core.clock import parse_instant
from core.errors import NotFound
from core.rulebook import rules_folder
from storage.copying import copy_office
from storage.database import open_database
from storage.migrate import migrate
from storage.tables import events, notices, people
from tests.alerts.bureau import INCIDENT_RULES, ROADS, Bureau
from tests.alerts.watchroom import CALENDAR, Watchroom
from tests.factories import ANSWER, make_record


def test_one_reply_answers_a_group_of_repeats_with_a_record_for_each(bureau: Bureau) -> None:
    group = [bureau.letter(make_record("2026-03-02T08:00", section=ROADS)) for _ in range(3)]
    other = bureau.letter(make_record("2026-03-02T08:00", section="水务科"))
    done = reply_to_all(
        bureau.database, [*group, other, group[0]], bureau.act(bureau.roads), bureau.law, Reply(ANSWER)
    )
    assert [(one.case_id, one.error is None) for one in done] == [
        *((number, True) for number in group),
        (other, False),
    ]
    for number in group:
        assert bureau.states(number) == {"message.first_reply": "met"}
        assert bureau.tags(number)[-1] == "case:replied"
    assert bureau.states(other) == {"message.first_reply": "running"}


def test_a_repeated_batch_under_its_key_does_nothing_twice(bureau: Bureau) -> None:
    group = [bureau.letter(make_record("2026-03-02T08:00")) for _ in range(2)]
    for _ in range(2):
        act = bureau.act(bureau.duty, key="batch-1")
        done = assign_all(bureau.database, group, act, section=ROADS)
        assert all(one.error is None for one in done)
    assert [bureau.tags(number).count("case:assigned") for number in group] == [1, 1]


def test_a_morning_tells_each_what_waits_and_the_idle_nothing(bureau: Bureau) -> None:
    room = Watchroom(bureau.database, bureau.law, bureau.clock)
    late = bureau.letter(make_record("2026-02-10T09:00", section=ROADS))
    bureau.letter(make_record("2026-02-24T09:00", section=ROADS))  # due today, 2 March, 24:00
    bureau.do(acknowledge, late, bureau.roads)

    def digest(at: str) -> int:
        bureau.clock.move_to(parse_instant(at))
        with bureau.database.write() as connection:
            return send_morning_digests(connection, bureau.law.ladders, CALENDAR, bureau.clock.now())

    assert digest("2026-03-02T08:00") == 0
    assert digest("2026-03-02T08:31") == 4
    assert digest("2026-03-02T11:00") == 0
    told = {row.login: row.subject for row in room.notices() if row.kind == "morning"}
    assert set(told) == {"wang", "li", "sun", "zhou"}
    assert told["wang"] == "【3月2日待办】未签收1件，今天到期1件，超期1件"
    assert digest("2026-03-07T09:00") == 0  # a Saturday


def test_whoever_is_away_gets_no_digest(bureau: Bureau) -> None:
    room = Watchroom(bureau.database, bureau.law, bureau.clock)
    bureau.letter(make_record("2026-02-24T09:00", section=ROADS))
    now = bureau.clock.now()
    with bureau.database.write() as connection:
        be_away(
            connection,
            bureau.roads,
            delegate="zhao",
            since=now,
            until=parse_instant("2026-03-04T00:00"),
            reason="出差",
            now=now,
        )
        send_morning_digests(connection, bureau.law.ladders, CALENDAR, now)
    assert "wang" not in {row.login for row in room.notices()}


@pytest.mark.parametrize("name", ["major-at-night", "nobody-answers"])
def test_a_drill_wakes_on_paper_whom_the_incident_would_and_touches_nothing(
    bureau: Bureau, tmp_path: Path, name: str
) -> None:
    copy = open_database(f"sqlite:///{tmp_path / 'drill.db'}")
    start = parse_instant("2026-03-02T01:00")
    migrate(copy, start)
    with bureau.database.read() as source, copy.write() as target:
        copy_office(source, target, start)
        hashes = set(target.execute(sa.select(people.c.password_hash)).scalars())
    drill = load_drill(rules_folder() / "drills", name)
    told = play(copy, bureau.law, INCIDENT_RULES, CALENDAR, drill, start)
    copy.close()
    assert hashes == {""}
    assert all(one.subject.startswith(MARK) for one in told)
    first = {one.address for one in told if one.at == start}
    assert first == {"sun", "li"}
    calls = [one for one in told if "请签收" in one.subject and one.address == "zhou"]
    assert bool(calls) is (name == "nobody-answers")
    with bureau.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(notices)).scalar() == 0
        assert connection.execute(sa.select(sa.func.count()).select_from(events)).scalar() == 0


def test_a_drill_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(NotFound, match="major-at-night"):
        load_drill(rules_folder() / "drills", "x")
