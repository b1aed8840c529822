"""不归本单位 and 不再告警: what a person muted raises nothing any more, and everything else still does."""

from __future__ import annotations

import pytest

from alerts.attention import watch
from alerts.muting import NewMute, lift_mute, mute
from alerts.triage import load_triage_rules
from core.clock import parse_instant
from core.errors import InvalidInput, NotAllowed
from core.rulebook import rules_folder
from core.vocabulary import Channel, MuteKind, MuteReason
from storage import alerts
from tests.alerts.bureau import INCIDENT_RULES, Bureau
from tests.factories import make_record

RULES = load_triage_rules(rules_folder() / "triage.yml")
NOT_OURS = NewMute(MuteKind.WORDS, "外省某县", MuteReason.NOT_OURS, "不在本市")


def risky(bureau: Bureau, body: str, channel: Channel = Channel.WEIBO) -> None:
    """A message that triage raises an alert for, and a round of triage."""
    record = make_record("2026-03-02T08:30", channel=channel)._replace(body=body)
    (number,) = bureau.receive(record)
    bureau.assess(number, topic="", risk="high")
    watch(bureau.database, bureau.law, RULES, INCIDENT_RULES, bureau.act(bureau.press))


def raised(bureau: Bureau) -> list[str]:
    with bureau.database.read() as connection:
        return [row["state"] for row in alerts.listed(connection)]


def muted(bureau: Bureau, new: NewMute, alert_id: int = 1) -> int:
    with bureau.database.write() as connection:
        return mute(connection, alert_id, bureau.act(bureau.press), new)


def test_words_that_are_not_ours_raise_nothing_any_more(bureau: Bureau) -> None:
    risky(bureau, "外省某县化工厂有人受伤")
    assert raised(bureau) == ["open"]
    muted(bureau, NOT_OURS)
    assert raised(bureau) == ["dismissed"]
    risky(bureau, "又听说外省某县的事，有人受伤")
    assert raised(bureau) == ["dismissed"]
    risky(bureau, "本市柳河路有人受伤")
    assert raised(bureau) == ["open", "dismissed"]


def test_a_muted_source_is_heard_and_calls_nobody(bureau: Bureau) -> None:
    risky(bureau, "转发的旧闻，有人受伤")
    muted(bureau, NewMute(MuteKind.SOURCE, "weibo", MuteReason.NOISE, "营销号"))
    risky(bureau, "别的事，有人受伤")
    assert raised(bureau) == ["dismissed"]
    risky(bureau, "信箱里的事，有人受伤", Channel.LEADER_MAILBOX)
    assert raised(bureau).count("open") == 1


def test_a_mute_ends_by_itself_or_is_lifted(bureau: Bureau) -> None:
    risky(bureau, "外省某县一，有人受伤")
    number = muted(bureau, NOT_OURS)
    with bureau.database.write() as connection:
        lift_mute(connection, number, bureau.act(bureau.duty))
    risky(bureau, "外省某县二，有人受伤")
    assert raised(bureau) == ["open", "dismissed"]
    until = parse_instant("2026-03-02T10:00")
    muted(bureau, NewMute(MuteKind.WORDS, "外省某县", MuteReason.NOISE, "刷屏", until), alert_id=2)
    risky(bureau, "外省某县三，有人受伤")
    bureau.clock.move_to(until)
    risky(bureau, "外省某县四，有人受伤")
    # What came while it was muted is judged again when the mute has ended; nothing was lost.
    assert raised(bureau).count("open") == 2


def test_what_was_muted_is_in_the_trail_with_its_reason(bureau: Bureau) -> None:
    risky(bureau, "外省某县，有人受伤")
    muted(bureau, NOT_OURS)
    with bureau.database.read() as connection:
        row = alerts.listed(connection)[0]
    assert row["settled_reason"] == "不归本单位：不在本市"


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewMute(MuteKind.WORDS, "县", MuteReason.NOISE, "理由"), "value"),
        (NewMute(MuteKind.SOURCE, "没有的来源", MuteReason.NOISE, "理由"), "value"),
        (NewMute(MuteKind.WORDS, "外省某县", MuteReason.NOISE, " "), "reason"),
        (NewMute(MuteKind.WORDS, "外省", MuteReason.NOISE, "好", parse_instant("2026-01-01T00:00")), "until"),
    ],
)
def test_a_mute_that_would_hide_too_much_is_refused(bureau: Bureau, new: NewMute, field: str) -> None:
    risky(bureau, "外省某县，有人受伤")
    with pytest.raises(InvalidInput) as refused:
        muted(bureau, new)
    assert refused.value.field == field
    assert raised(bureau) == ["open"]


def test_a_section_mutes_nothing(bureau: Bureau) -> None:
    risky(bureau, "外省某县，有人受伤")
    act = bureau.act(bureau.roads)
    with bureau.database.write() as connection, pytest.raises(NotAllowed):
        mute(connection, 1, act, NOT_OURS)
