"""A closed period stays as it was; what becomes known later stands beside it with its reason (R4, R14)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from core.clock import parse_instant
from core.errors import Conflict, InvalidInput, NotAllowed
from core.vocabulary import DeadlineStatus
from reports.closing import periods as closing
from reports.closing.frozen_rows import pack, unpack
from reports.closing.periods import Standing
from reports.closing.proof import proof, require_ours, signing_key, verified
from reports.closing.restating import Change
from reports.papers.scope import Desk
from reports.response_times import DEFAULT_RULE, Basis, GroupBy, Query, Report
from storage import events
from tests.alerts.bureau import ROADS, WATER, Bureau
from tests.factories import make_record, make_reply

KEY = signing_key(b"k" * 32)


@pytest.fixture
def standing(desk: Callable[[], Desk]) -> Standing:
    return Standing(desk().calendar, desk().rules)


@pytest.fixture
def march(bureau: Bureau) -> Bureau:
    """Four letters of March in two sections: on time, late, overdue, and one that falls due in April."""
    bureau.clock.move_to(parse_instant("2026-04-02T09:00"))
    bureau.receive(
        make_record("2026-03-02T09:00", section=ROADS, replies=(make_reply(at="2026-03-03T09:00"),)),
        make_record("2026-03-03T09:00", section=ROADS, replies=(make_reply(at="2026-03-30T09:00"),)),
        make_record("2026-03-04T09:00", native_id="owed", section=WATER),
        make_record("2026-03-31T09:00", section=WATER),
    )
    return bureau


def query(bureau: Bureau, **asked: Any) -> Query:
    given = {"since": date(2026, 3, 1), "until": date(2026, 3, 31), "as_of": bureau.clock.now()}
    return Query(**{**given, "follows_close": True, **asked})


def standing_now(bureau: Bureau, standing: Standing, **asked: Any) -> Report:
    with bureau.database.read() as connection:
        return closing.standing_report(connection, query(bureau, **asked), standing)


def closed(bureau: Bureau, standing: Standing, **asked: Any) -> Report:
    with bureau.database.write() as connection:
        return closing.close_period(
            connection, query(bureau, **asked), standing, bureau.leader, bureau.clock.now()
        )


def later(bureau: Bureau, standing: Standing) -> list[Change]:
    with bureau.database.write() as connection:
        return closing.later_facts(connection, 1, standing, bureau.clock.now())


def restated(bureau: Bureau, standing: Standing, reason: str = "补录") -> int:
    with bureau.database.write() as connection:
        return closing.restate(connection, 1, standing, bureau.leader, bureau.clock.now(), reason=reason)


def late_export(bureau: Bureau) -> None:
    """A letter of March, answered in March, of which nobody knew until now."""
    bureau.clock.advance(days=1)
    answer = make_reply(at="2026-03-11T09:00")
    bureau.receive(make_record("2026-03-10T09:00", section=ROADS, replies=(answer,)))


def test_r4_a_fact_recorded_after_the_close_leaves_its_figures_alone(
    march: Bureau, standing: Standing
) -> None:
    before = closed(march, standing)
    late_export(march)
    after = standing_now(march, standing)
    assert after.total == before.total
    assert after.rows == before.rows
    assert after.query.as_of == before.query.as_of
    assert standing_now(march, standing, follows_close=False).total.received == before.total.received + 1


def test_r4_the_later_fact_is_restated_once_with_its_reason(march: Bureau, standing: Standing) -> None:
    closed(march, standing)
    late_export(march)
    (change,) = later(march, standing)
    assert change.before is None
    assert change.after is not None
    assert change.after.state is DeadlineStatus.ON_TIME
    assert restated(march, standing, "热线补录") == 1
    assert later(march, standing) == []
    report = standing_now(march, standing)
    assert report.close is not None
    assert report.close.restatements == 1


def test_what_happens_after_the_close_is_no_later_fact(march: Bureau, standing: Standing) -> None:
    closed(march, standing)
    march.clock.move_to(parse_instant("2026-05-20T09:00"))
    assert later(march, standing) == []
    with pytest.raises(InvalidInput, match="没有新的事实"):
        restated(march, standing)


def test_a_letter_that_moves_to_another_section_shows(march: Bureau, standing: Standing) -> None:
    closed(march, standing)
    with march.database.write() as connection:
        connection.execute(sa.text("UPDATE cases SET section = :to WHERE title = '路灯不亮'"), {"to": ROADS})
    changed = {
        (one.before.section, one.after.section) for one in later(march, standing) if one.before and one.after
    }
    assert changed == {(WATER, ROADS)}


def test_groups_and_sections_of_a_closed_period_add_up(march: Bureau, standing: Standing) -> None:
    whole = closed(march, standing).total
    late_export(march)
    by = standing_now(march, standing, by=GroupBy.SECTION)
    assert sum(group.figures.received for group in by.groups) == whole.received
    one = standing_now(march, standing, section=WATER)
    assert one.total == next(group.figures for group in by.groups if group.key == WATER)


def test_another_basis_rule_or_day_is_another_report(march: Bureau, standing: Standing) -> None:
    closed(march, standing)
    assert standing_now(march, standing).close is not None
    for asked in ({"basis": Basis.DUE}, {"rule": "message.simple_answer"}, {"until": date(2026, 3, 30)}):
        assert standing_now(march, standing, **asked).close is None


def test_a_period_is_closed_once_and_only_when_it_is_over(march: Bureau, standing: Standing) -> None:
    closed(march, standing)
    with pytest.raises(Conflict, match="已经结账"):
        closed(march, standing)
    with pytest.raises(InvalidInput, match="还没有结束"):
        closed(march, standing, until=date(2026, 4, 2))


def test_only_a_leader_or_an_administrator_closes(march: Bureau, standing: Standing) -> None:
    with pytest.raises(NotAllowed), march.database.write() as connection:
        closing.close_period(connection, query(march), standing, march.press, march.clock.now())


def test_a_restatement_needs_a_reason(march: Bureau, standing: Standing) -> None:
    closed(march, standing)
    late_export(march)
    with pytest.raises(InvalidInput, match="理由"):
        restated(march, standing, "  ")


def test_kept_rows_are_the_rows(march: Bureau, standing: Standing) -> None:
    rows = standing_now(march, standing).rows
    packed, sha256 = pack(rows)
    assert tuple(unpack(packed)) == rows
    assert pack(unpack(packed)) == (packed, sha256)
    assert pack(rows[1:])[1] != sha256


def test_close_and_restatement_are_in_the_trail(march: Bureau, standing: Standing) -> None:
    report = closed(march, standing)
    late_export(march)
    restated(march, standing)
    with march.database.read() as connection:
        assert events.verify(connection).first_bad is None
        trail = [row for row in events.of_stream(connection, 0) if row["tag"].startswith("period:")]
    assert [row["tag"] for row in trail] == ["period:closed", "period:restated"]
    assert report.close is not None
    assert trail[0]["payload"]["rows_sha256"] == report.close.rows_sha256


def signed(bureau: Bureau, standing: Standing) -> dict[str, Any]:
    with bureau.database.read() as connection:
        report = closing.standing_report(connection, query(bureau), standing)
        file = proof(connection, report, "滨江市测试局", KEY, bureau.clock.now())
    read: dict[str, Any] = json.loads(json.dumps(file))
    return read


def test_r14_the_export_carries_figures_definitions_as_of_and_the_hash_of_its_rows(
    march: Bureau, standing: Standing
) -> None:
    report = closed(march, standing)
    file = signed(march, standing)
    assert verified(file).rows == 4
    assert file["report"]["total"] == asdict(report.total)
    assert report.close is not None
    assert file["rows_sha256"] == report.close.rows_sha256
    assert file["definitions"] == "2026.1"
    assert file["report"]["rule"] == DEFAULT_RULE


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file["report"]["total"].update(on_time=4),
        lambda file: file["rows"][0].update(title="改过"),
        lambda file: file["rows"].pop(),
        lambda file: file.update(office="别的单位"),
        lambda file: file.update(signature="AAAA"),
        lambda file: file.update(public_key="不是"),
        lambda file: file.pop("signature"),
    ],
)
def test_r14_a_changed_file_is_found_out(
    march: Bureau, standing: Standing, change: Callable[[dict[str, Any]], object]
) -> None:
    file = signed(march, standing)
    change(file)
    with pytest.raises(InvalidInput, match="签名不符"):
        verified(file)


def test_a_file_of_another_kind_is_named_so() -> None:
    with pytest.raises(InvalidInput, match="不是本系统"):
        verified({"form": "x"})


def test_later_events_keep_a_proof_valid_and_another_key_does_not(march: Bureau, standing: Standing) -> None:
    file = signed(march, standing)
    late_export(march)
    with march.database.read() as connection:
        require_ours(connection, file, KEY)
        with pytest.raises(InvalidInput, match="不是本机签出"):
            require_ours(connection, file, signing_key(b"x" * 32))


def test_an_event_that_is_not_what_it_was_names_its_case(march: Bureau, standing: Standing) -> None:
    file = signed(march, standing)
    first = min(file["chain_heads"], key=int)
    file["chain_heads"][first]["hash"] = "0" * 64
    with march.database.read() as connection, pytest.raises(InvalidInput, match=f"办件 {first} 的留痕"):
        require_ours(connection, file, KEY)
