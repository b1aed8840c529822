"""The other spiders over real HTTP: the board, Weibo, the platforms as YAML, feeds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.crawlers.crawling import NOW, known, run, shipped
from tests.replicas.board import BoardSite, answered
from tests.replicas.boards import FuzhouSite, RednetSite
from tests.replicas.mailbox import letters
from tests.replicas.official import BeijingSite, FeedSite, GuangdongSite, ZhejiangSite
from tests.replicas.server import Replica, Site
from tests.replicas.weibo import COOKIE, TOKEN, WeiboSite


def test_the_board_reads_new_threads_and_moves_its_watermark() -> None:
    site = BoardSite(45)
    with Replica(site) as replica:
        replica.faults = {"ms_dates": True, "nickname_unmasked": True, "new_while_paging": True}
        first = run(shipped("people_board", replica))
    assert first.verdict == "ok"
    assert len(first.records) == 45
    assert first.end["watermark"]["tid"] == {"5050": 23_000_045}
    one = first.records[0]
    assert (one["native_id"], one["channel"]) == ("23000045", "message_board")
    assert one["received_at"] == "2026-11-22T23:00:00+00:00"
    assert "陈小明" not in str(first.lines)
    assert [asked.method for asked in replica.pages()][:2] == ["GET", "POST"]
    assert "board=1" in replica.pages()[1].headers["Cookie"]


def test_the_board_stops_at_the_watermark_and_looks_for_replies_once_a_day() -> None:
    site = BoardSite(45)
    mark = {"tid": {"5050": 23_000_045}, "looked_again_at": (NOW - timedelta(hours=2)).isoformat()}
    with Replica(site) as replica:
        source = shipped("people_board", replica)
        run(source, watermark=mark)
        assert len(replica.pages()) == 2, "the newest page alone says that nothing is new"
        answered(site.threads[30], "已经检验合格。", NOW - timedelta(hours=1))
        rows = [line["row"] for line in run(source).of("record")]
        seen = {name: known(url, sign, NOW) for name, url, sign in rows}
        answered(site.threads[31], "正在更换。", NOW - timedelta(hours=1))
        again = run(source, known=seen, watermark={"tid": {"5050": 23_000_045}})
    assert [record["native_id"] for record in again.records] == [str(site.threads[31]["tid"])]
    assert again.records[0]["replies"][0][3] == "滨海市市场监督管理局"
    assert len(again.of("unchanged")) == 44


def test_the_board_fetches_the_whole_of_a_cut_text_and_names_a_refusal() -> None:
    with Replica(BoardSite(3)) as replica:
        replica.faults = {"content_cut": True}
        said = run(shipped("people_board", replica))
        assert all(record["body"].endswith("没有结果。") for record in said.records)
        assert len(said.records) == 3
        replica.faults = {"result": "fail"}
        assert run(shipped("people_board", replica)).verdict == "format_changed"


def test_mentions_are_read_by_the_official_interface_since_the_last_number() -> None:
    site = WeiboSite(60)
    with Replica(site) as replica:
        source = shipped("weibo_mentions", replica)
        first = run(source, credential=TOKEN)
        assert first.verdict == "ok"
        assert len(first.records) == 60
        assert first.end["watermark"] == {"since_id": site.posts[0]["id"]}
        again = run(source, credential=TOKEN, watermark=first.end["watermark"])
    assert again.verdict == "ok_empty"
    one = first.records[0]
    assert one["body"] == "@滨海市监 健身房关门，会员卡退不了（0）[怒]"
    assert one["extra"]["评论"] == "约12000"
    assert one["extra"]["赞"] == "约1000000"
    assert one["url"].startswith("https://weibo.com/7000000001/")
    assert TOKEN not in str(first.lines)
    assert not [asked for asked in replica.log if asked.path == "/robots.txt"]


@pytest.mark.parametrize(
    ("faults", "verdict"),
    [
        ({"token_expired": True, "error_code_type": "int"}, "blocked_login"),
        ({"api_quota": 1}, "blocked_rate"),
    ],
    ids=["token expired", "quota spent"],
)
def test_the_interfaces_refusals_are_named(faults: dict[str, Any], verdict: str) -> None:
    with Replica(WeiboSite(60)) as replica:
        replica.faults = faults
        said = run(shipped("weibo_mentions", replica), credential=TOKEN)
    assert said.verdict == verdict
    assert TOKEN not in str(said.lines)


def test_odd_posts_are_read_or_left_alone() -> None:
    with Replica(WeiboSite(3)) as replica:
        source = shipped("weibo_mentions", replica)
        replica.faults = {"null_user": True, "relative_dates": True}
        said = run(source, credential=TOKEN)
        assert len(said.records) == 3
        assert said.records[0]["received_at"] == "2026-11-22T23:53:00+00:00", "from the number, not the words"
        replica.faults = {"not_public": True}
        assert run(source, credential=TOKEN).records == []


def test_the_hot_list_is_one_look_without_advertisements() -> None:
    with Replica(WeiboSite()) as replica:
        said = run(shipped("weibo_hot", replica))
        assert said.verdict == "ok"
        (line,) = said.of("words")
        assert [word["word"] for word in line["words"]] == ["某市健身房跑路", "滨海市监回应"]
        replica.faults = {"visitor_html": True}
        assert run(shipped("weibo_hot", replica)).verdict == "blocked_login"


def test_search_asks_whether_its_login_stands_and_stops_at_a_captcha() -> None:
    with Replica(WeiboSite(25)) as replica:
        source = shipped("weibo_search", replica)
        said = run(source, credential=COOKIE)
        assert said.verdict == "ok"
        assert len(said.records) == 25
        assert run(source, credential="SUB=old").verdict == "blocked_login"
        replica.faults = {"captcha_after": 4}
        replica.log.clear()
        assert run(source, credential=COOKIE).verdict == "blocked_captcha"
        assert not any("genvisitor" in asked.path for asked in replica.log)
        assert [asked.place for asked in replica.pages()] == ["/api/config", "/api/container/getIndex"]


@pytest.mark.parametrize("key", ["weibo_comments", "weibo_comment_mentions"])
def test_comments_are_read_by_the_official_interface(key: str) -> None:
    with Replica(WeiboSite(4)) as replica:
        said = run(shipped(key, replica), credential=TOKEN)
        paths = {one.place for one in replica.log}
    assert said.verdict == "ok", said.end
    assert (len(said.records), {one["channel"] for one in said.records}) == (4, {"weibo"})
    assert len(paths) == 1
    assert "/comments/" in paths.pop()


def test_a_long_post_of_the_search_is_read_whole_and_stays_short_where_the_rest_is_not_given() -> None:
    with Replica(WeiboSite(2)) as replica:
        replica.faults = {"long": True}
        whole = run(shipped("weibo_search", replica), credential=COOKIE)
        replica.faults = {"long": True, "extend_empty": True}
        short = run(shipped("weibo_search", replica), credential=COOKIE)
    assert {one["body"] for one in whole.records} == {"全文：已经拖了三个月。"}
    assert (len(short.records), len(whole.records)) == (2, 2)
    assert all("健身房关门" in one["body"] for one in short.records)


PLATFORMS: list[tuple[str, Site, int]] = [
    ("gd_hdjlpt", GuangdongSite(25), 25),
    ("beijing_mailbox", BeijingSite(9), 9),
    ("zhejiang_petition", ZhejiangSite(12), 12),
    ("fuzhou_orders", FuzhouSite(25), 25),
    ("rednet_board", RednetSite(25), 25),
]


@pytest.mark.parametrize(("key", "site", "count"), PLATFORMS, ids=[row[0] for row in PLATFORMS])
def test_a_platform_is_read_by_its_yaml_alone(key: str, site: Site, count: int) -> None:
    with Replica(site) as replica:
        said = run(shipped(key, replica))
    assert said.verdict == "ok", said.end
    assert len(said.records) == count
    assert all(record["body"] for record in said.records)
    assert sum(bool(record.get("replies")) for record in said.records) == sum(
        bool(one.reply)
        for one in site.letters  # type: ignore[attr-defined] # the three sites have letters
    )


def test_an_order_is_read_by_its_labels_whether_a_row_is_missing_or_not() -> None:
    with Replica(FuzhouSite(3)) as replica:
        said = run(shipped("fuzhou_orders", replica))
    by_number = {record["native_id"]: record for record in said.records}
    for letter in letters(3):
        one = by_number[f"FZ{letter.written_at:%y%m%d}{letter.number:05d}"]
        assert (one["kind_src"], one["area"], one["title"]) == ("投诉", "鼓楼区", letter.title)
        assert [reply[0].startswith(letter.reply) for reply in one.get("replies", [])] == [True] * bool(
            letter.reply
        )
    assert "王小明" not in str(said.lines), "the name cell is masked"


def test_a_board_that_refuses_is_not_taken_for_an_empty_one() -> None:
    with Replica(RednetSite(3)) as replica:
        replica.faults = {"refused": True}
        assert run(shipped("rednet_board", replica)).verdict == "format_changed"
        replica.faults = {}
        assert isinstance(replica.site, RednetSite)
        replica.site.letters = []
        assert run(shipped("rednet_board", replica)).verdict == "ok_empty"


def test_a_token_that_runs_out_is_renewed_once() -> None:
    site = GuangdongSite(25)
    with Replica(site) as replica:
        replica.faults = {"token_expires_after": 2}
        said = run(shipped("gd_hdjlpt", replica))
    assert said.verdict == "ok", said.end
    assert len(said.records) == 25


def test_a_feed_is_read_and_a_bomb_in_it_does_nothing() -> None:
    with Replica(FeedSite()) as replica:
        source = shipped("media_feed", replica)
        said = run(source)
        assert [(record["title"], record["native_id"]) for record in said.records] == [
            ("滨海市开展电梯检查", "a1")
        ]
        assert said.records[0]["body"] == "滨海市市场监管部门…"
        replica.faults = {"atom": True}
        assert [record["title"] for record in run(source).records] == ["滨海市回应关切"]
        replica.faults = {"bomb": True}
        bombed = run(source)
    assert bombed.verdict in {"ok", "truncated"}
    assert "root:" not in str(bombed.lines)
