"""What an answer is, judged before anything is read out of it. Pure.

A site that bars the way often says so with HTTP 200. So nothing is taken for "no new messages" unless the
source's own mark of emptiness was seen, and every answer passes here before a selector touches it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from core.vocabulary import Verdict
from crawlers.reading.javascript import NotData, read_object

Kind = Literal["html", "json", "js", "jcms", "xml", "any"]

_WAF_STATUS = {412, 521, 512, 567}
_RATE_STATUS = {418, 429, 432}
_LOGIN_PLACES = re.compile(r"passport|login|signin|sign_in|/sso|/cas\b|visitor", re.IGNORECASE)
_JSL = ("__jsl_clearance", "__jsluid")
_MAINTENANCE = ("系统维护中", "网站升级", "网站维护", "系统升级")
_SHORT = 4_096
# A page of nothing but a challenge has no text beside its scripts.
_SCRIPTS = re.compile(r"<script\b.*?</script>|<style\b.*?</style>|<[^>]+>", re.DOTALL | re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.{0,200}?)</title>", re.DOTALL | re.IGNORECASE)
_RATE_WORDS = ("过于频繁", "操作频繁", "访问频繁", "请求频繁")
_LOGIN_WORDS = ("请先登录", "请登录后")
# Weibo's own numbers: open.weibo.com wiki "Error code".
_RATE_CODES = {"10022", "10023", "10024", "20003"}
_LOGIN_CODES = {"21314", "21315", "21316", "21317", "21318", "21319", "21327", "21332", "-100"}
_GONE_CODES = {"20101"}
_RETRY_CODES = {"21405", "10001"}

# What ends a run at once; the rest concerns one page.
WALLS = frozenset(
    {
        Verdict.BLOCKED_RATE,
        Verdict.BLOCKED_LOGIN,
        Verdict.BLOCKED_CAPTCHA,
        Verdict.BLOCKED_WAF,
        Verdict.FORMAT_CHANGED,
        Verdict.ROBOTS_DENIED,
    }
)
RETRIED = frozenset({Verdict.TRUNCATED, Verdict.SERVER_ERROR})


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, as far as the judgement needs it.

    Attributes:
        text: the decoded body.
        location: where a redirect points; empty otherwise.
        flags: what the downloader noticed, such as `partial`.
        retry_after: the header's text; empty where there is none.
    """

    status: int
    url: str
    text: str
    location: str = ""
    flags: tuple[str, ...] = ()
    retry_after: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """What an answer must look like to be read.

    Attributes:
        closing: an HTML page, or an answer of JCMS, without this near its end was cut.
        gone: words by which the site says that the one item is not there.
        empty_body: what HTTP 200 without a body means here, after one repeat.
    """

    kind: Kind = "html"
    closing: str = "</html>"
    gone: tuple[str, ...] = ("信件不存在", "页面找不到了", "该微博不存在")
    empty_body: Verdict = Verdict.TRUNCATED


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict, what a person should know about it, and the data of a JSON answer."""

    verdict: Verdict
    reason: str = ""
    data: Any = field(default=None, compare=False)


def judge(answer: Answer, shape: Shape) -> Judged:
    """The verdict on one answer: `data` when it may be read, else why not."""
    return _by_status(answer) or _by_body(answer, shape)


def _by_status(answer: Answer) -> Judged | None:
    status = answer.status
    if status in _WAF_STATUS:
        return Judged(Verdict.BLOCKED_WAF, f"网站的防火墙要求运行脚本(HTTP {status})")
    if status in _RATE_STATUS or (status == 503 and answer.retry_after):
        return Judged(Verdict.BLOCKED_RATE, f"网站限制访问频率(HTTP {status})")
    if status == 419:
        return Judged(Verdict.SESSION_EXPIRED, "会话过期(HTTP 419)")
    if 300 <= status < 400:
        return _by_redirect(answer)
    if status in {404, 410}:
        return Judged(Verdict.GONE, f"页面不存在(HTTP {status})")
    if status in {401, 407}:
        return Judged(Verdict.BLOCKED_LOGIN, f"网站要求登录(HTTP {status})")
    if status == 403 and not _is_json(answer.text):
        return Judged(Verdict.BLOCKED_RATE, "网站拒绝访问(HTTP 403)")
    if status >= 500:
        return Judged(Verdict.SERVER_ERROR, f"对方服务器出错(HTTP {status})")
    return None


def _by_redirect(answer: Answer) -> Judged:
    if "captcha" in answer.location:
        return Judged(Verdict.BLOCKED_CAPTCHA, "网站转到了验证码页面")
    if _LOGIN_PLACES.search(answer.location):
        return Judged(Verdict.BLOCKED_LOGIN, "网站转到了登录页面")
    host = urlsplit(answer.location).netloc
    if host and host != urlsplit(answer.url).netloc:
        return Judged(Verdict.FORMAT_CHANGED, f"网站转到了别的地址 {host}")
    return Judged(Verdict.SESSION_EXPIRED, "网站转到了别的页面")


def _by_body(answer: Answer, shape: Shape) -> Judged:
    if any(flag in {"partial", "dataloss"} for flag in answer.flags):
        return Judged(Verdict.TRUNCATED, "内容没有传完")
    text = answer.text.strip()
    if not text:
        return Judged(shape.empty_body, "网站返回空内容")
    wall = _wall_page(text)
    if wall:
        return wall
    if shape.kind in {"json", "js"}:
        return _by_data(text, shape)
    return _by_page(answer, text, shape)


def _wall_page(text: str) -> Judged | None:
    """A page that is nothing but a wall; scripts of a captcha on an ordinary page are no wall."""
    title = _TITLE.search(text[:_SHORT])
    if title and title.group(1).strip() == "Sina Visitor System":
        return Judged(Verdict.BLOCKED_LOGIN, "网站只给访客验证页面")
    if len(text) > _SHORT or not text.startswith("<"):
        return None
    rest = _SCRIPTS.sub("", text).strip()
    if any(word in text for word in _JSL) and len(rest) < 40:
        return Judged(Verdict.BLOCKED_WAF, "网站的防火墙要求运行脚本")
    if any(word in rest for word in _MAINTENANCE):
        return Judged(Verdict.SERVER_ERROR, "网站正在维护")
    if "captcha" in text.lower() and "验证码" in rest and len(rest) < 200:
        return Judged(Verdict.BLOCKED_CAPTCHA, "网站要求验证码")
    if any(word in rest for word in _LOGIN_WORDS) and len(rest) < 200:
        return Judged(Verdict.BLOCKED_LOGIN, "网站要求登录")
    if any(word in rest for word in _RATE_WORDS) and len(rest) < 200:
        return Judged(Verdict.BLOCKED_RATE, "网站提示访问过于频繁")
    return None


def _by_page(answer: Answer, text: str, shape: Shape) -> Judged:
    if shape.kind == "jcms" and "<datastore" not in text[:_SHORT]:
        return Judged(Verdict.FORMAT_CHANGED, "应当是 JCMS 的 datastore，收到的是别的内容")
    if shape.kind in {"html", "jcms"} and shape.closing.lower() not in text[-_SHORT:].lower():
        if _is_json(text):
            return Judged(Verdict.FORMAT_CHANGED, "应当是网页，收到的是数据")
        return Judged(Verdict.TRUNCATED, "网页没有结尾，内容不完整")
    if len(text) < _SHORT and any(word in text for word in shape.gone):
        return Judged(Verdict.GONE, "网站说这一件不存在")
    if answer.status >= 400:
        return Judged(Verdict.FORMAT_CHANGED, f"网站返回 HTTP {answer.status}")
    return Judged(Verdict.DATA)


def _by_data(text: str, shape: Shape) -> Judged:
    if text.startswith("<"):
        return Judged(Verdict.FORMAT_CHANGED, "应当是数据，收到的是网页")
    try:
        data = json.loads(text) if shape.kind == "json" else read_object(text)
    except RecursionError:
        return Judged(Verdict.FORMAT_CHANGED, "数据嵌套过深")
    except (ValueError, NotData):
        if _is_json(text):
            return Judged(Verdict.TRUNCATED, "数据不完整")
        return Judged(Verdict.FORMAT_CHANGED, "内容不是数据")
    if not isinstance(data, dict | list):
        return Judged(Verdict.FORMAT_CHANGED, "内容不是数据")
    return _refusal(data) or Judged(Verdict.DATA, data=data)


def _refusal(data: Any) -> Judged | None:
    """Whether a JSON answer is a wall or an error in the envelope the site uses."""
    if not isinstance(data, Mapping):
        return None
    code = str(data.get("error_code", data.get("errno", data.get("ok", ""))))
    said = " ".join(str(data[key]) for key in ("msg", "message", "error", "resultDesc") if data.get(key))
    if "captcha" in str(data.get("url", "")):
        return Judged(Verdict.BLOCKED_CAPTCHA, "网站要求验证码")
    if code in _RATE_CODES or any(word in said for word in _RATE_WORDS) or said == "Forbidden":
        return Judged(Verdict.BLOCKED_RATE, f"网站限制访问频率（{said or code}）")
    if code in _LOGIN_CODES or "登录" in said:
        return Judged(Verdict.BLOCKED_LOGIN, f"网站要求登录或凭据失效（{said or code}）")
    if code in _GONE_CODES or "不存在" in said:
        return Judged(Verdict.GONE, said)
    if code in _RETRY_CODES:
        return Judged(Verdict.SERVER_ERROR, said)
    if "error_code" in data:
        return Judged(Verdict.FORMAT_CHANGED, f"接口报错 {code} {said}")
    return None


def _is_json(text: str) -> bool:
    return text.lstrip()[:1] in {"{", "["}
