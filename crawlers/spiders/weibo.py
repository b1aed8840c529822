"""Weibo: mentions and comments by the official interface, the hot list, the search of the mobile pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from scrapy import Request

from core.vocabulary import Verdict
from crawlers.catalog import WeiboPlan
from crawlers.letters import signature
from crawlers.reading.fields import as_text
from crawlers.reading.weibo import (
    is_public,
    post_address,
    post_extra,
    post_number,
    post_time,
    post_values,
    posts_of_cards,
)
from crawlers.spiders.base import Ask, GatheringSpider, Page, Requests
from crawlers.verdicts import Answer, Shape
from crawlers.wire import Job, Outlet

_JSON = Shape(kind="json", empty_body=Verdict.BLOCKED_LOGIN)
# Call → its path and the name of its array. Source: open.weibo.com wiki.
_CALLS = {
    "mentions": ("/2/statuses/mentions.json", "statuses"),
    "comments_to_me": ("/2/comments/to_me.json", "comments"),
    "comments_mentions": ("/2/comments/mentions.json", "comments"),
}
_NO_RESULT = "这里还没有内容"


class _WeiboSpider(GatheringSpider):
    def __init__(self, job: Job, outlet: Outlet, **kwargs: Any) -> None:
        super().__init__(job, outlet, **kwargs)
        plan = job.source.weibo
        if plan is None:
            raise ValueError("the source has no weibo part")
        self.plan: WeiboPlan = plan
        self._seen: set[str] = set()

    def changed(self, page: Page, reason: str) -> None:
        """Stop: the answer has not the form we know."""
        self.stop(Verdict.FORMAT_CHANGED, reason, Answer(200, page.url, page.text))

    def keep_post(self, post: Mapping[str, Any], page_url: str) -> None:
        """One post as a record; a post that is not public is not kept."""
        number = post_number(post)
        if not is_public(post) or number in self._seen:
            return
        self.run.rows += 1
        if not number:
            self.reject(page_url, "native_id", "微博没有编号。", post)
            return
        self._seen.add(number)
        values = post_values(post)
        created = post_time(post, self.job.now)
        found = self.letters.record(values, post_address(post), created=created, extra=post_extra(post))
        self.keep(found, post, post_address(post), signature(values))


class WeiboApiSpider(_WeiboSpider):
    """What mentions the office's account or is said to it; everything since the last number."""

    def begin(self) -> Requests:
        """The newest page."""
        return [self._page(1)]

    def _page(self, number: int) -> Request:
        path, _ = _CALLS[self.plan.call]
        since = self.job.watermark.get("since_id", 0)
        query = {
            "access_token": self.job.credential,
            "since_id": since,
            "count": self.plan.page_size,
            "page": number,
        }
        ask = Ask(f"{path}?{urlencode(query)}", self._read, _JSON, is_entry=True, about={"page": number})
        return self.ask(ask)

    def _read(self, page: Page) -> Iterator[Request]:
        posts = page.data.get(_CALLS[self.plan.call][1]) if isinstance(page.data, Mapping) else None
        if not isinstance(posts, list):
            self.changed(page, "接口的答复里没有列表")
            return
        number: int = page.about["page"]
        if not posts and number == 1:
            if as_text(page.data.get("total_number")) != "0" and not self.job.watermark.get("since_id"):
                self.changed(page, "接口说有内容，列表却是空的")
            self.run.verdicts[Verdict.EMPTY_PROVEN.value] += 1
        for post in posts:
            self.keep_post(post if isinstance(post, Mapping) else {}, self.address(_CALLS[self.plan.call][0]))
        numbers = [int(one) for one in self._seen if len(one) < 20]
        self.run.watermark["since_id"] = max([*numbers, self.job.watermark.get("since_id", 0)])
        if len(posts) >= self.plan.page_size and not self.job.check:
            if number >= self.plan.max_pages:
                self.run.is_capped = True
                # What lies below was not seen; the next run must come to it again.
                self.run.watermark["since_id"] = self.job.watermark.get("since_id", 0)
            else:
                yield self._page(number + 1)


class WeiboHotSpider(_WeiboSpider):
    """The hot list, one look at a time."""

    def begin(self) -> Requests:
        """The one page there is."""
        return [self.ask(Ask("/ajax/side/hotSearch", self._read, _JSON, is_entry=True))]

    def _read(self, page: Page) -> Requests:
        data = page.data.get("data") if isinstance(page.data, Mapping) else None
        rows = data.get("realtime") if isinstance(data, Mapping) else None
        if not isinstance(rows, list):
            self.changed(page, "热搜榜的答复里没有榜单")
            return ()
        words = {word["word"]: word for row in rows if (word := _hot_word(row)) is not None}
        self.run.rows += len(words)
        self.outlet.words(list(words.values()))
        return ()


