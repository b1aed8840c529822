"""Alerts: raised once with their reasons; seen by one person first; stopping no clock."""

from __future__ import annotations

import pytest

from alerts.attention import acknowledge_alert, dismiss_alert, watch
from alerts.triage import load_triage_rules
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.rule_files import rules_folder
from core.vocabulary import AlertState
from storage import alerts, incidents
from storage.database import Row
from tests.alerts.bureau import INCIDENT_RULES, Bureau, public_post
from tests.factories import make_record

TRIAGE = load_triage_rules(rules_folder() / "triage.yml")


def looked(bureau: Bureau) -> int:
    """Let the program look at what came in; how much it decided."""
    return watch(bureau.database, bureau.law, TRIAGE, INCIDENT_RULES, bureau.act(bureau.press))


def raised(bureau: Bureau) -> list[Row]:
    with bureau.database.read() as connection:
        return list(alerts.listed(connection))


@pytest.fixture
def letter(bureau: Bureau) -> int:
    """The case of a letter that the analysis found risky."""
    case = bureau.letter(make_record("2026-03-02T08:30"))
    bureau.assess(bureau.case(case)["message_id"], topic="供水", risk="high", raw=0.9)
    looked(bureau)
    return case


def test_a_risky_letter_raises_one_alert_that_leads_to_its_case(bureau: Bureau, letter: int) -> None:
    assert looked(bureau) == 0
    (alert,) = raised(bureau)
    assert (alert["case_id"], alert["kind"], alert["state"]) == (letter, "message_risk", "open")
    assert alert["reasons"] == ["提到有人受伤。"]
    assert bureau.tags(letter)[-1] == "alert:raised"


def test_a_furious_letter_without_risk_raises_none(bureau: Bureau) -> None:
    case = bureau.letter(make_record("2026-03-02T08:30"))
    bureau.assess(bureau.case(case)["message_id"], topic="供水", raw=0.0)
    assert looked(bureau) == 0
    assert raised(bureau) == []


def test_many_posts_open_one_incident_and_later_ones_join_it(bureau: Bureau) -> None:
    count = TRIAGE.cluster.messages
    for number in bureau.receive(*(public_post(f"2026-03-02T08:{n:02}") for n in range(count))):
        bureau.assess(number, topic="供水")
    assert looked(bureau) == 1
    assert looked(bureau) == 0
    bureau.clock.advance(minutes=30)
    (late,) = bureau.receive(public_post("2026-03-02T09:20"))
    bureau.assess(late, topic="供水")
    assert looked(bureau) == 1
    with bureau.database.read() as connection:
        (incident,) = incidents.listed(connection)
        assert len(incidents.message_ids_of(connection, incident["case_id"])) == count + 1
    assert [alert["kind"] for alert in raised(bureau)] == ["incident_growing", "incident_candidate"]
    assert bureau.tags(incident["case_id"]) == [
        "incident:opened",
        "alert:raised",
        "incident:messages_added",
        "alert:raised",
    ]


def test_seeing_an_alert_signs_for_nothing_and_stops_no_clock(bureau: Bureau, letter: int) -> None:
    before = bureau.clocks(letter)
    with bureau.database.write() as connection:
        seen = acknowledge_alert(connection, raised(bureau)[0]["id"], bureau.act(bureau.duty))
    assert (seen.first, seen.by, seen.state) == (True, "孙值班", AlertState.ACKNOWLEDGED)
    assert bureau.clocks(letter) == before
    assert bureau.case(letter)["state"] == "new"


def test_the_second_person_is_told_who_was_first(bureau: Bureau, letter: int) -> None:
    alert = raised(bureau)[0]["id"]
    for person, first in ((bureau.duty, True), (bureau.press, False)):
        with bureau.database.write() as connection:
            seen = acknowledge_alert(connection, alert, bureau.act(person))
        assert (seen.first, seen.by) == (first, "孙值班")
    assert bureau.tags(letter).count("alert:acknowledged") == 1


def test_an_alert_somebody_has_seen_cannot_be_dismissed_behind_his_back(bureau: Bureau, letter: int) -> None:
    alert = raised(bureau)[0]["id"]
    with bureau.database.write() as connection:
        acknowledge_alert(connection, alert, bureau.act(bureau.duty))
    with pytest.raises(Conflict, match="孙值班"), bureau.database.write() as connection:
        dismiss_alert(connection, alert, bureau.act(bureau.press), reason="误报")
    assert raised(bureau)[0]["settled_reason"] is None
    assert "alert:dismissed" not in bureau.tags(letter)


@pytest.mark.usefixtures("letter")
def test_dismissing_needs_a_reason_and_a_role(bureau: Bureau) -> None:
    alert = raised(bureau)[0]["id"]
    with pytest.raises(InvalidInput), bureau.database.write() as connection:
        dismiss_alert(connection, alert, bureau.act(bureau.press), reason=" ")
    with pytest.raises(NotAllowed), bureau.database.write() as connection:
        acknowledge_alert(connection, alert, bureau.act(bureau.roads))
    with bureau.database.write() as connection:
        seen = dismiss_alert(connection, alert, bureau.act(bureau.press), reason="误报")
    assert seen.state is AlertState.DISMISSED
    assert raised(bureau)[0]["settled_reason"] == "误报"


def test_an_alert_that_is_not_there_is_not_found(bureau: Bureau) -> None:
    with pytest.raises(NotFound), bureau.database.write() as connection:
        acknowledge_alert(connection, 99, bureau.act(bureau.duty))
