"""A mailbox driven by its YAML file alone, over real HTTP: what is read, stops it, is never sent."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from crawlers.catalog import Source
from tests.crawlers.crawling import NOW, known, run, shipped
from tests.replicas.mailbox import MailboxSite
from tests.replicas.server import Replica


@pytest.fixture
def replica() -> Iterator[Replica]:
    """A mailbox of fifty letters."""
    with Replica(MailboxSite(50)) as running:
        yield running


def site(replica: Replica) -> MailboxSite:
    assert isinstance(replica.site, MailboxSite)
    return replica.site


def test_every_letter_is_read_with_its_reply_and_masked(replica: Replica) -> None:
    said = run(shipped("example_mailbox", replica))
    assert said.verdict == "ok"
    assert len(said.records) == 50
    assert said.end["fetched"] == len(replica.log)
    one = next(record for record in said.records if record["native_id"].endswith("00050"))
    assert one["title"] == "关于占道经营的反映（50）", "the whole title, not the cut one of the list"
    assert one["received_at"] == "2026-11-22T23:30:00+00:00", "to the minute, from the letter's page"
    assert one["received_precision"] == "minute"
    assert one["status_src"] == "已办结"
    assert one["replies"][0][1:] == ["2026-11-22T23:50:00+00:00", "minute", "滨海市城市管理局"]
    assert "13800130050" not in str(said.lines)
    assert one["author_display"].startswith("王")


def test_who_asks_is_said_and_one_connection_is_used_with_the_delay_between(replica: Replica) -> None:
    source = shipped("example_mailbox", replica)
    polite = source.politeness.model_copy(update={"delay_seconds": 0.2})
    site(replica).letters = site(replica).letters[:5]
    run(source.model_copy(update={"politeness": polite}))
    asked = replica.log
    assert {one.headers["User-Agent"] for one in asked} == {"test-agent"}
    assert asked[0].path == "/robots.txt"
    gaps = [after.at - before.at for before, after in pairwise(asked)]
    assert len(gaps) >= 6
    assert min(gaps) >= 0.15, "the way to the replica takes a few of its milliseconds"


WALLS: list[tuple[str, dict[str, Any], str]] = [
    ("rate", {"status": 432, "after": 10}, "blocked_rate"),
    ("login", {"redirect": "/sso/login?back=1"}, "blocked_login"),
    ("new layout", {"no_table": True}, "format_changed"),
    ("server error", {"status": 500}, "server_error"),
    ("robots", {"robots": "User-agent: *\nDisallow: /hdjl/"}, "robots_denied"),
    ("robots broken", {"robots_status": 500}, "robots_denied"),
]


@pytest.mark.parametrize(("faults", "verdict"), [row[1:] for row in WALLS], ids=[row[0] for row in WALLS])
def test_a_wall_stops_the_run_and_is_named(replica: Replica, faults: dict[str, Any], verdict: str) -> None:
    replica.faults = faults
    said = run(shipped("example_mailbox", replica))
    assert said.verdict == verdict
    assert said.end["message"]
    tries = 3 if verdict == "server_error" else 1
    assert len(replica.pages()) <= faults.get("after", 0) + tries, "nothing is sent after a wall"


def test_nothing_new_needs_the_sites_own_mark(replica: Replica) -> None:
    site(replica).letters = []
    assert run(shipped("example_mailbox", replica)).verdict == "ok_empty"


def test_a_list_with_no_row_and_no_mark_is_a_changed_page(replica: Replica) -> None:
    source = shipped("example_mailbox", replica)
    assert source.mailbox is not None
    listing = source.mailbox.list.model_copy(update={"rows": "table.list tbody tr.letter"})
    changed = source.model_copy(update={"mailbox": source.mailbox.model_copy(update={"list": listing})})
    said = run(changed)
    assert said.verdict == "format_changed"
    assert "一行也没有" in said.end["message"]
    assert said.of("page"), "the answer is kept, to see what has changed"


def test_the_last_page_given_again_ends_the_list(replica: Replica) -> None:
    replica.faults = {"last_page_again": True}
    said = run(shipped("example_mailbox", replica))
    assert said.verdict == "ok"
    assert len(said.records) == 50
    assert said.end["verdicts"]["end_of_list"] == 1


def test_a_letter_that_is_gone_keeps_what_the_list_says(replica: Replica) -> None:
    replica.faults = {"gone": [50]}
    said = run(shipped("example_mailbox", replica))
    assert said.verdict == "ok"
    assert len(said.records) == 50


def test_gbk_sent_as_utf8_is_read(replica: Replica) -> None:
    replica.faults = {"gbk": True}
    said = run(shipped("example_mailbox", replica))
    assert said.records[0]["title"].startswith("关于")


def test_a_truncated_page_is_asked_again_and_then_given_up(replica: Replica) -> None:
    replica.faults = {"cut": 900}
    said = run(shipped("example_mailbox", replica))
    assert said.verdict == "truncated"
    assert len(replica.pages()) == 3
    assert not said.records


def test_forbidden_letters_are_never_fetched_when_many_requests_start_at_once(replica: Replica) -> None:
    replica.faults = {"forbidden_links": True, "robots": "User-agent: *\nDisallow: /private/"}
    source = shipped("example_mailbox", replica)
    many = source.politeness.model_copy(update={"connections": 8, "delay_seconds": 0.0})
    said = run(source.model_copy(update={"politeness": many}))
    assert said.verdict == "robots_denied"
    assert [one.path for one in replica.log if one.path.startswith("/private/")] == []


def test_a_crawl_delay_longer_than_ours_is_kept(replica: Replica) -> None:
    replica.faults = {"robots": "User-agent: *\nCrawl-delay: 0.25"}
    site(replica).letters = site(replica).letters[:4]
    run(shipped("example_mailbox", replica))
    asked = replica.log[1:]
    assert min(b.at - a.at for a, b in pairwise(asked)) >= 0.2


def test_the_daily_budget_ends_the_run(replica: Replica) -> None:
    said = run(shipped("example_mailbox", replica), budget=10)
    assert said.verdict == "budget_spent"
    assert len(replica.log) == 10
    assert said.end["fetched"] == 10


def test_known_letters_are_left_alone_and_looked_at_again_when_due(replica: Replica) -> None:
    source = shipped("example_mailbox", replica)
    first = run(source)
    rows = [line["row"] for line in first.of("record")]
    fresh = {name: known(url, mark, NOW - timedelta(minutes=5)) for name, url, mark in rows}
    replica.log.clear()
    second = run(source, known=fresh)
    assert second.verdict == "ok"
    assert not second.records
    assert len(second.of("unchanged")) + len(second.records) <= 50
    assert all(one.place != "/hdjl/detail.shtml" for one in replica.log)
    old = {name: known(url, mark, NOW - timedelta(hours=2)) for name, url, mark in rows}
    assert len(run(source, known=old).records) == 50


def limited(source: Source, **limits: float) -> Source:
    return source.model_copy(update={"limits": source.limits.model_copy(update=limits)})


def children() -> set[str]:
    """The processes this one has started and not yet seen off."""
    return {
        child
        for task in Path("/proc/self/task").iterdir()
        for child in (task / "children").read_text().split()
    }


def test_a_run_beyond_its_time_is_killed_with_its_process(replica: Replica) -> None:
    replica.faults = {"hang": True}
    before, began = children(), time.monotonic()
    said = run(limited(shipped("example_mailbox", replica), minutes=0.04))
    assert (said.verdict, said.end["message"]) == ("timed_out", "超过 0.04 分钟的上限，已停止")
    assert time.monotonic() - began < 2.4 + 20, "the downloader alone would have waited for forty seconds"
    assert children() <= before


def test_a_page_too_big_for_the_memory_of_its_run_ends_it_by_name(replica: Replica) -> None:
    cells = "<tr><td>a</td></tr>" * 400_000
    replica.faults = {"body": f"<html><body><table class='list'>{cells}</table></body></html>"}
    source = shipped("example_mailbox", replica)
    small = run(limited(source, memory_mb=128))
    assert (small.verdict, small.end["message"]) == ("crashed", "超过内存上限，已停止")
    enough = run(limited(source, memory_mb=1024))
    assert enough.verdict == "format_changed", "the same page is read where there is room"


def test_remote_control_and_telnet_are_off() -> None:
    from crawlers.spider_settings import settings_of
    from tests.crawlers.crawling import job

    with Replica(MailboxSite(1)) as running:
        settings = settings_of(job(shipped("example_mailbox", running)))
    assert settings["REMOTE_CONTROL_ENABLED"] is False
    assert settings["TELNETCONSOLE_ENABLED"] is False
