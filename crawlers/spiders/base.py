"""What every spider does alike: asks politely, lets every answer be judged, stops at the first wall.

A spider asks only through `ask`, so that no answer reaches its reading unjudged and no failure is lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import scrapy
from scrapy.exceptions import CloseSpider
from scrapy.http import Response

from core.model import MessageRecord
from core.redact import Redactor
from core.vocabulary import Verdict
from crawlers.gate import Stopped
from crawlers.letters import LetterReader, Unreadable
from crawlers.robots import RobotsRefused
from crawlers.run_log import RunLog
from crawlers.verdicts import RETRIED, WALLS, Answer, Judged, Shape
from crawlers.wire import Job, Outlet

_REPEATS = 2
_TOO_BIG = "超过内存上限，已停止"
_PAGE = Shape()
_TOKEN = re.compile(r"(access_token=)[^&]*")
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Page:
    """An answer that may be read: its text, its data where it is JSON, and what the asker said of it."""

    url: str
    text: str
    data: Any
    about: Mapping[str, Any]


Requests = Iterable[scrapy.Request]
Then = Callable[[Page], Requests]


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to the site.

    Attributes:
        path: an address of the site, from its root.
        then: reads the answer and asks on.
        if_gone: what to do when there is no such page; None: the page counts as failed.
        is_entry: without this page the run cannot go on.
        about: handed to `then` with the page.
    """

    path: str
    then: Then
    shape: Shape = _PAGE
    method: str = "GET"
    form: Mapping[str, str] | None = None
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    if_gone: Then | None = None
    is_entry: bool = False
    priority: int = 0
    about: Mapping[str, Any] = field(default_factory=dict)
    tries: int = 0


