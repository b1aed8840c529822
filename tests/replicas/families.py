"""Mailboxes in forms that many offices share: 大汉 JCMS and JACT, TRS, ASP.NET, and one in tables only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any

from tests.replicas.mailbox import Letter, letters
from tests.replicas.server import Asked, Reply

_PAGE = (
    "<!DOCTYPE html><html><head><meta charset='utf-8'><title>信箱</title></head><body>{body}</body></html>"
)


class FamilySite:
    """A list and a page for each letter; how both look is the family's."""

    FAULTS: Mapping[str, str] = {}

    def __init__(self, count: int = 25) -> None:
        self.letters = letters(count)

    def answer(self, asked: Asked, faults: Mapping[str, Any], _now: datetime, /) -> Reply:
        """List or letter; anything else is not there."""
        listed = self.listed(asked, faults)
        if listed is not None:
            return listed
        one = next((letter for letter in self.letters if self.address(letter) == asked.path), None)
        return Reply(_PAGE.format(body=self.shown(one))) if one else Reply("<html></html>", 404)

    def listed(self, asked: Asked, faults: Mapping[str, Any], /) -> Reply | None:
        """The list page asked for; None where something else was asked."""
        raise NotImplementedError

    def address(self, one: Letter, /) -> str:
        """Where a letter stands."""
        raise NotImplementedError

    def shown(self, one: Letter, /) -> str:
        """A letter's page between its body tags."""
        reply = (
            f"<tr><th>答复单位</th><td>{one.org}</td></tr>"
            f"<tr><th>答复时间</th><td>{one.replied_at:%Y-%m-%d %H:%M}</td></tr>"
            f"<tr><th>答复内容</th><td>{escape(one.reply)}</td></tr>"
            if one.reply
            else ""
        )
        return (
            f"<table class='letter'><tr><th>主题</th><td>{escape(one.title)}</td></tr>"
            f"<tr><th>来信人</th><td>{one.writer}</td></tr>"
            f"<tr><th>来信时间</th><td>{one.written_at:%Y-%m-%d %H:%M}</td></tr>"
            f"<tr><th>内容</th><td>{escape(one.body)}</td></tr>"
            f"<tr><th>办理状态</th><td>{one.status}</td></tr>{reply}</table>"
        )


class JcmsSite(FamilySite):
    """JCMS: the list is XML whose records are pieces of HTML, asked for by first and last record."""

    FAULTS: Mapping[str, str] = {"no_datastore": "列表换成一个普通网页"}

    def listed(self, asked: Asked, faults: Mapping[str, Any]) -> Reply | None:
        """`totalrecord`, `totalpage` and the records asked for."""
        if asked.place != "/module/web/jpage/dataproxy.jsp":
            return None
        if faults.get("no_datastore"):
            return Reply(_PAGE.format(body="栏目已迁移"))
        if asked.method != "POST" or asked.form.get("columnid") != "1001":
            return Reply("<datastore></datastore>", kind="text/xml; charset=utf-8")
        first, last, size = (int(asked.query[name]) for name in ("startrecord", "endrecord", "perpage"))
        records = "".join(_jcms_record(self.address(x), x) for x in self.letters[first - 1 : last])
        total = len(self.letters)
        body = (
            f'<?xml version="1.0" encoding="UTF-8"?><datastore><totalrecord>{total}</totalrecord>'
            f"<totalpage>{-(-total // size)}</totalpage><recordset>{records}</recordset></datastore>"
        )
        cut = {"X-Cut": str(faults["cut"])} if "cut" in faults else {}
        return Reply(body, kind="text/xml; charset=utf-8", headers=cut)

    def address(self, one: Letter) -> str:
        """JCMS puts the day into the address."""
        return f"/art/{one.written_at:%Y/%-m/%-d}/art_1001_{one.number}.html"


