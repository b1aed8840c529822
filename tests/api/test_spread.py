"""How an incident spread: what is counted, folded and drawn."""

from __future__ import annotations

from typing import Any

from api.pages.spread import Spread, spread_of
from core.clock import parse_instant

NOW = parse_instant("2026-11-23T12:00")


def spread_at(rows: list[dict[str, Any]]) -> Spread:
    return spread_of(rows, NOW)


def voice(
    number: int, at: str, *, channel: str = "weibo", group: int | None = None, author: str = ""
) -> dict[str, Any]:
    return {
        "message_id": number,
        "channel": channel,
        "title": f"说法{group or number}",
        "area": "",
        "url": None,
        "author_display": author,
        "received_at": parse_instant(at),
        "source": channel,
        "group_id": group or number,
        "polarity": None,
        "place": "",
    }


def test_nearly_the_same_words_are_one_line_with_their_number_and_the_largest_comes_first() -> None:
    spread = spread_at(
        [
            voice(1, "2026-11-23T08:00"),
            voice(2, "2026-11-23T08:10", group=2),
            voice(3, "2026-11-23T09:20", group=2, channel="hotline_12345"),
            voice(4, "2026-11-23T11:59", group=2),
        ]
    )
    assert [(one.title, one.count) for one in spread.groups] == [("说法2", 3), ("说法1", 1)]
    assert spread.groups[0].channels == ["微博", "12345热线"]
    assert len(spread.groups[0].members) == 2
    assert [(one.label, one.count, one.wordings) for one in spread.channels] == [
        ("微博", 3, 2),
        ("12345热线", 1, 1),
    ]


def test_the_volume_counts_by_hour_and_leaves_no_hour_out() -> None:
    volume = spread_at(
        [voice(1, "2026-11-23T08:59"), voice(2, "2026-11-23T09:00"), voice(3, "2026-11-23T11:30")]
    ).volume
    assert volume.step == "小时"
    assert volume.steps == ["11-23 08时", "11-23 09时", "11-23 10时", "11-23 11时"]
    assert volume.series == {"微博": [1, 1, 0, 1]}
    assert volume.totals == [("11-23 08时", 1), ("11-23 09时", 1), ("11-23 11时", 1)]


def test_what_grew_over_weeks_is_counted_by_day_and_the_oldest_left_to_the_list() -> None:
    spread = spread_at(
        [voice(1, "2025-01-01T08:00"), voice(2, "2026-11-01T08:00"), voice(3, "2026-11-23T23:59")]
    )
    assert (spread.volume.step, len(spread.volume.steps)) == ("日", 120)
    assert spread.volume.totals == [("11-01", 1), ("11-23", 1)]
    assert spread.count == 3


def test_who_spoke_once_is_not_named() -> None:
    spread = spread_at(
        [
            voice(1, "2026-11-23T08:00", author="滨江**"),
            voice(2, "2026-11-23T08:01", author="滨江**"),
            voice(3, "2026-11-23T08:02", author="张**"),
        ]
    )
    assert spread.authors == [("滨江**", 2)]


def test_an_incident_without_voices_has_no_picture() -> None:
    spread = spread_of([], NOW)
    assert (spread.count, spread.groups, spread.volume.steps) == (0, [], [])


def test_trend_and_accounts_are_told_with_their_numbers() -> None:
    rows = [voice(n, f"2026-11-23T1{n // 5}:{n:02}", author="某***") for n in range(1, 9)]
    spread = spread_at([voice(20, "2026-11-23T04:00", author="李***"), *rows])
    assert spread.trend == "走势上升：最近6小时8条，此前6小时1条；共2个账号，最多的一个发了8条。"


def test_places_of_the_messages_are_counted_their_own_word_last() -> None:
    placed = [{**voice(n, "2026-11-23T09:00"), "place": "上海市嘉定区南翔镇"} for n in (1, 2)]
    spread = spread_at([*placed, {**voice(3, "2026-11-23T09:00"), "area": "安亭镇"}])
    assert spread.places == [("上海市嘉定区南翔镇", 2), ("安亭镇", 1)]
