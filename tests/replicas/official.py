"""Three published platforms and a feed, in the shapes their YAML files expect."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.replicas.mailbox import Letter, letters
from tests.replicas.server import Asked, Reply

_CSRF = "a" * 40


class GuangdongSite:
    """hdjlpt: a token from the first page, a list by POST, letters as pages."""

    FAULTS: Mapping[str, str] = {"token_expires_after": "这么多次之后令牌失效一次"}

    def __init__(self, count: int = 25) -> None:
        self.letters = letters(count)
        self._lists = 0
        self._token = _CSRF

    def answer(self, asked: Asked, faults: Mapping[str, Any], _now: datetime) -> Reply:
        """First page, list or letter."""
        if asked.place == "/hdjlpt/published":
            script = f"<script>var _CSRF = '{self._token}';</script>"
            return Reply(f"<html><head>{script}</head><body></body></html>", headers={"Set-Cookie": "szxx=1"})
        if asked.place == "/hdjlpt/letter/pubList":
            return self._list(asked, faults)
        one = next((x for x in self.letters if str(x.number) == asked.query.get("pid")), None)
        return Reply(_letter_page(one)) if one else Reply("", 404)

    def _list(self, asked: Asked, faults: Mapping[str, Any]) -> Reply:
        self._lists += 1
        if self._lists == faults.get("token_expires_after"):
            self._token = "b" * 40
        if asked.headers.get("X-Csrf-Token") != self._token or "szxx=1" not in asked.headers.get(
            "Cookie", ""
        ):
            return Reply("<html><body>Page Expired</body></html>", 419)
        start, size = int(asked.form["offset"]), int(asked.form["limit"])
        rows = [
            {
                "pid": one.number,
                "title": one.title,
                "type_name": "咨询",
                "created_at": f"{one.written_at:%Y-%m-%d %H:%M:%S}",
                "dept_name": one.org,
                "status_name": one.status,
            }
            for one in self.letters[start : start + size]
        ]
        data = {"errcode": 0, "errmsg": "ok", "data": {"total": len(self.letters), "list": rows}}
        return Reply(json.dumps(data), kind="application/json")


class BeijingSite:
    """首都之窗: a list that is a JavaScript object with bare keys and single quotes."""

    FAULTS: Mapping[str, str] = {}

    def __init__(self, count: int = 9) -> None:
        self.letters = letters(count)

    def answer(self, asked: Asked, _faults: Mapping[str, Any], _now: datetime) -> Reply:
        """List or letter."""
        if "letterListJson" in asked.place:
            page = int(asked.query["page.pageNo"])
            rows = ",".join(_js_row(one) for one in self.letters[(page - 1) * 6 : page * 6])
            pages = -(-len(self.letters) // 6)
            head = f"{{pageNo:{page},totalCount:{len(self.letters)},totalPages:{pages},pageSize:6}}"
            return Reply(f"{{page:{head},result:[{rows}]}}", kind="text/plain; charset=utf-8")
        wanted = asked.query.get("originalId", "")
        one = next((x for x in self.letters if _beijing_id(x) == wanted), None)
        return Reply(_beijing_page(one)) if one else Reply("", 404)


class ZhejiangSite:
    """浙江: JSON for list and letter, with pinyin initials as names."""

    FAULTS: Mapping[str, str] = {}

    def __init__(self, count: int = 12) -> None:
        self.letters = letters(count)

    def answer(self, asked: Asked, _faults: Mapping[str, Any], _now: datetime) -> Reply:
        """List or letter."""
        if asked.place == "/xf-api/mhww/query":
            wish = json.loads(asked.body)
            start = (wish["pageNum"] - 1) * wish["pageSize"]
            shown = self.letters[start : start + wish["pageSize"]]
            rows = [{"storeid": f"8a80{x.number}", "bt": x.title, "xfjclzt": x.status} for x in shown]
            data: Any = {"code": 200, "data": {"total": len(self.letters), "records": rows}}
        else:
            number = asked.query["storeid"].removeprefix("8a80")
            one = next((x for x in self.letters if str(x.number) == number), None)
            if one is None:
                return Reply("", 404)
            data = {
                "data": {
                    "storeid": f"8a80{one.number}",
                    "bt": one.title,
                    "nr": one.body,
                    "fysj": f"{one.written_at:%Y-%m-%d %H:%M:%S}",
                    "dfdw": one.org,
                    "dfyj": one.reply,
                    "dfsj": f"{one.replied_at:%Y-%m-%d %H:%M:%S}" if one.replied_at else "",
                }
            }
        return Reply(json.dumps(data), kind="application/json")


class FeedSite:
    """A newspaper's feed, RSS or Atom."""

    FAULTS: Mapping[str, str] = {"atom": "用 Atom 格式", "bomb": "夹带实体炸弹"}

    def answer(self, asked: Asked, faults: Mapping[str, Any], _now: datetime) -> Reply:
        """The feed."""
        if asked.place != "/rss.xml":
            return Reply("", 404)
        feed = _ATOM if faults.get("atom") else _BOMB if faults.get("bomb") else _RSS
        return Reply(feed, kind="application/xml; charset=utf-8")


