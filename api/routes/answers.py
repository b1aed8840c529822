"""What the interface description says about errors and about who may ask."""

from __future__ import annotations

from typing import Any

from fastapi.security import APIKeyCookie, HTTPBearer

from api.schemas.shapes import ProblemOut

# They only describe; `api.security.identity` decides.
BEARER = HTTPBearer(auto_error=False, description="接口令牌")
COOKIE = APIKeyCookie(name="huiying_session", auto_error=False, description="登录后的会话")

_WORDS = {
    401: "没有登录，或令牌无效。",
    403: "角色或令牌没有这项权限。",
    404: "没有，或不归您看。",
    409: "情况已有变化。",
    413: "提交的内容超过上限。",
    415: "提交的内容不是 JSON。",
    422: "有一项填写有误，见 field。",
    429: "操作太频繁，见 Retry-After。",
    503: "暂时不能用。",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route: each status with its problem object."""
    schema = ProblemOut.model_json_schema()
    return {
        status: {
            "description": _WORDS[status],
            "content": {"application/problem+json": {"schema": schema}},
        }
        for status in statuses
    }
