"""A dismissed matter stirs again only when it truly grew; a person's merge holds for what comes later."""

from __future__ import annotations

from datetime import datetime

from alerts.attention import watch
from alerts.handling import dismiss
from alerts.merging import merge
from alerts.triage import load_triage_rules
from core.clock import iso
from core.rule_files import rules_folder
from core.vocabulary import Level
from storage import alerts, incidents, matters
from storage.database import Row
from tests.alerts.bureau import INCIDENT_RULES, Bureau, public_post

TRIAGE = load_triage_rules(rules_folder() / "triage.yml")


def looked(bureau: Bureau) -> int:
    return watch(bureau.database, bureau.law, TRIAGE, INCIDENT_RULES, bureau.act(bureau.press))


def heard(bureau: Bureau, minutes: range, matter: int | None = None) -> list[int]:
    """Posts of one matter, assessed and put into it, which stirs with the last of them; their numbers."""
    records = [public_post(f"2026-03-02T08:{minute:02}") for minute in minutes]
    numbers = bureau.receive(*records)
    for number in numbers:
        bureau.assess(number, topic="供水")
    number = matter or numbers[0]
    last = records[-1].received_at
    with bureau.database.write() as connection:
        matters.add_missing(connection, [_matter(number, last)])
        matters.save(connection, [{**_matter(number, last), "name": "柳河路淹了"}], {})
        matters.put(connection, [(one, 1, number) for one in numbers], bureau.clock.now())
    return numbers


def _matter(number: int, at: datetime) -> dict[str, object]:
    signal = {"kind": "surge", "at": iso(at), "reason": "集中反映：24小时内6人反映。"}
    return {
        "id": number, "name": "", "terms": {}, "size": 6, "first_at": at, "last_at": at, "places": {},
        "voices": 6, "risky": 0, "heat": 6.0, "heat_reasons": [], "signals": [signal], "stirred_at": at,
        "updated_at": at,
    }  # fmt: skip


def opened(bureau: Bureau) -> list[Row]:
    with bureau.database.read() as connection:
        return sorted(incidents.listed(connection), key=lambda one: one["case_id"])


def test_a_dismissed_matter_stays_so_until_it_grew_by_half_and_by_five(bureau: Bureau) -> None:
    first = heard(bureau, range(6))
    assert looked(bureau) == 1
    (incident,) = opened(bureau)
    assert incident["suggested_level"] == Level.IV
    bureau.do(dismiss, incident["case_id"], bureau.duty, reason="演练用水")
    # A few more, and then more that came before the dismissal: nothing, by topic and place neither.
    heard(bureau, range(10, 14), first[0])
    assert looked(bureau) == 0
    bureau.clock.advance(hours=1)
    late = [public_post(f"2026-03-02T09:{minute:02}") for minute in range(30, 36)]
    numbers = bureau.receive(*late)
    for number in numbers:
        bureau.assess(number, topic="供水")
    with bureau.database.write() as connection:
        row = _matter(first[0], late[-1].received_at)
        matters.save(connection, [{**row, "name": "柳河路淹了"}], {})
        matters.put(connection, [(one, 1, first[0]) for one in numbers], bureau.clock.now())
    assert looked(bureau) == 1
    assert looked(bureau) == 0
    again = opened(bureau)[1]
    assert again["reasons"][0] == "2026-03-02排除时10条，此后又有6条，重新提请查看。"
    with bureau.database.read() as connection:
        assert len(incidents.message_ids_of(connection, again["case_id"])) == 16


def test_growing_alerts_are_folded_into_the_one_nobody_has_seen(bureau: Bureau) -> None:
    first = heard(bureau, range(6))
    looked(bureau)
    for minute in (10, 11, 12):
        heard(bureau, range(minute, minute + 1), first[0])
        assert looked(bureau) == 1
    with bureau.database.read() as connection:
        kinds = [one["kind"] for one in alerts.listed(connection)]
    assert sorted(kinds) == ["incident_candidate", "incident_growing"]


def test_after_a_persons_merge_what_joins_the_matter_joins_the_other_incident(bureau: Bureau) -> None:
    first = heard(bureau, range(6))
    looked(bureau)
    second = heard(bureau, range(20, 26))
    looked(bureau)
    one, other = (row["case_id"] for row in opened(bureau))
    bureau.do(merge, one, bureau.press, bureau.law, into=other, reason="同一处水管")
    heard(bureau, range(30, 31), first[0])
    assert looked(bureau) == 1
    with bureau.database.read() as connection:
        (row,) = matters.read(connection, [first[0]])
        assert row["case_id"] == other
        assert len(incidents.message_ids_of(connection, other)) == 6 + len(second) + 1
