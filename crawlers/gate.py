"""The gate of a run: what may leave, and what came back.

Nothing leaves after a wall or beyond the budget, or to another host. Every answer is judged here, before the
next request can leave: were it judged in the spider, the one waiting behind it would already be on its way.
"""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from core.vocabulary import Verdict
from crawlers.reading.decoding import decode
from crawlers.verdicts import WALLS, Answer, judge


class Stopped(IgnoreRequest):
    """The run has ended; the request was not sent."""


class Gate:
    """Counts what is sent and refuses what may not be."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Gate:
        """Made by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Let a request pass, or refuse it.

        Raises:
            Stopped: the run has ended, its budget is spent, or the address is not the source's.
        """
        spider: Any = self._crawler.spider
        run = spider.run
        if run.ending is not None:
            raise Stopped("the run has ended")
        if urlparse_cached(request).netloc != spider.job.source.host:
            raise Stopped("not the host of the source")
        if run.sent >= spider.job.budget:
            run.end(Verdict.BUDGET_SPENT, "今天的访问次数已用完，明天继续")
            raise Stopped("the budget is spent")
        run.sent += 1
        self._keep_crawl_delay(run.crawl_delay)

    def process_response(self, request: Request, response: Response) -> Response:
        """Judge an answer; at a wall the run ends before anything else is sent."""
        ask = request.meta.get("ask")
        if ask is None:  # robots.txt
            return response
        answer = _answer(response)
        judged = judge(answer, ask.shape)
        request.meta["judged"] = (answer, judged)
        if judged.verdict in WALLS:
            spider: Any = self._crawler.spider
            spider.run.end(judged.verdict, judged.reason)
        return response

    def _keep_crawl_delay(self, seconds: float) -> None:
        engine: Any = self._crawler.engine
        for slot in engine.downloader.slots.values():
            slot.delay = max(slot.delay, seconds)


def _answer(response: Response) -> Answer:
    text = decode(response.body, _header(response, "Content-Type"))
    return Answer(
        response.status,
        response.url,
        text,
        location=_header(response, "Location"),
        flags=tuple(response.flags),
        retry_after=_header(response, "Retry-After"),
    )


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1").strip()
