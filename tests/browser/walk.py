"""An office with a little of everything, for tests that walk through all pages."""

from __future__ import annotations

from alerts.actors import program
from alerts.attention import carry_out
from alerts.incident_rules import load_incident_rules
from alerts.steps import Act
from alerts.triage import Decision, Step
from core.rulebook import rules_folder
from core.vocabulary import Channel, Level, Role
from tests.api.office import WebOffice
from tests.factories import make_record, make_reply


def fill(office: WebOffice) -> None:
    """A person of each role by its name, letters in every state, an incident (case 4), alerts."""
    for role in Role:
        office.person(role.value, role, section="市政科" if role is Role.HANDLER else "")
    office.receive(
        make_record("2026-11-20T09:00", title="路灯不亮", body="北门路灯坏了一周。", section="市政科"),
        make_record("2026-11-10T09:00", title="井盖松动", section="市政科", channel=Channel.HOTLINE_12345),
        make_record("2026-11-11T09:00", section="房管科", replies=(make_reply(at="2026-11-12T10:00"),)),
    )
    decide(
        office,
        Decision(
            Step.OPEN_INCIDENT, "open", "柳河路水管爆裂", ("两小时内12条来文。",), (1, 2), None, Level.II
        ),
    )
    decide(office, Decision(Step.RAISE_ALERT, "risk", "有人扬言自伤", ("提到自伤。",), (3,)))
    office.receive(make_record("2025-03-03T09:00", title="旧事一件", section="市政科"))


def decide(office: WebOffice, decision: Decision) -> None:
    """Let triage do one thing."""
    rules = load_incident_rules(rules_folder() / "incidents.yml")
    office.clock.advance(seconds=1)
    with office.database.write() as connection:
        carry_out(connection, decision, Act(program("triage"), office.clock.now()), office.law, rules)