class TrsSite(FamilySite):
    """TRS: static pages `index.html`, `index_1.html` …; a script says how many there are."""

    per_page = 10

    def listed(self, asked: Asked, _faults: Mapping[str, Any]) -> Reply | None:
        """A static page; one behind the last is not there."""
        name = asked.place.removeprefix("/hdjl/xjgk/")
        if not name.startswith("index"):
            return None
        number = int(name.removeprefix("index").removesuffix(".html").lstrip("_") or 0)
        pages = max(1, -(-len(self.letters) // self.per_page))
        if number >= pages or name == "index_0.html":
            return Reply("<html><body>404</body></html>", 404)
        shown = self.letters[number * self.per_page : (number + 1) * self.per_page]
        rows = "".join(
            f"<li><a href='./{x.written_at:%Y%m}/t{x.written_at:%Y%m%d}_{x.number}.html' "
            f"title='{escape(x.title)}'>{escape(x.title[:8])}…</a><span>{x.written_at:%Y-%m-%d}</span></li>"
            for x in shown
        )
        script = f'<script>createPageHTML({pages},{number},"index","html");</script>'
        return Reply(_PAGE.format(body=f"<ul class='list'>{rows or '<p>暂无信件</p>'}</ul>{script}"))

    def address(self, one: Letter) -> str:
        """TRS names a page by month, day and number."""
        return f"/hdjl/xjgk/{one.written_at:%Y%m}/t{one.written_at:%Y%m%d}_{one.number}.html"


class JactSite(FamilySite):
    """JACT: a table of letters by `pageno`; the letter is named by `transactId`."""

    def listed(self, asked: Asked, _faults: Mapping[str, Any]) -> Reply | None:
        """One page of the table."""
        if asked.place != "/jact/front/mailpublist.do":
            return None
        page = int(asked.query.get("pageno", "1"))
        rows = "".join(
            f"<tr><td>{x.code}</td><td><a href='mailpubdetail.do?transactId={x.number}&amp;sysid=7' "
            f"title='{escape(x.title)}'>{escape(x.title[:8])}</a></td>"
            f"<td>{x.written_at:%Y-%m-%d}</td><td>{x.status}</td></tr>"
            for x in self.letters[(page - 1) * 15 : page * 15]
        )
        head = "<tr><th>信件编号</th><th>信件标题</th><th>来信日期</th><th>状态</th></tr>"
        return Reply(_PAGE.format(body=f"<table id='maillist'>{head}{rows}</table>"))

    def address(self, one: Letter) -> str:
        """The detail page of `jact/front`."""
        return f"/jact/front/mailpubdetail.do?transactId={one.number}&sysid=7"


class AdviceSite(FamilySite):
    """ASP.NET: `list.aspx?pageindex=N`; links relative to the folder; the second element is the day."""

    def listed(self, asked: Asked, _faults: Mapping[str, Any]) -> Reply | None:
        """One page of a plain list; behind the end the last one again."""
        if asked.place != "/xf_rmyjzj/list.aspx":
            return None
        pages = max(1, -(-len(self.letters) // 20))
        page = min(int(asked.query["pageindex"]), pages)
        rows = "".join(
            f"<li><a href='detail.aspx?id={x.number}'>{escape(x.title)}</a><span>征集中</span>"
            f"<span>{x.written_at:%Y.%m.%d}</span></li>"
            for x in self.letters[(page - 1) * 20 : page * 20]
        )
        return Reply(_PAGE.format(body=f"<ul class='list'>{rows}</ul>"))

    def address(self, one: Letter) -> str:
        """The detail page beside the list."""
        return f"/xf_rmyjzj/detail.aspx?id={one.number}"


class TableSite(FamilySite):
    """Tables without any header or label worth a name: values stand in a known order only."""

    def listed(self, asked: Asked, _faults: Mapping[str, Any]) -> Reply | None:
        """`table.listAll`, letters from its second row."""
        if asked.place != "/12345/list.jsp":
            return None
        page = int(asked.query["page"])
        rows = "".join(
            f"<tr><td><a href='/12345/view.jsp?id={x.number}'>{escape(x.title)}</a></td>"
            f"<td>{x.written_at:%Y-%m-%d}</td></tr>"
            for x in self.letters[(page - 1) * 20 : page * 20]
        )
        return Reply(
            _PAGE.format(body=f"<table class='listAll'><tr><td>主题</td><td>日期</td></tr>{rows}</table>")
        )

    def address(self, one: Letter) -> str:
        """The detail page."""
        return f"/12345/view.jsp?id={one.number}"

    def shown(self, one: Letter) -> str:
        """主题, 日期, 咨询人, 内容, 处理单位, 处理状态, 受理意见, in this order."""
        values = (
            one.title,
            f"{one.written_at:%Y-%m-%d}",
            one.writer,
            one.body,
            one.org,
            one.status,
            one.reply,
        )
        rows = "".join(f"<tr><td class='L'></td><td class='R'>{escape(value)}</td></tr>" for value in values)
        return f"<table class='detail'>{rows}</table>"


def _jcms_record(address: str, one: Letter) -> str:
    link = f'<a href="{address}" title="{escape(one.title)}" target="_blank">{escape(one.title[:8])}…</a>'
    return f"<record><![CDATA[<li>{link}<span>{one.written_at:%Y-%m-%d}</span></li>]]></record>"