def _letter_page(one: Letter) -> str:
    reply = (
        f"<div class='reply'><p>答复单位：<span>{one.org}</span></p>"
        f"<p>答复时间：<span>{one.replied_at:%Y-%m-%d %H:%M}</span></p>"
        f"<div class='reply-content'><p>{one.reply}</p></div></div>"
        if one.reply
        else ""
    )
    return (
        "<!DOCTYPE html><html><body><div class='letter-detail'>"
        f"<h1 class='letter-title'>{one.title}</h1><ul class='letter-info'>"
        f"<li>来信时间：<span>{one.written_at:%Y-%m-%d %H:%M}</span></li><li>信件类型：<span>咨询</span></li>"
        f"<li>办理状态：<span>{one.status}</span></li></ul>"
        f"<div class='letter-content'><p>{one.body}</p></div>{reply}</div></body></html>"
    )


def _beijing_id(one: Letter) -> str:
    return f"AH{one.written_at:%y%m%d}{one.number:05d}"


def _js_row(one: Letter) -> str:
    title = one.title.replace("（", "的\\'疑问\\':{")
    return (
        f"{{originalId:'{_beijing_id(one)}',letterTypeName:'咨询',letterTitle:'{title}',"
        f"writeDate:'{one.written_at:%Y-%m-%d}',orgNames:'市公安局'}}"
    )


def _beijing_page(one: Letter) -> str:
    reply = (
        "<div class='row'><div class='col-xs-9 o-font4 my-2'>市公安局</div>"
        f"<div class='col-xs-12 my-2 '>答复时间：{one.replied_at:%Y-%m-%d}</div></div>"
        f"<div class='col-xs-12 column p-4 text-muted my-3'>{one.reply}</div>"
        if one.reply
        else ""
    )
    return (
        "<!DOCTYPE html><html><body><div class='row clearfix'>"
        f"<div class='col-xs-10 o-font4 my-2'><strong>{one.title}</strong></div></div>"
        "<div class='row'><div class='col-xs-10 text-muted '>来信人：赵**</div>"
        f"<div class='col-xs-5 text-muted '>时间：{one.written_at:%Y-%m-%d}</div></div>"
        f"<div class='col-xs-12 column p-2 text-muted mx-2'>{one.body}</div>{reply}</body></html>"
    )


_RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>滨海日报</title>
<item><title>滨海市开展电梯检查</title><link>https://news.binhai.example/a/1</link><guid>a1</guid>
<pubDate>Sun, 22 Nov 2026 08:00:00 +0800</pubDate>
<description><![CDATA[<p>滨海市<b>市场监管</b>部门…</p>]]></description></item>
<item><title>天气预报</title><link>https://news.binhai.example/a/2</link><guid>a2</guid>
<pubDate>Sun, 22 Nov 2026 09:00:00 +0800</pubDate><description>晴</description></item></channel></rss>"""
_ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>滨海日报</title><entry><id>b1</id>
<title>滨海市回应关切</title><link href="https://news.binhai.example/b/1"/>
<updated>2026-11-22T08:00:00+08:00</updated>
<summary>滨海市政府</summary></entry></feed>"""
_BOMB = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "滨海市">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c SYSTEM "file:///etc/passwd">]><rss><channel><item><guid>c1</guid><title>滨海市 &b; &c;</title>
<pubDate>Sun, 22 Nov 2026 08:00:00 +0800</pubDate></item></channel></rss>"""
