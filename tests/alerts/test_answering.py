"""Replies to citizens: only an answer stops a clock, at its time and not at anybody's wish."""

from __future__ import annotations

import pytest

from alerts.actors import program
from alerts.answering import Reply, holding_reply, reply
from alerts.claims import confirm, refuse
from alerts.handling import acknowledge, assign, refer
from core.clock import parse_instant
from core.errors import Conflict, InvalidInput, NotAllowed
from core.vocabulary import Channel, DeadlineStatus
from tests.alerts.bureau import ROADS, WATER, Bureau, a_copy, local
from tests.factories import ANSWER, HOLDING, make_record

FIRST_REPLY = "message.first_reply"


@pytest.fixture
def letter(bureau: Bureau) -> int:
    """A message to the mailbox, received now, due at the end of Monday 9 March."""
    return bureau.letter(make_record("2026-03-02T09:00", section=ROADS))


def test_a_reply_with_minutes_to_spare_is_on_time_and_its_ladder_ends(bureau: Bureau, letter: int) -> None:
    bureau.clock.move_to(parse_instant("2026-03-09T23:57"))
    outcome = bureau.do(reply, letter, bureau.roads, bureau.law, Reply(ANSWER))
    (clock,) = bureau.clocks(letter)
    assert (clock["state"], clock["status"]) == ("met", DeadlineStatus.ON_TIME.value)
    assert local(clock["met_at"]) == "2026-03-09T23:57"
    assert bureau.planned(letter) == 0
    assert outcome.facts["met"][0]["on_time"] is True
    assert bureau.case(letter)["state"] == "replied"


@pytest.mark.parametrize(
    ("at", "status"),
    [
        pytest.param("2026-03-10T00:00:00", DeadlineStatus.ON_TIME, id="周一24时整"),
        pytest.param("2026-03-10T00:00:01", DeadlineStatus.LATE, id="晚一秒"),
    ],
)
def test_the_due_instant_itself_is_on_time(
    bureau: Bureau, letter: int, at: str, status: DeadlineStatus
) -> None:
    bureau.clock.move_to(parse_instant(at))
    bureau.do(reply, letter, bureau.roads, bureau.law, Reply(ANSWER))
    assert bureau.clocks(letter)[0]["status"] == status.value


def test_one_reply_stops_every_clock_that_waits_for_an_answer(bureau: Bureau) -> None:
    printed = parse_instant("2026-03-04T18:00")
    letter = bureau.letter(
        make_record("2026-03-02T09:00", channel=Channel.HOTLINE_12345, order_due_at=printed)
    )
    bureau.do(reply, letter, bureau.press, bureau.law, Reply(ANSWER))
    assert set(bureau.states(letter).values()) == {"met"}
    assert "hotline.order_limit" in bureau.states(letter)


@pytest.mark.parametrize("text", ["已收悉。", HOLDING, "您的诉求已转交相关部门处理,谢谢!"])
def test_a_text_that_only_acknowledges_is_refused_as_a_reply(bureau: Bureau, letter: int, text: str) -> None:
    with pytest.raises(InvalidInput, match="不是答复，不能停表") as caught:
        bureau.do(reply, letter, bureau.roads, bureau.law, Reply(text))
    assert caught.value.code == "reply.holding"
    assert "告知收悉" in caught.value.mend
    assert bureau.states(letter) == {FIRST_REPLY: "running"}
    assert bureau.tags(letter) == ["case:registered"]


def test_a_holding_reply_is_kept_and_stops_nothing(bureau: Bureau, letter: int) -> None:
    bureau.clock.advance(hours=1)
    steps = bureau.planned(letter)
    outcome = bureau.do(holding_reply, letter, bureau.roads, bureau.law, Reply(HOLDING))
    (clock,) = bureau.clocks(letter)
    assert (clock["state"], clock["has_holding_reply"]) == ("running", True)
    assert local(clock["holding_at"]) == "2026-03-02T10:00"
    assert bureau.case(letter)["state"] == "assigned"
    assert bureau.planned(letter) == steps
    assert outcome.facts["reads_like_an_answer"] is False


def test_a11_nothing_but_an_answer_stops_the_clock(bureau: Bureau, letter: int) -> None:
    bureau.do(holding_reply, letter, bureau.roads, bureau.law, Reply(HOLDING))
    bureau.do(acknowledge, letter, bureau.roads)
    bureau.do(assign, letter, bureau.press, section=WATER)
    bureau.do(refer, letter, bureau.press, office="水务集团", reason="管网由其管理")
    assert bureau.states(letter) == {FIRST_REPLY: "running"}


def test_a12_a_robot_answers_nobody(bureau: Bureau, letter: int) -> None:
    with pytest.raises(NotAllowed):
        bureau.do(reply, letter, program("自动回复"), bureau.law, Reply(ANSWER))
    assert bureau.states(letter) == {FIRST_REPLY: "running"}


@pytest.mark.parametrize(
    ("at", "code"),
    [("2026-03-02T12:01", "time.in_future"), ("2026-03-02T08:59", "time.too_early")],
)
def test_a_reply_lies_between_the_receipt_and_now(bureau: Bureau, letter: int, at: str, code: str) -> None:
    bureau.clock.advance(hours=3)
    with pytest.raises(InvalidInput) as caught:
        bureau.do(reply, letter, bureau.roads, bureau.law, Reply(ANSWER, parse_instant(at)))
    assert caught.value.code == code
    assert bureau.states(letter) == {FIRST_REPLY: "running"}


