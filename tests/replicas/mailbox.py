"""A leader's mailbox with a list in a table and a page for each letter: the common form of a local site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any

from tests.replicas.server import NOON, Asked, Reply

_MATTERS = ("路灯不亮", "占道经营", "餐饮油烟扰民", "预付卡退款", "电梯停运", "补办营业执照", "小区停水")
_PER_PAGE = 20


@dataclass
class Letter:
    """One letter of the invented mailbox."""

    number: int
    title: str
    body: str
    written_at: datetime
    writer: str = "王**"
    reply: str = ""
    replied_at: datetime | None = None
    org: str = ""

    @property
    def status(self) -> str:
        """As the site says it."""
        return "已办结" if self.reply else "办理中"

    @property
    def code(self) -> str:
        """The number the site prints."""
        return f"XJ{self.written_at:%Y%m%d}{self.number:05d}"


def letters(count: int, until: datetime = NOON) -> list[Letter]:
    """Invented letters, newest first, half an hour apart; two of three answered."""
    made = []
    for number in range(count, 0, -1):
        at = until - timedelta(minutes=30 * (count - number + 1))
        matter = _MATTERS[number % len(_MATTERS)]
        letter = Letter(
            number,
            f"关于{matter}的反映（{number}）",
            f"尊敬的领导：我家附近{matter}，已经反映过 {number % 5} 次，希望尽快处理。\n"
            f"联系电话 1380013{number % 10000:04d}。",
            at,
        )
        if number % 3:
            letter.reply = f"您好，关于{matter}的问题已经查实，将在七日内处理完毕。"
            letter.replied_at, letter.org = at + timedelta(minutes=20), "滨海市城市管理局"
        made.append(letter)
    return made


class MailboxSite:
    """The site; its letters may be changed while it runs."""

    FAULTS: Mapping[str, str] = {
        "last_page_again": "页码超出时，再给一次最后一页",
        "no_table": "列表页里没有表格",
        "gone": "这些编号的信件不存在",
        "gbk": "以 GBK 发送而声明 utf-8",
        "forbidden_links": "列表里的信件都在 /private/ 之下",
    }

    def __init__(self, count: int = 50) -> None:
        self.letters = letters(count)
        self._pages: dict[str, bytes] = {}

    def answer(self, asked: Asked, faults: Mapping[str, Any], _now: datetime) -> Reply:
        """List or letter."""
        page: str | None
        if asked.place.startswith("/hdjl/list"):
            page = self._list(asked, faults)
        elif asked.place in {"/hdjl/detail.shtml", "/private/detail.shtml"}:
            page = self._letter(int(asked.query.get("id", "0")), faults)
        else:
            return Reply("<html><body>没有</body></html>", 404)
        if page is None:
            return Reply("<html><body>信件不存在</body></html>")
        body = page.encode("gbk" if faults.get("gbk") else "utf-8", "replace")
        cut = {"X-Cut": str(faults["cut"])} if "cut" in faults else {}
        return Reply(body, headers=cut)

    def _list(self, asked: Asked, faults: Mapping[str, Any]) -> str:
        page = int(asked.query.get("page", "1"))
        pages = max(1, -(-len(self.letters) // _PER_PAGE))
        if page > pages and faults.get("last_page_again"):
            page = pages
        shown = self.letters[(page - 1) * _PER_PAGE : page * _PER_PAGE]
        place = "/private/" if faults.get("forbidden_links") else ""
        rows = "\n".join(_row(one, place) for one in shown)
        if not self.letters:
            rows = '<tr><td colspan="6">暂无信件</td></tr>'
        table = "<p>本栏目改版</p>" if faults.get("no_table") else _TABLE.format(rows=rows)
        return _PAGE.format(title="市长信箱", body=table)

    def _letter(self, number: int, faults: Mapping[str, Any]) -> str | None:
        one = next((letter for letter in self.letters if letter.number == number), None)
        if one is None or number in faults.get("gone", ()):
            return None
        reply = (
            _REPLY.format(org=one.org, at=_at(one.replied_at), text=escape(one.reply)) if one.reply else ""
        )
        body = escape(one.body).replace("\n", "<br>")
        letter = _LETTER.format(
            one=one, title=escape(one.title), at=_at(one.written_at), body=body, reply=reply
        )
        return _PAGE.format(title=escape(one.title), body=letter)


def _at(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""


def _row(one: Letter, place: str) -> str:
    short = one.title if len(one.title) <= 12 else one.title[:11] + "…"
    link = f'<a href="{place}detail.shtml?id={one.number}" title="{escape(one.title)}">{escape(short)}</a>'
    cells = (
        one.code,
        link,
        f"{one.written_at:%Y-%m-%d}",
        one.status,
        one.org,
        f"{one.replied_at:%Y-%m-%d}" if one.replied_at else "",
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


_PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body>
<div class="nav"><a href="/">首页</a> <a href="/hdjl/list">互动交流</a></div>
{body}
<div class="foot">主办：滨海市人民政府办公室</div></body></html>"""
_TABLE = """<table class="list"><thead><tr><th>信件编号</th><th>标题</th><th>来信时间</th><th>办理状态</th>
<th>答复单位</th><th>答复时间</th></tr></thead><tbody>{rows}</tbody></table>"""
_LETTER = """<div class="letter-detail"><h1 class="letter-title">{title}</h1>
<ul class="letter-info"><li>信件编号：<span>{one.code}</span></li><li>来信人：<span>{one.writer}</span></li>
<li>来信时间：<span>{at}</span></li><li>办理状态：<span>{one.status}</span></li></ul>
<div class="letter-content"><p>{body}</p></div>{reply}</div>"""
_REPLY = """<div class="reply"><p>答复单位：<span>{org}</span></p><p>答复时间：<span>{at}</span></p>
<div class="reply-content"><p>{text}</p></div></div>"""
