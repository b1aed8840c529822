"""A list of letters with a page for each, driven by its YAML file alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from scrapy import Request

from core.clock import iso, parse_instant
from core.vocabulary import Verdict
from crawlers.catalog import MailboxPlan
from crawlers.letters import Unreadable, signature
from crawlers.reading.listings import DetailReader, ListReader, Values
from crawlers.spiders.base import Ask, GatheringSpider, Page, Requests
from crawlers.verdicts import Answer, Judged, Kind, Shape
from crawlers.wire import Job, KnownRow, Outlet

# How old a row is, and how long it is then left alone; a reply comes sooner to a young letter.
_RECHECKS = (
    (timedelta(hours=6), timedelta(hours=1)),
    (timedelta(days=3), timedelta(hours=6)),
    (timedelta(days=3650), timedelta(days=1)),
)
_DEEP_EVERY = timedelta(days=1)
# New letters push rows to the next page while we turn: so many quiet pages are read before stopping.
_OVERLAP_PAGES = 2
_KINDS: Mapping[str, Kind] = {"html": "html", "json": "json", "js": "js", "jcms": "jcms"}
_DEEP = "deep_at"


class MailboxSpider(GatheringSpider):
    """Walks the list from its first page until it meets what it knows."""

    def __init__(self, job: Job, outlet: Outlet, **kwargs: Any) -> None:
        super().__init__(job, outlet, **kwargs)
        plan = job.source.mailbox
        if plan is None:
            raise ValueError("the source has no mailbox part")
        self.plan: MailboxPlan = plan
        self.list = ListReader(plan.list)
        self.detail = DetailReader(plan.detail) if plan.detail else None
        self._token: dict[str, str] = {}
        self._renewed = False
        self._seen: set[str] = set()
        self._last_ids: list[str] = []
        self._quiet_pages = 0
        self._deep = not self._detail_says_all() and self._deep_is_due()

    def begin(self) -> Requests:
        """The warm-up page where there is one, else the first page of the list."""
        if self.plan.warmup is None:
            return [self._list_page(self.plan.list.first_page)]
        return [self._warmup(self.plan.list.first_page)]

    # --- the list

    def _warmup(self, page: int) -> Request:
        assert self.plan.warmup is not None  # noqa: S101 - the two callers have looked
        return self.ask(Ask(self.plan.warmup.path, self._warm, is_entry=True, about={"page": page}))

    def _warm(self, page: Page) -> Iterator[Request]:
        csrf = self.plan.warmup.csrf if self.plan.warmup else None
        if csrf is not None:
            found = re.search(csrf.regex, page.text)
            if found is None:
                self.stop(Verdict.FORMAT_CHANGED, "首页里找不到令牌", Answer(200, page.url, page.text))
                return
            self._token = {csrf.header: found.group(1)}
        yield self._list_page(page.about["page"])

    def _list_page(self, page: int) -> Request:
        plan = self.plan.list
        path = plan.first_path if plan.first_path and page == plan.first_page else plan.path
        places = self._places(page)
        body = plan.json_body
        return self.ask(
            Ask(
                _filled(path, places),
                self._list_read,
                Shape(
                    kind=_KINDS[plan.format], closing="</datastore>" if plan.format == "jcms" else "</html>"
                ),
                method=plan.method,
                form={name: _filled(text, places) for name, text in plan.form.items()} if plan.form else None,
                json=_filled_json(body, places) if body else None,
                headers={**plan.headers, **self._token},
                if_gone=self._end_of_list if page > plan.first_page and plan.end == "not_found" else None,
                is_entry=True,
                priority=-10,  # first the letters of a page, then the next page
                about={"page": page},
            )
        )

    def _places(self, page: int) -> dict[str, str]:
        plan = self.plan.list
        offset = (page - plan.first_page) * plan.page_size
        return {
            "page": str(page),
            "page0": str(page - 1),
            "offset": str(offset),
            "limit": str(plan.page_size),
            "record_from": str(offset + 1),
            "record_to": str(offset + plan.page_size),
            "today": (iso(self.job.now) or "")[:10],
        }

    def refused(self, ask: Ask, answer: Answer, judged: Judged) -> Requests:
        """A session that ran out is renewed once; the second time it is a wall."""
        if judged.verdict is Verdict.SESSION_EXPIRED:
            if self.plan.warmup is None or self._renewed:
                self.stop(Verdict.BLOCKED_LOGIN, judged.reason, answer)
            self._renewed = True
            return [self._warmup(ask.about.get("page", self.plan.list.first_page))]
        return super().refused(ask, answer, judged)

    def _list_read(self, page: Page) -> Iterator[Request]:
        opened = self.list.open(page.text, page.data)
        number: int = page.about["page"]
        is_first = number == self.plan.list.first_page
        wrong = self.list.problem(opened) or (
            None if self.list.has_anchor(opened) else "列表的位置找不到了（anchor 或 rows）"
        )
        if wrong:
            self.stop(Verdict.FORMAT_CHANGED, wrong, Answer(200, page.url, page.text))
        rows = self.list.rows(opened)
        if not rows:
            yield from self._no_rows(page, opened, is_first=is_first)
            return
        self._show_rows(page.url, rows)
        ids = [self._native_id(row, page.url) for row in rows]
        if ids == self._last_ids or (not is_first and self._seen.issuperset(ids)):
            # Behind its end the server gives the last page, or the first one, again.
            yield from self._end_of_list(page)
            return
        self._last_ids = ids
        yield from self._take_rows(rows, ids, page.url)
        yield from self._turn(number, opened, page)

    def _no_rows(self, page: Page, opened: Any, *, is_first: bool) -> Requests:
        if self.list.is_empty(opened, page.text):
            verdict = Verdict.EMPTY_PROVEN if is_first else Verdict.END_OF_LIST
            self.run.verdicts[verdict.value] += 1
            return self._after_list()
        if not is_first and (self.plan.list.anchor is not None or page.data is not None):
            return self._end_of_list(page)
        self.stop(
            Verdict.FORMAT_CHANGED,
            "列表里一行也没有，也没有见到“没有内容”的标记",
            Answer(200, page.url, page.text),
        )
        return ()

    def _end_of_list(self, _page: Page) -> Requests:
        self.run.verdicts[Verdict.END_OF_LIST.value] += 1
        return self._after_list()

    def _turn(self, number: int, opened: Any, page: Page) -> Requests:
        plan = self.plan.list
        total = self.list.total_pages(opened, page.text)
        if total is not None and number - plan.first_page + 1 >= total:
            return self._end_of_list(page)
        if self.job.check or (self._quiet_pages >= _OVERLAP_PAGES and not self._deep):
            return self._after_list()
        if number - plan.first_page + 1 >= plan.max_pages:
            self.run.is_capped = not self._quiet_pages
            return self._after_list()
        return [self._list_page(number + 1)]

    # --- rows and letters

    def _take_rows(self, rows: list[Values], ids: list[str], page_url: str) -> Iterator[Request]:
        fresh = 0
        for row, native_id in zip(rows, ids, strict=True):
            if not any(row.values()):
                self.run.rows += 1
                self.reject(page_url, "", "这一行没有可读的内容。", row)
                continue
            if native_id in self._seen:
                continue
            self._seen.add(native_id)
            self.run.rows += 1
            known = self.job.known.get(native_id)
            fresh += known is None or known.signature != signature(row)
            yield from self._take_row({**row, "native_id": native_id}, signature(row), known, page_url)
            if self.job.check:
                break
        self._quiet_pages = 0 if fresh else self._quiet_pages + 1

    def _take_row(self, row: Values, mark: str, known: KnownRow | None, page_url: str) -> Iterator[Request]:
        if self.detail is None:
            link = self.path_of(row["url"], page_url) if row.get("url") else None
            self._keep_letter(row, self.address(link) if link else "", mark)
            return
        path = self._letter_path(row, page_url)
        if path is None:
            self.reject(page_url, "url", "信件的链接缺失，或指向别的网站。", row)
        elif known is not None and known.signature == mark and not self._is_due(known):
            self.outlet.unchanged(row["native_id"], path, mark)
        else:
            yield self._letter(path, row, mark)

    def _letter(self, path: str, row: Values, mark: str) -> Request:
        assert self.plan.detail is not None  # noqa: S101 - only asked where there is one
        detail = self.plan.detail
        shape = Shape(kind=detail.format, closing=detail.closing, gone=(detail.gone, *Shape().gone))
        about = {"row": row, "mark": mark, "path": path}
        return self.ask(Ask(path, self._letter_read, shape, if_gone=self._letter_gone, about=about))

    def _letter_path(self, row: Values, page_url: str) -> str | None:
        detail = self.plan.detail
        if detail is not None and detail.path is not None:
            places = {name: quote(text, safe="") for name, text in row.items()}
            return _filled(detail.path, places)
        return self.path_of(row.get("url", ""), page_url) if row.get("url") else None

    def _letter_read(self, page: Page) -> Requests:
        assert self.detail is not None  # noqa: S101 - only asked where there is one
        found = self.detail.values(page.text, page.data)
        if found is None:
            self.stop(
                Verdict.FORMAT_CHANGED, "信件页的位置找不到了（anchor）", Answer(200, page.url, page.text)
            )
            return ()
        if self.job.check:
            self.outlet.found(step="信件", url=page.url, fields=found, wanted=sorted(self._wanted()))
        row: Values = page.about["row"]
        merged = {**row, **found, "native_id": row["native_id"]}
        self._keep_letter(merged, page.url, page.about["mark"], page.about["path"])
        return ()

    def _letter_gone(self, page: Page) -> Requests:
        """The list still shows a letter that is withdrawn: what the list says is kept."""
        row: Values = page.about["row"]
        if row.get("title"):
            self._keep_letter(row, page.url, page.about["mark"], page.about["path"])
        else:
            self.outlet.unchanged(row["native_id"], page.about["path"], page.about["mark"])
        return ()

    def given_up(self, ask: Ask, reason: str) -> None:
        """The row stands in the list, its letter cannot be had: it is sealed, and asked for next time."""
        if "row" in ask.about:
            self.reject(self.address(ask.path), "url", f"信件页没有取到：{reason}。", ask.about["row"])

    def _keep_letter(self, values: Values, url: str, mark: str, path: str = "") -> None:
        try:
            found = self.letters.record(values, url)
        except (ValueError, OverflowError, RecursionError) as error:
            found = Unreadable("", f"读取出错（{type(error).__name__}）。")
        self.keep(found, values, path or url, mark)

    def _native_id(self, row: Values, page_url: str) -> str:
        """The row's own number; else the address of its letter, which stays the same; else its content."""
        if row.get("native_id"):
            return row["native_id"][:200]
        if row.get("url"):
            return (self.path_of(row["url"], page_url) or row["url"])[:200]
        return signature(row)

    # --- letters that are looked at again

    def _after_list(self) -> Iterator[Request]:
        """Letters the walk did not come to, but whose reply may be here by now."""
        if self._deep:
            self.run.watermark[_DEEP] = self.job.now.isoformat()
        if self.job.check or not self._detail_says_all():
            return
        waiting = [
            (known.checked_at, name, known)
            for name, known in self.job.known.items()
            if name not in self._seen and known.url and self._is_due(known)
        ]
        for _, name, known in sorted(waiting, key=lambda one: (one[0], one[1])):
            self._seen.add(name)
            self.run.rows += 1
            yield self._letter(known.url, {"native_id": name}, known.signature)

    def _is_due(self, known: KnownRow) -> bool:
        age = self.job.now - known.first_seen_at
        if age > timedelta(days=self.plan.recheck_days):
            return False
        pause = next(pause for limit, pause in _RECHECKS if age < limit)
        return self.job.now - known.checked_at >= pause

    def _detail_says_all(self) -> bool:
        """Whether a letter's page alone gives the same record as row and page together."""
        detail = self.plan.detail
        if detail is None:
            return False
        later = {*detail.fields, *detail.labels.values()}
        listed = {*self.plan.list.fields, *(self.plan.list.header_map or {}).values()}
        return listed - {"native_id", "url"} <= later

    def _deep_is_due(self) -> bool:
        last = self.job.watermark.get(_DEEP)
        return last is None or self.job.now - parse_instant(last) >= _DEEP_EVERY

    # --- a check

    def _wanted(self) -> set[str]:
        plan = self.plan.detail
        return {*plan.fields, *plan.labels.values()} if plan else set()

    def _show_rows(self, url: str, rows: list[Values]) -> None:
        if self.job.check:
            wanted = {*self.plan.list.fields, *(self.plan.list.header_map or {}).values()}
            self.outlet.found(step="列表", url=url, rows=len(rows), fields=rows[0], wanted=sorted(wanted))


def _filled(text: str, places: Mapping[str, str]) -> str:
    """`{page}` and the like replaced; other braces stay as they are."""
    for name, value in places.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _filled_json(body: Mapping[str, Any], places: Mapping[str, str]) -> dict[str, Any]:
    """The same in a JSON body; a value that is nothing but a number's place becomes a number."""
    filled: dict[str, Any] = {}
    for name, value in body.items():
        if isinstance(value, str):
            text = _filled(value, places)
            is_number = value.startswith("{") and text != value and text.isdigit()
            filled[name] = int(text) if is_number else text
        else:
            filled[name] = value
    return filled
