"""Weibo: official interface, hot list, mobile search. Numbers follow the clock, as the real ones do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.replicas.server import NOON, Asked, Reply

_EPOCH = 515_483_463
TOKEN = "token-of-the-office"
COOKIE = "SUB=valid; _T_WM=1"


def number_at(at: datetime, serial: int = 0) -> int:
    """The number of a post made at an instant."""
    return ((int(at.timestamp()) - _EPOCH) << 22) + serial


def posts(count: int, until: datetime = NOON) -> list[dict[str, Any]]:
    """Invented posts that mention the office, newest first, seven minutes apart."""
    made = []
    for serial in range(count):
        at = until - timedelta(minutes=7 * (serial + 1))
        number = number_at(at, serial)
        made.append(
            {
                "created_at": at.strftime("%a %b %d %H:%M:%S +0800 %Y"),
                "id": number,
                "idstr": str(number),
                "mid": str(number),
                "text": f"<a href='/n/滨海市监'>@滨海市监</a> 健身房关门，会员卡退不了（{serial}）"
                '<img alt="[怒]" src="x.png"/>',
                "region_name": "发布于 广东",
                "reposts_count": 12,
                "comments_count": "1.2万",
                "attitudes_count": "100万+",
                "isLongText": False,
                "user": {"id": 7000000001 + serial, "screen_name": "海边的住户"},
            }
        )
    return made


class WeiboSite:
    """All hosts of Weibo that we use, under one address."""

    FAULTS: Mapping[str, str] = {
        "token_expired": "令牌已过期",
        "api_quota": "接口只答这么多次",
        "error_code_type": "错误码的类型，str 或 int",
        "relative_dates": "时间写成没有年份的",
        "null_user": "没有作者",
        "not_public": "微博只对好友可见",
        "extend_empty": "长微博的全文是空的",
        "captcha_after": "搜索这么多次之后要求验证码",
        "visitor_html": "给访客验证页面",
    }

    def __init__(self, count: int = 60) -> None:
        self.posts = posts(count)
        self._calls = 0
        self._searches = 0

    def answer(self, asked: Asked, faults: Mapping[str, Any], _now: datetime) -> Reply:
        """Interface, hot list or search."""
        if faults.get("visitor_html"):
            return Reply("<html><head><title>Sina Visitor System</title></head><body></body></html>")
        if asked.place.startswith("/2/"):
            return _json(self._api(asked, faults))
        if asked.place == "/ajax/side/hotSearch":
            return _json(_HOT)
        if asked.place == "/api/config":
            return _json({"ok": 1, "data": {"login": "SUB=valid" in asked.headers.get("Cookie", "")}})
        if asked.place == "/api/container/getIndex":
            return _json(self._search(asked, faults))
        if asked.place == "/statuses/extend":
            whole = {} if faults.get("extend_empty") else {"longTextContent": "全文：已经拖了三个月。"}
            return _json({"ok": 1, "data": whole})
        return Reply("", 404)

    def _api(self, asked: Asked, faults: Mapping[str, Any]) -> dict[str, Any]:
        self._calls += 1
        code = int if faults.get("error_code_type") == "int" else str
        if faults.get("token_expired") or asked.query.get("access_token") != TOKEN:
            return {"request": asked.place, "error_code": code(21327), "error": "expired_token"}
        if self._calls > faults.get("api_quota", 10**6):
            return {"error_code": code(10023), "error": "User requests out of rate limit!"}
        since, count, page = (int(asked.query[name]) for name in ("since_id", "count", "page"))
        new = [one for one in self.posts if one["id"] > since]
        name = "statuses" if "statuses" in asked.place else "comments"
        shown = [_shown(one, faults) for one in new[(page - 1) * count : page * count]]
        return {name: shown, "total_number": len(new)}

    def _search(self, asked: Asked, faults: Mapping[str, Any]) -> dict[str, Any]:
        self._searches += 1
        if self._searches > faults.get("captcha_after", 10**6):
            url = "https://m.weibo.cn/captcha?scene=limit&referer=/"
            return {"ok": -100, "errno": "-100", "msg": "", "url": url, "extra": ""}
        page = int(asked.query["page"])
        shown = [_shown(one, faults) for one in self.posts[(page - 1) * 10 : page * 10]]
        if not shown:
            return {"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}}
        first, *others = [{"card_type": 9, "mblog": one} for one in shown]
        cards = [{"card_type": 11, "card_group": [first]}, {"card_type": 4, "title": "相关搜索"}, *others]
        return {"ok": 1, "data": {"cardlistInfo": {"total": 739}, "cards": cards}}


def _shown(post: dict[str, Any], faults: Mapping[str, Any]) -> dict[str, Any]:
    shown = dict(post)
    if faults.get("relative_dates"):
        shown["created_at"] = "11月20日 09:15"
    if faults.get("null_user"):
        shown["user"] = None
    if faults.get("not_public"):
        shown["visible"] = {"type": 1}
    if faults.get("long"):
        shown["isLongText"] = True
    return shown


def _json(value: Any) -> Reply:
    return Reply(json.dumps(value, ensure_ascii=False), kind="application/json; charset=utf-8")


_HOT = {
    "ok": 1,
    "data": {
        "realtime": [
            {
                "word": "某市健身房跑路",
                "note": "某市健身房跑路",
                "num": 1189021,
                "realpos": 1,
                "label_name": "沸",
            },
            {"word": "推广词", "note": "推广词", "num": "350000", "is_ad": 1, "rank": 1},
            {"word": "滨海市监回应", "note": "滨海市监回应", "num": "205113", "realpos": 2, "label_name": ""},
            {"word": "滨海市监回应", "note": "滨海市监回应", "num": "205113", "realpos": 2, "label_name": ""},
            "不是对象",
        ]
    },
}
