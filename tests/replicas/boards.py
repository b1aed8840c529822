"""Two boards that publish what citizens wrote: 福州 12345 as pages, 红网百姓呼声 as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.replicas.mailbox import Letter, letters
from tests.replicas.server import Asked, Reply

_PAGE = "<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>{body}</body></html>"
_PER_PAGE = 20


class FuzhouSite:
    """Orders by POST with the page in the form; a row of the letter's table is missing without attachment."""

    FAULTS: Mapping[str, str] = {}

    def __init__(self, count: int = 25) -> None:
        self.letters = letters(count)

    def answer(self, asked: Asked, _faults: Mapping[str, Any], _now: datetime, /) -> Reply:
        """List or order."""
        if asked.place == "/fzwp/webCallSearch/search":
            page = int(asked.form.get("cp", "1"))
            shown = self.letters[(page - 1) * _PER_PAGE : page * _PER_PAGE]
            rows = "".join(_order_row(one) for one in shown) or "没有符合条件的记录"
            return Reply(_PAGE.format(body=f"<div class='search_list'><ul>{rows}</ul></div>"))
        one = next((x for x in self.letters if str(x.number) == asked.query.get("id")), None)
        return Reply(_PAGE.format(body=_order(one))) if one else Reply("<html></html>", 404)


class RednetSite:
    """红网: `status` is text, the list says who replied and when, the detail what."""

    FAULTS: Mapping[str, str] = {"refused": "返回 status 0"}

    def __init__(self, count: int = 25) -> None:
        self.letters = letters(count)

    def answer(self, asked: Asked, faults: Mapping[str, Any], _now: datetime, /) -> Reply:
        """List or message."""
        if faults.get("refused"):
            return _json({"status": "0", "msg": "系统繁忙", "data": None})
        if asked.place == "/front/msg/list":
            page = json.loads(asked.body)["page"]
            shown = self.letters[(page - 1) * _PER_PAGE : page * _PER_PAGE]
            return _json({"status": "1", "data": {"rows": [_listed(one) for one in shown]}})
        one = next((x for x in self.letters if str(x.number) == asked.query.get("id")), None)
        if one is None:
            return Reply("", 404)
        reply = [{"content": one.reply, "reply_time": _second(one.replied_at), "name": one.org}]
        return _json({"status": "1", "data": {"content": one.body, "reply": reply if one.reply else []}})


def _second(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else ""


def _listed(one: Letter) -> dict[str, Any]:
    return {
        "id": one.number,
        "title": one.title,
        "created_at": _second(one.written_at),
        "type_name": "投诉",
        "nickname": one.writer,
        "is_reply": int(bool(one.reply)),
        "reply_name": one.org,
        "reply_time": _second(one.replied_at),
        "click_num": 3,
    }


def _order_row(one: Letter) -> str:
    said = (
        f"编号：FZ{one.written_at:%y%m%d}{one.number:05d}",
        "区域：鼓楼区",
        f"状态：{one.status}",
        "信息来源：网站",
        f"时间：{one.written_at:%Y-%m-%d}",
    )
    spans = "".join(f"<span>{text}</span>" for text in said)
    link = f"<a href='/fzwp/webCallSearch/view?id={one.number}'>[投诉]{one.title}</a>"
    return f"<li><div class='t'>{link}</div><div class='c'><p>摘要……</p><p>{spans}</p></div></li>"


def _order(one: Letter) -> str:
    rows = [("诉求标题", one.title), ("诉求类别", "投诉"), ("诉求内容", one.body)]
    rows += [("诉求附件", "照片.jpg")] if one.number % 2 else []
    rows += [("联系人姓名", "王小明"), ("回复", f"{one.reply}<span>{_second(one.replied_at)}</span>")]
    cells = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in rows)
    return f"<div class='table'><table>{cells}</table></div>"


def _json(value: Any) -> Reply:
    return Reply(json.dumps(value, ensure_ascii=False), kind="application/json; charset=utf-8")