class WeiboSearchSpider(_WeiboSpider):
    """Search by keyword on the mobile pages, with the office's own approved login."""

    def begin(self) -> Requests:
        """First whether the login still stands."""
        return [self._ask("/api/config", self._signed_in, {})]

    def _ask(self, path: str, then: Any, about: Mapping[str, Any], *, is_entry: bool = True) -> Request:
        headers = {
            "X-Requested-With": "XMLHttpRequest",
            "MWeibo-Pwa": "1",
            "Referer": self.address("/"),
        }
        cookies = dict(pair.strip().split("=", 1) for pair in self.job.credential.split(";") if "=" in pair)
        return self.ask(
            Ask(path, then, _JSON, headers=headers, cookies=cookies, is_entry=is_entry, about=about)
        )

    def _signed_in(self, page: Page) -> Iterator[Request]:
        data = page.data.get("data") if isinstance(page.data, Mapping) else None
        if not (isinstance(data, Mapping) and data.get("login") is True):
            self.stop(Verdict.BLOCKED_LOGIN, "登录凭据已失效", Answer(200, page.url, page.text))
            return
        yield self._search(0, 1)

    def _search(self, place: int, number: int) -> Request:
        container = quote(f"100103type=61&q={self.plan.keywords[place]}", safe="")
        path = f"/api/container/getIndex?containerid={container}&page_type=searchall&page={number}"
        return self._ask(path, self._read, {"place": place, "page": number})

    def _read(self, page: Page) -> Iterator[Request]:
        place, number = page.about["place"], page.about["page"]
        data = page.data.get("data") if isinstance(page.data, Mapping) else None
        if as_text(page.data.get("ok")) == "0" and as_text(page.data.get("msg")).startswith(_NO_RESULT):
            verdict = Verdict.EMPTY_PROVEN if number == 1 else Verdict.END_OF_LIST
            self.run.verdicts[verdict.value] += 1
            yield from self._next_word(place)
            return
        if not isinstance(data, Mapping) or not isinstance(data.get("cards"), list):
            self.changed(page, "搜索结果里没有卡片")
            return
        posts = list(posts_of_cards(data["cards"]))
        if not posts:
            self.changed(page, "搜索结果里没有微博，也没有“没有内容”的标记")
        fresh = [post for post in posts if post_number(post) not in self._seen]
        for post in fresh:
            yield from self._take(post, page.url)
        is_last = number >= self.plan.max_pages or not fresh or self.job.check
        yield from self._next_word(place) if is_last else [self._search(place, number + 1)]

    def _take(self, post: Mapping[str, Any], url: str) -> Iterator[Request]:
        if post.get("isLongText") is True and post_number(post):
            path = f"/statuses/extend?id={post_number(post)}"
            yield self._ask(path, self._whole, {"post": post, "url": url}, is_entry=False)
        else:
            self.keep_post(post, url)

    def _whole(self, page: Page) -> Requests:
        """The whole of a long text; an empty answer leaves the short one."""
        data = page.data.get("data") if isinstance(page.data, Mapping) else None
        whole = as_text(data.get("longTextContent")) if isinstance(data, Mapping) else ""
        post = page.about["post"]
        self.keep_post({**post, "text": whole} if whole else post, page.about["url"])
        return ()

    def given_up(self, ask: Ask, reason: str) -> None:  # noqa: ARG002 - the short text says enough
        """The short text is better than nothing."""
        if "post" in ask.about:
            self.keep_post(ask.about["post"], ask.about["url"])

    def _next_word(self, place: int) -> Requests:
        if place + 1 < len(self.plan.keywords) and not self.job.check:
            return [self._search(place + 1, 1)]
        return ()


def _hot_word(row: Any) -> dict[str, Any] | None:
    """One word of the hot list; None for an advertisement or a row of another form."""
    if not isinstance(row, Mapping) or row.get("is_ad"):
        return None
    word = as_text(row.get("note") or row.get("word"))[:200]
    heat, rank = as_text(row.get("num") or row.get("raw_hot") or 0), as_text(row.get("realpos"))
    if not word or not heat.isdigit():
        return None
    mark = as_text(row.get("label_name"))[:8]
    return {"word": word, "rank": int(rank) if rank.isdigit() else None, "heat": int(heat), "mark": mark}