class GatheringSpider(scrapy.Spider):
    """The common half of every spider."""

    name = "gathering"

    def __init__(self, job: Job, outlet: Outlet, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job = job
        self.outlet = outlet
        self.run = RunLog(watermark=dict(job.watermark))
        self.letters = LetterReader(
            job.source.channel,
            Redactor(job.search_key),
            job.now,
            month_first=bool(job.source.mailbox and job.source.mailbox.month_first),
        )

    def begin(self) -> Requests:
        """The first questions; each spider's own."""
        raise NotImplementedError

    async def start(self) -> AsyncIterator[Any]:
        """Scrapy asks for the first requests here."""
        for request in self.begin():
            yield request

    def ask(self, ask: Ask) -> scrapy.Request:
        """The request of one question; only the source's own host is ever asked."""
        body, headers = b"", dict(ask.headers)
        if ask.form is not None:
            body, headers["Content-Type"] = urlencode(ask.form).encode(), _FORM
        elif ask.json is not None:
            body, headers["Content-Type"] = _json(ask.json), "application/json"
        return scrapy.Request(
            self.address(ask.path),
            method=ask.method,
            body=body,
            headers=headers,
            cookies=dict[Any, Any](ask.cookies),
            callback=self.answered,
            errback=self.failed,
            meta={"ask": ask},
            priority=ask.priority,
            dont_filter=True,
        )

    def address(self, path: str) -> str:
        """The full address of a path of the site."""
        return self.job.source.base_url + path

    def path_of(self, link: str, page_url: str) -> str | None:
        """The path of a link on a page; None where it leads to another host or nowhere."""
        try:
            parts = urlsplit(urljoin(page_url, link.strip()))
            base = urlsplit(self.job.source.base_url)
        except ValueError:
            return None
        if parts.scheme not in {"http", "https"} or parts.netloc != base.netloc:
            return None
        path = parts.path or "/"
        if base.path and path.startswith(base.path + "/"):
            path = path[len(base.path) :]
        return f"{path}?{parts.query}" if parts.query else path

    # --- answers

    def answered(self, response: Response) -> Iterator[scrapy.Request]:
        """Read an answer the gate has judged, ask again, or stop."""
        ask: Ask = response.meta["ask"]
        answer, judged = response.meta["judged"]
        self.run.answered += 1
        self.run.verdicts[judged.verdict.value] += 1
        self.looked_at(ask, answer, judged)
        if judged.verdict is Verdict.DATA:
            yield from ask.then(Page(response.url, answer.text, judged.data, ask.about))
        else:
            yield from self.refused(ask, answer, judged)

    def refused(self, ask: Ask, answer: Answer, judged: Judged) -> Requests:
        """What follows from an answer that may not be read."""
        if judged.verdict is Verdict.GONE and ask.if_gone is not None:
            return ask.if_gone(Page(answer.url, answer.text, None, ask.about))
        if judged.verdict in RETRIED and ask.tries < _REPEATS:
            return [self.again(ask)]
        if judged.verdict in WALLS or ask.is_entry:
            self.stop(judged.verdict, judged.reason, answer)
        self.run.failed += 1
        self.outlet.page(shown(answer.url), answer.status, judged.verdict.value, answer.text)
        self.given_up(ask, judged.reason)
        return ()

    def again(self, ask: Ask) -> scrapy.Request:
        """The same question once more."""
        values = {name: getattr(ask, name) for name in Ask.__slots__}
        return self.ask(Ask(**{**values, "tries": ask.tries + 1}))

    def stop(self, verdict: Verdict, reason: str, answer: Answer | None = None) -> None:
        """End the run here; nothing more is sent.

        Raises:
            CloseSpider: always.
        """
        self.run.end(verdict, reason)
        if answer is not None:
            if answer.retry_after.isdigit():
                self.run.retry_after_seconds = int(answer.retry_after)
            self.outlet.page(shown(answer.url), answer.status, verdict.value, answer.text)
        raise CloseSpider(verdict.value)

    def failed(self, failure: Any) -> Iterator[scrapy.Request]:
        """A request that brought no answer."""
        ask: Ask = failure.request.meta["ask"]
        if failure.check(Stopped):
            return
        if failure.check(RobotsRefused):
            self.run.verdicts[Verdict.ROBOTS_DENIED.value] += 1
            self.run.end(Verdict.ROBOTS_DENIED, str(failure.value))
            return
        if failure.check(MemoryError):
            self.run.end(Verdict.CRASHED, _TOO_BIG)
            return
        self.run.broken += 1
        verdict = _verdict_of(failure)
        self.run.verdicts[verdict.value] += 1
        if ask.tries < _REPEATS:
            yield self.again(ask)
        elif ask.is_entry:
            self.run.end(verdict, f"连不上网站（{type(failure.value).__name__}）")
        else:
            self.run.failed += 1
            self.given_up(ask, "连不上网站")

    def given_up(self, ask: Ask, reason: str) -> None:
        """A page that was not to be had after its repeats; what is known of its message must not be lost."""

    def looked_at(self, ask: Ask, answer: Answer, judged: Judged) -> None:
        """In a check: say what came back."""
        if self.job.check:
            self.outlet.found(
                step="页面",
                url=shown(answer.url),
                status=answer.status,
                verdict=judged.verdict.value,
                reason=judged.reason,
                method=ask.method,
            )

    # --- what was read

    def keep(
        self, found: MessageRecord | Unreadable, raw: Mapping[str, Any], url: str, row_mark: str = ""
    ) -> None:
        """Hand a record out, or the row that is none."""
        if isinstance(found, Unreadable):
            self.reject(url, found.column, found.reason, raw)
            return
        self.run.records += 1
        self.run.bodies += bool(found.body)
        self.outlet.record(found, url, row_mark)

    def reject(self, url: str, column: str, reason: str, raw: Mapping[str, Any]) -> None:
        """Hand a row out that could not be read."""
        self.run.rejected += 1
        self.outlet.rejected(url, column, reason, raw)

    def _count_crashes(self) -> None:
        """A page whose reading broke off was not read: Scrapy only logs that and goes on."""
        stats: Any = self.crawler.stats
        if stats.get_value("spider_exceptions/MemoryError"):
            self.run.end(Verdict.CRASHED, _TOO_BIG)
        elif count := stats.get_value("spider_exceptions/count", 0):
            self.run.end(Verdict.CRASHED, f"有 {count} 个页面处理出错，没有读完")

    def closed(self, reason: str) -> None:
        """Scrapy says that the run is over; the last line goes out."""
        self._count_crashes()
        verdict, message = self.run.result(self.job.source.expect)
        if reason not in {"finished", "shutdown"} and self.run.ending is None:
            verdict, message = Verdict.PARTIAL, "采集提前结束"
        self.outlet.end(
            verdict=verdict.value,
            message=message,
            pages=self.run.answered,
            fetched=self.run.sent,
            rows=self.run.rows,
            verdicts=dict(self.run.verdicts),
            watermark=self.run.watermark,
            robots=self.run.robots_txt,
            retry_after=self.run.retry_after_seconds,
        )


def shown(url: str) -> str:
    """An address as it may be written down: without the token it may carry."""
    return _TOKEN.sub(r"\1***", url)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _verdict_of(failure: Any) -> Verdict:
    return Verdict.TRUNCATED if "DataLoss" in type(failure.value).__name__ else Verdict.SERVER_ERROR
