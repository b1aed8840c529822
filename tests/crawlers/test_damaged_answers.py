"""Whole runs of every spider over damaged answers: nothing breaks or hangs, and every row is accounted for.

The spiders' own code runs over the replicas' own answers, each damaged on its way; only the network is left
out.
"""

from __future__ import annotations

import io
import json
import random
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from scrapy.exceptions import CloseSpider
from scrapy.http import Request, TextResponse

from core.vocabulary import Verdict
from crawlers.catalog import Source, read_source, shipped_folder
from crawlers.reading.decoding import decode
from crawlers.spiders.base import GatheringSpider
from crawlers.spiders.registry import SPIDERS
from crawlers.verdicts import Answer, judge
from crawlers.wire import Outlet
from tests.crawlers.crawling import NOW, job
from tests.crawlers.mutations import mutated
from tests.replicas.board import BoardSite
from tests.replicas.boards import FuzhouSite, RednetSite
from tests.replicas.families import AdviceSite, JactSite, JcmsSite, TableSite, TrsSite
from tests.replicas.mailbox import MailboxSite
from tests.replicas.official import BeijingSite, FeedSite, GuangdongSite, ZhejiangSite
from tests.replicas.server import Asked, Site
from tests.replicas.weibo import COOKIE, TOKEN, WeiboSite

_ORDINARY, _THOROUGH = 20, 100
_LONGEST_SECONDS, _MOST_REQUESTS = 20.0, 400

SITES: dict[str, tuple[Callable[[], Site], str]] = {
    "example_mailbox": (lambda: MailboxSite(6), ""),
    "gd_hdjlpt": (lambda: GuangdongSite(6), ""),
    "beijing_mailbox": (lambda: BeijingSite(6), ""),
    "zhejiang_petition": (lambda: ZhejiangSite(6), ""),
    "jcms_mailbox": (lambda: JcmsSite(6), ""),
    "trs_mailbox": (lambda: TrsSite(6), ""),
    "jact_mailbox": (lambda: JactSite(6), ""),
    "advice_mailbox": (lambda: AdviceSite(6), ""),
    "table_mailbox": (lambda: TableSite(6), ""),
    "fuzhou_orders": (lambda: FuzhouSite(6), ""),
    "rednet_board": (lambda: RednetSite(6), ""),
    "people_board": (lambda: BoardSite(6), ""),
    "weibo_mentions": (lambda: WeiboSite(6), TOKEN),
    "weibo_hot": (lambda: WeiboSite(6), ""),
    "weibo_search": (lambda: WeiboSite(6), COOKIE),
    "media_feed": (lambda: FeedSite(), ""),
}


class Walk:
    """One run whose every answer may be damaged."""

    def __init__(self, source: Source, site: Site, credential: str, dice: random.Random) -> None:
        self.said = io.StringIO()
        outlet = Outlet(self.said)
        self.spider: GatheringSpider = SPIDERS[source.adapter](job(source, credential=credential), outlet)
        self.site, self.dice = site, dice
        self.was_stopped = False

    def go(self) -> None:
        """Ask until nothing is left to ask, as the engine does: the newest of the highest priority first."""
        waiting = list(self.spider.begin())
        for _ in range(_MOST_REQUESTS):
            if not waiting or self.was_stopped:
                return
            waiting.sort(key=lambda request: request.priority)
            request = waiting.pop()
            try:
                waiting += self.spider.answered(self.answer(request))
            except CloseSpider:
                self.was_stopped = True
        raise AssertionError("the run does not end")

    def answer(self, request: Request) -> TextResponse:
        """The site's answer, damaged one time in three, and judged as the gate does."""
        parts = urlsplit(request.url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        headers = {name.decode().title(): b"".join(found).decode() for name, found in request.headers.items()}
        headers["Cookie"] = f"szxx=1; board=1; {self.spider.job.credential}"
        reply = self.site.answer(Asked(0.0, request.method, path, headers, request.body), {}, NOW)
        body = reply.body if isinstance(reply.body, bytes) else reply.body.encode()
        if self.dice.random() < 1 / 3:
            body = mutated(body, self.dice)
        answer = Answer(reply.status, request.url, decode(body, reply.kind))
        judged = judge(answer, request.meta["ask"].shape)
        if judged.verdict is Verdict.ROBOTS_DENIED:
            raise AssertionError("no robots here")
        request.meta["judged"] = (answer, judged)
        return TextResponse(request.url, status=reply.status, body=b"", request=request)

    def rows(self) -> int:
        """Rows of which something became."""
        lines = [json.loads(line) for line in self.said.getvalue().splitlines()]
        words = sum(len(line["words"]) for line in lines if line["t"] == "words")
        return words + sum(line["t"] in {"record", "rejected", "unchanged"} for line in lines)


def walk(key: str, seed: int) -> bool:
    """One damaged run; whether it read anything."""
    make, credential = SITES[key]
    source = read_source(shipped_folder() / f"{key}.yml")
    one = Walk(source, make(), credential, random.Random(f"{key}-{seed}"))
    began = time.monotonic()
    one.go()
    assert time.monotonic() - began < _LONGEST_SECONDS, (key, seed)
    verdict, message = one.spider.run.result(source.expect)
    assert verdict is Verdict.OK or message, (key, seed)
    if not one.was_stopped:
        assert one.spider.run.rows == one.rows(), (key, seed, one.said.getvalue())
    return one.rows() > 0


def test_every_spider_that_ships_is_tried() -> None:
    tried = {read_source(shipped_folder() / f"{key}.yml").adapter for key in SITES}
    assert tried == set(SPIDERS)


@pytest.mark.parametrize("key", SITES)
def test_a_run_over_damaged_answers_ends_and_accounts_for_every_row(key: str) -> None:
    assert sum(walk(key, seed) for seed in range(_ORDINARY)) > 0, "some damage leaves rows to be read"


@pytest.mark.thorough
@pytest.mark.parametrize("key", SITES)
def test_a_thousand_damaged_runs_end_and_account_for_every_row(key: str) -> None:
    assert sum(walk(key, seed) for seed in range(_ORDINARY, _ORDINARY + _THOROUGH)) > 0
