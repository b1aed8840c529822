"""Errors as the outside sees them: a status, a Chinese title, what is wrong and what to do about it.

JSON routes answer `application/problem+json` (RFC 9457); pages answer with a page or the way to sign in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from api.headers import secured
from api.pages.contexts import ErrorPage, SignInPage
from api.pages.rendering import render
from api.pages.resuming import kept_of
from api.security.addresses import page_of
from api.security.identity import EXPIRED, MUST_CHANGE
from api.services import services_of
from core import errors

_STATUS: tuple[tuple[type[errors.HuiyingError], int], ...] = (
    (errors.NotSignedIn, 401),
    (errors.NotAllowed, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.DeliveryError, 409),
    (errors.InvalidInput, 422),
    (errors.FileRefused, 422),
    (errors.TooManyAttempts, 429),
    (errors.StorageError, 503),
)
_TITLES: Mapping[int, str] = {
    400: "请求不完整",
    401: "需要登录",
    403: "无权操作",
    404: "没有找到",
    405: "不支持这种操作",
    409: "情况已有变化",
    413: "内容太大",
    415: "格式不支持",
    422: "填写有误",
    429: "操作太频繁",
    500: "系统出错",
    503: "暂时不能用",
}
_MENDS: Mapping[int, str] = {
    404: "请检查地址，或从值班台进入。",
    405: "请从页面上的按钮操作。",
    413: "请减小后再提交。",
    415: "请用 application/json 提交。",
    500: "请稍后再试；仍不行请告知管理员。",
}
_DETAILS: Mapping[int, str] = {
    404: "没有这个页面或记录。",
    405: "这个地址不接受这种请求。",
    413: "提交的内容超过上限。",
    415: "提交的内容不是 JSON。",
    500: "系统内部出错，已记入日志。",
}
_CODES: Mapping[int, str] = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "not_json"}
_API = "/api/"


@dataclass(frozen=True, slots=True)
class Problem:
    """One error on its way out.

    Attributes:
        facts: further members of the JSON object, for example the `field` that is wrong.
        headers: further headers of the answer.
    """

    status: int
    detail: str
    code: str
    mend: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What kind of error it is, in a few words."""
        return _TITLES.get(self.status, "请求没有成功")

    def as_json(self) -> dict[str, Any]:
        """The members of the problem object."""
        return {
            "type": f"urn:huiying:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "mend": self.mend,
            **self.facts,
        }


def problem_of(error: errors.HuiyingError) -> Problem:
    """The outside of one of our errors."""
    status = next((code for family, code in _STATUS if isinstance(error, family)), 500)
    facts: dict[str, Any] = {}
    headers: dict[str, str] = {}
    if isinstance(error, errors.InvalidInput):
        facts["field"] = error.field
    if isinstance(error, errors.Conflict):
        facts.update(state=error.status, command=error.command, allowed=list(error.allowed))
    if isinstance(error, errors.TooManyAttempts):
        headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, errors.NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    return Problem(status, error.message, error.code, error.mend, facts, headers)


def plain_problem(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """The outside of an error that only has a status."""
    return Problem(
        status,
        _DETAILS.get(status, "请求没有成功。"),
        _CODES.get(status, "error"),
        _MENDS.get(status, "请检查后再试。"),
        headers=dict(headers or {}),
    )


def install(app: FastAPI) -> None:
    """Let every error of `app` leave as a problem object or a page."""

    @app.exception_handler(errors.HuiyingError)
    async def ours(request: Request, error: errors.HuiyingError) -> Response:
        if not _is_api(request) and (way := await _way_on(request, error)):
            return way
        return answer(request, problem_of(error))

    @app.exception_handler(HTTPException)
    def of_the_framework(request: Request, error: HTTPException) -> Response:
        return answer(request, plain_problem(error.status_code, error.headers))

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        return answer(request, _invalid(request, error))

    @app.exception_handler(Exception)
    def unforeseen(request: Request, _error: Exception) -> Response:
        # The framework raises it again after this answer, so that the server logs it once.
        return secured(answer(request, plain_problem(500)))


def answer(request: Request, problem: Problem) -> Response:
    """A problem in the form the client reads."""
    headers = dict(problem.headers)
    if _is_api(request):
        body = json.dumps(problem.as_json(), ensure_ascii=False)
        return Response(body, problem.status, headers, media_type="application/problem+json")
    context = ErrorPage(problem.status, problem.title, problem.detail, problem.mend, problem.code)
    response = render(request, "error.html", context, status=problem.status)
    response.headers.update(headers)
    return response


def _is_api(request: Request) -> bool:
    return request.url.path.startswith(_API)


async def _way_on(request: Request, error: errors.HuiyingError) -> Response | None:
    """Where a page sends somebody who must sign in or change a password first; nothing typed is lost."""
    if isinstance(error, errors.NotSignedIn):
        if request.method == "POST" and (kept := kept_of(request, await request.form(), page_of(request))):
            said = f"{error.message}{error.mend}"
            page = SignInPage(kept.page, "", said, None, kept, services_of(request).guests)
            return render(request, "sign_in.html", page, status=401)
        query = {"next": page_of(request)} | ({"why": "expired"} if error.code == EXPIRED else {})
        return RedirectResponse(f"/sign-in?{urlencode(query)}", 303)
    if error.code == MUST_CHANGE:
        return RedirectResponse("/account?why=temporary", 303)
    return None


def _invalid(request: Request, error: RequestValidationError) -> Problem:
    first = error.errors()[0]
    # The first part says where the value stands; the rest is its name, which may be `body` as well.
    where = [str(part) for part in first["loc"][1:]]
    is_json = request.headers.get("content-type", "").partition(";")[0].strip() == "application/json"
    if not where and _is_api(request) and not is_json:
        return plain_problem(415)
    name = ".".join(where)
    return Problem(
        422,
        f"“{name}”的值不能用。" if name else "提交的内容看不懂。",
        "invalid_input",
        "请对照接口说明改正。" if _is_api(request) else "请返回改正后再提交。",
        {"field": name or None},
    )
