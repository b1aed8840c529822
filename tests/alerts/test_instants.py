"""The three instants: the earliest known one counts, and none is guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.incident_rules import load_incident_rules
from alerts.instants import Instants, Voice, prefill
from core.clock import parse_instant
from core.errors import InvalidInput, RuleError
from core.rule_files import rules_folder
from core.vocabulary import Channel, Level

FILE = rules_folder() / "incidents.yml"
RULES = load_incident_rules(FILE)
SURGE = parse_instant("2026-03-02T09:00")


def voice(hours_before: float, channel: Channel = Channel.WEIBO, stored_after: float = 0) -> Voice:
    at = SURGE - timedelta(hours=hours_before)
    return Voice(channel, at, at + timedelta(hours=stored_after))


def filled(*voices: Voice) -> Instants:
    return prefill(voices, surge_at=SURGE, window=RULES.prefill_window, public=RULES.public_channels)


@pytest.mark.parametrize(
    ("occurred", "public", "seen", "anchor"),
    [
        ("07:00", "08:00", "09:00", "occurred"),
        ("08:00", "07:00", "09:00", "first_public"),
        (None, "08:00", "07:00", "first_seen"),
        (None, None, "09:00", "first_seen"),
    ],
)
def test_the_earliest_known_instant_counts(
    occurred: str | None, public: str | None, seen: str, anchor: str
) -> None:
    def at(hour: str | None) -> datetime | None:
        return parse_instant(f"2026-03-02T{hour}") if hour else None

    instants = Instants(at(occurred), at(public), parse_instant(f"2026-03-02T{seen}"))
    assert instants.anchor == anchor
    assert instants.earliest == min(one for one in (at(occurred), at(public), at(seen)) if one)


def test_a_public_message_at_the_edge_of_the_window_counts_and_an_older_one_does_not() -> None:
    hours = RULES.prefill_window / timedelta(hours=1)
    assert filled(voice(hours)).first_public_at == SURGE - RULES.prefill_window
    assert filled(voice(hours + 0.01)).first_public_at is None


def test_a_public_message_is_seen_when_it_came_to_us() -> None:
    instants = filled(voice(10, stored_after=4))
    assert instants.first_public_at == SURGE - timedelta(hours=10)
    assert instants.first_seen_at == SURGE - timedelta(hours=6)


def test_a_letter_is_seen_when_the_office_got_it_and_is_never_public() -> None:
    instants = filled(voice(10, Channel.LEADER_MAILBOX, stored_after=4))
    assert instants.first_public_at is None
    assert instants.first_seen_at == SURGE - timedelta(hours=10)


def test_without_messages_it_is_seen_now_and_when_it_occurred_is_never_guessed() -> None:
    assert filled() == Instants(None, None, SURGE)


def test_a_naive_instant_is_refused() -> None:
    naive = datetime(2026, 3, 2, 9, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(InvalidInput):
        Instants(naive, None, SURGE).checked(SURGE)


def test_the_window_and_the_provisional_levels_are_data_with_their_reasons(tmp_path: Path) -> None:
    assert RULES.provisional_levels == {Level.I, Level.II}
    assert RULES.provisional_rules == ("incident.first_response",)
    text = FILE.read_text("utf-8")
    broken = tmp_path / "incidents.yml"
    broken.write_text(text.replace("  source: 沪府办〔2020〕20号 二(二)\n", ""), "utf-8")
    with pytest.raises(RuleError, match=r"provisional\.source"):
        load_incident_rules(broken)
