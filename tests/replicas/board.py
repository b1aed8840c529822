"""人民网领导留言板: the forum's page, the unsigned list, a thread's page. Invented threads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.replicas.server import NOON, Asked, Reply


def threads(count: int, until: datetime = NOON) -> list[dict[str, Any]]:
    """Invented threads of forum 5050, newest first, an hour apart."""
    made = []
    for number in range(count, 0, -1):
        at = int((until - timedelta(hours=count - number + 1)).timestamp())
        row: dict[str, Any] = {
            "tid": 23_000_000 + number,
            "fid": 5050,
            "typeName": ("咨询", "求助", "投诉")[number % 3],
            "domainName": "城建",
            "nickName": "陈***",
            "subject": f"小区电梯检验过期无人处理（{number}）",
            "content": f"电梯合格证已过期 {number} 个月，多次反映没有结果。",
            "dateline": at,
            "stateInfo": "办理中",
            "forumName": "滨海市市长",
            "from": " 广东省 滨海市",
            "answerContent": None,
        }
        made.append(row)
    return made


def answered(row: dict[str, Any], text: str, at: datetime) -> None:
    """Let the office answer a thread."""
    row |= {"stateInfo": "已办理", "answerContent": text, "answerDateline": int(at.timestamp())}
    row["answerOrganization"] = "滨海市市场监督管理局"


class BoardSite:
    """The site."""

    FAULTS: Mapping[str, str] = {
        "result": "list 的 result，不是 success",
        "ms_dates": "时间用毫秒",
        "content_cut": "列表只给正文的开头",
        "new_while_paging": "翻页时来了新留言",
        "nickname_unmasked": "昵称没有遮盖",
    }

    def __init__(self, count: int = 45) -> None:
        self.threads = threads(count)

    def answer(self, asked: Asked, faults: Mapping[str, Any], _now: datetime) -> Reply:
        """Forum, list or thread."""
        if asked.place == "/threads/list":
            page = "<html><body><div id='app'></div></body></html>"
            return Reply(page, headers={"Set-Cookie": "board=1"})
        if asked.place == "/threads/content":
            row = next((one for one in self.threads if str(one["tid"]) == asked.query["tid"]), None)
            body = f"<div class='headMainS'><p>{row['content']}</p></div>" if row else "页面找不到了！"
            return Reply(f"<html><body>{body}</body></html>")
        if asked.place == "/threads/queryThreadsList" and asked.method == "POST":
            return Reply(json.dumps(self._list(asked, faults)), kind="application/json")
        return Reply("没有", 404)

    def _list(self, asked: Asked, faults: Mapping[str, Any]) -> dict[str, Any]:
        if "result" in faults:
            return {"result": faults["result"], "resultDesc": "参数错误", "responseData": None}
        last, size = int(asked.form["lastItem"]), int(asked.form["pageSize"])
        rows = [one for one in self.threads if last == 0 or one["tid"] < last][:size]
        if last and faults.get("new_while_paging") and self.threads[0]["subject"] != "新来的":
            newest = {**self.threads[0], "tid": self.threads[0]["tid"] + 1, "subject": "新来的"}
            self.threads.insert(0, newest)
        return {"result": "success", "responseData": [self._shown(one, faults) for one in rows]}

    def _shown(self, row: dict[str, Any], faults: Mapping[str, Any]) -> dict[str, Any]:
        shown = dict(row)
        if faults.get("ms_dates"):
            shown["dateline"] *= 1000
        if faults.get("content_cut"):
            shown["content"] = row["content"][:10] + "……"
        if faults.get("nickname_unmasked"):
            shown["nickName"] = "陈小明"
        return shown
