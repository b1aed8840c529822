"""人民网领导留言板 by its unsigned list: new threads by watermark, replies by a slow second look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from scrapy import Request

from core.clock import parse_instant
from core.vocabulary import Verdict
from crawlers.catalog import BoardPlan
from crawlers.letters import is_cut, signature
from crawlers.parsing.dates import read_moment
from crawlers.parsing.text import clean_text
from crawlers.reading.fields import as_text, html_reader, parse_html
from crawlers.spiders.base import Ask, GatheringSpider, Page, Requests
from crawlers.verdicts import Answer, Shape
from crawlers.wire import Job, Outlet

_LOOK_AGAIN_EVERY = timedelta(days=1)
_WHOLE_TEXT = html_reader(["div.headMainS p", "p.replyContent span", "div.content", "p.content"])
_NAMES = {
    "title": "subject",
    "body": "content",
    "author": "nickName",
    "area": "from",
    "category": "domainName",
    "kind": "typeName",
    "status": "stateInfo",
    "reply": "answerContent",
    "reply_at": "answerDateline",
    "reply_org": "answerOrganization",
}
_EXTRA = {"留言板": "forumName", "来源端": "sourceName", "满意度": "grade", "办理态度": "gradeManner"}


class BoardSpider(GatheringSpider):
    """Walks the list of each forum from the newest thread to the watermark."""

    def __init__(self, job: Job, outlet: Outlet, **kwargs: Any) -> None:
        super().__init__(job, outlet, **kwargs)
        plan = job.source.board
        if plan is None:
            raise ValueError("the source has no board part")
        self.plan: BoardPlan = plan
        self._marks: dict[str, int] = dict(job.watermark.get("tid", {}))
        last = job.watermark.get("looked_again_at")
        self._again = last is None or job.now - parse_instant(last) >= _LOOK_AGAIN_EVERY
        self._oldest = job.now - timedelta(days=plan.recheck_days)

    def begin(self) -> Requests:
        """One forum after the other."""
        return [self._enter(0)]

    def _enter(self, place: int) -> Request:
        """The forum's own page comes first: it sets the cookie."""
        path = f"/threads/list?fid={self.plan.forums[place]}"
        about = {"place": place, "last": 0, "page": 1, "seen": ()}
        return self.ask(Ask(path, lambda page: [self._list(page.about)], is_entry=True, about=about))

    def _list(self, about: Mapping[str, Any]) -> Request:
        forum = self.plan.forums[about["place"]]
        form = {
            "fid": str(forum),
            "state": "1",
            "lastItem": str(about["last"]),
            "pageSize": str(self.plan.page_size),
            "typeId": "",
        }
        return self.ask(
            Ask(
                "/threads/queryThreadsList",
                self._read,
                Shape(kind="json"),
                method="POST",
                form=form,
                headers={"Referer": self.address(f"/threads/list?fid={forum}")},
                is_entry=True,
                priority=-10,
                about=about,
            )
        )

    def _read(self, page: Page) -> Iterator[Request]:
        data, about = page.data, page.about
        rows = data.get("responseData") if isinstance(data, Mapping) else None
        if not isinstance(rows, list) or data.get("result") != "success":
            said = as_text(data.get("resultDesc")) if isinstance(data, Mapping) else ""
            self.stop(
                Verdict.FORMAT_CHANGED, f"留言板没有返回成功（{said}）", Answer(200, page.url, page.text)
            )
            return
        if not rows:
            verdict = Verdict.EMPTY_PROVEN if about["page"] == 1 else Verdict.END_OF_LIST
            self.run.verdicts[verdict.value] += 1
            yield from self._next_forum(about)
            return
        tids = [tid for row in rows if (tid := _tid(row))]
        if set(tids) <= set(about["seen"]):
            self.run.verdicts[Verdict.END_OF_LIST.value] += 1
            yield from self._next_forum(about)
            return
        for row in rows:
            yield from self._take(row, page.url, about)
        yield from self._turn(rows, tids, about)

    def _turn(self, rows: list[Any], tids: list[int], about: Mapping[str, Any]) -> Requests:
        forum = str(self.plan.forums[about["place"]])
        self.run.watermark.setdefault("tid", {})
        marks = self.run.watermark["tid"]
        marks[forum] = max([*tids, marks.get(forum, 0)])
        all_known = max(tids, default=0) <= self._marks.get(forum, 0)
        if (all_known and not (self._again and self._reaches_young(rows))) or self.job.check:
            return self._next_forum(about)
        if about["page"] >= self.plan.max_pages:
            self.run.is_capped = not all_known
            return self._next_forum(about)
        last = tids[-1] if tids else about["last"]
        seen = (*about["seen"], *tids)[-500:]
        return [self._list({**about, "last": last, "page": about["page"] + 1, "seen": seen})]

    def _reaches_young(self, rows: list[Any]) -> bool:
        """Whether the page still holds threads whose reply is waited for."""
        moments = [read_moment(row.get("dateline")) for row in rows if isinstance(row, Mapping)]
        return any(moment is not None and moment.at >= self._oldest for moment in moments)

    def _next_forum(self, about: Mapping[str, Any]) -> Requests:
        place = about["place"] + 1
        if place < len(self.plan.forums) and not self.job.check:
            return [self._enter(place)]
        if self._again:
            self.run.watermark["looked_again_at"] = self.job.now.isoformat()
        return ()

    # --- one thread

    def _take(self, row: Any, page_url: str, about: Mapping[str, Any]) -> Iterator[Request]:
        tid = _tid(row)
        if tid in about["seen"] and tid:
            return
        self.run.rows += 1
        if not tid:
            self.reject(page_url, "native_id", "留言没有编号。", row if isinstance(row, Mapping) else {})
            return
        texts = {name: as_text(value) for name, value in row.items()}
        mark = signature({name: texts.get(field, "") for name, field in _NAMES.items()})
        path = f"/threads/content?tid={tid}"
        known = self.job.known.get(str(tid))
        if known is not None and known.signature == mark:
            self.outlet.unchanged(str(tid), path, mark)
        elif is_cut(texts.get("content", "")):
            about = {"texts": texts, "mark": mark, "path": path}
            yield self.ask(Ask(path, self._whole, if_gone=self._only_part, about=about))
        else:
            self._keep(texts, path, mark)

    def _whole(self, page: Page) -> Requests:
        """The thread's own page has the whole text; where it is drawn by script, the beginning must do."""
        texts: dict[str, str] = page.about["texts"]
        whole = _WHOLE_TEXT(parse_html(page.text))
        beginning = texts["content"].rstrip("….").strip()[:20]
        if beginning and whole.startswith(beginning) and len(whole) >= len(beginning):
            self._keep({**texts, "content": whole}, page.about["path"], page.about["mark"])
            return ()
        return self._only_part(page)

    def _only_part(self, page: Page) -> Requests:
        self._keep(page.about["texts"], page.about["path"], page.about["mark"], is_part=True)
        return ()

    def given_up(self, ask: Ask, reason: str) -> None:  # noqa: ARG002 - the beginning says enough
        """The beginning of a thread is better than nothing."""
        if "texts" in ask.about:
            self._keep(ask.about["texts"], ask.about["path"], ask.about["mark"], is_part=True)

    def _keep(self, texts: Mapping[str, str], path: str, mark: str, *, is_part: bool = False) -> None:
        values = {name: texts.get(field, "") for name, field in _NAMES.items()}
        values["native_id"] = texts["tid"]
        extra = {name: clean_text(texts.get(field, "")) for name, field in _EXTRA.items()}
        if is_part:
            extra["正文"] = "列表只给出开头"
        created = read_moment(texts.get("dateline", ""))
        found = self.letters.record(values, self.address(path), created=created, extra=extra)
        self.keep(found, dict(texts), path, mark)


def _tid(row: Any) -> int:
    """The thread's number, 0 where it has none."""
    value = as_text(row.get("tid")) if isinstance(row, Mapping) else ""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else 0