def test_a_reply_entered_later_within_the_limit_counts_from_when_it_was_given(
    bureau: Bureau, letter: int
) -> None:
    bureau.clock.move_to(parse_instant("2026-03-05T09:00"))
    at = parse_instant("2026-03-03T16:00")
    bureau.do(reply, letter, bureau.roads, bureau.law, Reply(ANSWER, at))
    (clock,) = bureau.clocks(letter)
    assert (clock["met_at"], clock["met_known_at"]) == (at, parse_instant("2026-03-05T09:00"))


class TestBackDated:
    """Recorded after the due instant, claimed before it."""

    CLAIMED = parse_instant("2026-03-09T17:00")

    @pytest.fixture
    def claimed(self, bureau: Bureau, letter: int) -> int:
        """The number of the response that waits."""
        bureau.clock.move_to(parse_instant("2026-03-11T10:00"))
        given = Reply(ANSWER, self.CLAIMED, copy=a_copy(None))
        outcome = bureau.do(reply, letter, bureau.roads, bureau.law, given)
        assert outcome.facts["awaits_confirmation"] is True
        return int(outcome.facts["response"])

    def test_a10_it_needs_evidence(self, bureau: Bureau, letter: int) -> None:
        bureau.clock.move_to(parse_instant("2026-03-11T10:00"))
        with pytest.raises(InvalidInput, match="须附凭证") as caught:
            bureau.do(reply, letter, bureau.roads, bureau.law, Reply(ANSWER, self.CLAIMED))
        assert caught.value.code == "response.no_evidence"
        assert bureau.tags(letter) == ["case:registered"]

    @pytest.mark.usefixtures("claimed")
    def test_a10_one_persons_word_stops_no_clock(self, bureau: Bureau, letter: int) -> None:
        (clock,) = bureau.clocks(letter)
        assert (clock["state"], clock["status"]) == ("running", DeadlineStatus.OVERDUE.value)
        assert bureau.case(letter)["state"] == "assigned"
        assert bureau.tags(letter)[-1] == "response:claimed"
        assert bureau.planned(letter) > 0

    def test_the_same_person_cannot_confirm(self, bureau: Bureau, letter: int) -> None:
        bureau.clock.move_to(parse_instant("2026-03-11T10:00"))
        given = Reply(ANSWER, self.CLAIMED, copy=a_copy(None))
        outcome = bureau.do(reply, letter, bureau.press, bureau.law, given)
        with pytest.raises(NotAllowed, match="不能自己确认"):
            bureau.do(confirm, letter, bureau.press, bureau.law, response_id=outcome.facts["response"])
        assert bureau.states(letter) == {FIRST_REPLY: "running"}

    def test_a10_a_second_person_makes_it_on_time_and_both_views_stay(
        self, bureau: Bureau, letter: int, claimed: int
    ) -> None:
        bureau.clock.advance(hours=5)
        bureau.do(confirm, letter, bureau.leader, bureau.law, response_id=claimed)
        (clock,) = bureau.clocks(letter)
        assert (clock["state"], clock["status"]) == ("met", DeadlineStatus.ON_TIME.value)
        assert clock["met_at"] == self.CLAIMED
        assert clock["met_known_at"] == parse_instant("2026-03-11T15:00")
        assert bureau.case(letter)["state"] == "replied"
        told = bureau.trail(letter)[-1]["payload"]
        assert told["occurred_at"] == "2026-03-09T17:00:00+08:00"
        assert told["recorded_at"] == "2026-03-11T10:00:00+08:00"
        assert bureau.planned(letter) == 0

    def test_refused_it_does_not_stand_and_the_clock_runs_on(
        self, bureau: Bureau, letter: int, claimed: int
    ) -> None:
        bureau.do(refuse, letter, bureau.leader, response_id=claimed, reason="凭证看不出时间")
        assert bureau.clocks(letter)[0]["status"] == DeadlineStatus.OVERDUE.value
        with pytest.raises(Conflict) as caught:
            bureau.do(confirm, letter, bureau.duty, bureau.law, response_id=claimed)
        assert caught.value.code == "response.not_awaited"

    def test_an_open_reply_meanwhile_is_late_and_the_confirmed_one_puts_it_right(
        self, bureau: Bureau, letter: int, claimed: int
    ) -> None:
        bureau.do(reply, letter, bureau.roads, bureau.law, Reply("再次告知:已修复。"))
        assert bureau.clocks(letter)[0]["status"] == DeadlineStatus.LATE.value
        bureau.do(confirm, letter, bureau.leader, bureau.law, response_id=claimed)
        assert bureau.clocks(letter)[0]["status"] == DeadlineStatus.ON_TIME.value


def test_a_late_reply_that_admits_it_needs_nobody_else(bureau: Bureau, letter: int) -> None:
    bureau.clock.move_to(parse_instant("2026-03-11T10:00"))
    given = Reply(ANSWER, parse_instant("2026-03-10T09:00"))
    bureau.do(reply, letter, bureau.roads, bureau.law, given)
    assert bureau.clocks(letter)[0]["status"] == DeadlineStatus.LATE.value
