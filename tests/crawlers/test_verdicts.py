"""An answer is judged before it is read; walls with HTTP 200 are seen, ordinary pages are no walls."""

from __future__ import annotations

from typing import Any

import pytest

from core.vocabulary import Verdict
from crawlers.verdicts import Answer, Shape, judge

SITE = "https://www.binhai.example/list"
PAGE = "<html><head><title>信箱</title></head><body>{}</body></html>"
HTML, JSON = Shape(), Shape(kind="json")


def html(text: str, status: int = 200, **more: Any) -> Answer:
    return Answer(status, SITE, text, **more)


ROWS = [
    ("an ordinary page", html(PAGE.format("<table></table>")), HTML, Verdict.DATA),
    ("an ordinary answer", html('{"ok":1,"data":{}}'), JSON, Verdict.DATA),
    (
        "a page that loads a captcha script",
        html(PAGE.format("<script src='/geetest/captcha.js'></script>" + "信件" * 200)),
        HTML,
        Verdict.DATA,
    ),
    ("HTTP 432 without a body", html("", 432), JSON, Verdict.BLOCKED_RATE),
    ("HTTP 418", html("", 418), JSON, Verdict.BLOCKED_RATE),
    ("HTTP 403", html("Forbidden", 403), HTML, Verdict.BLOCKED_RATE),
    ("HTTP 429", html("", 429), HTML, Verdict.BLOCKED_RATE),
    ("HTTP 503 that says when to come back", html("", 503, retry_after="120"), HTML, Verdict.BLOCKED_RATE),
    ("HTTP 503 alone", html("", 503), HTML, Verdict.SERVER_ERROR),
    (
        "a redirect to the passport",
        html("", 302, location="https://passport.weibo.com/visitor/visitor?a=1"),
        JSON,
        Verdict.BLOCKED_LOGIN,
    ),
    (
        "a redirect to a captcha",
        html("", 302, location="https://m.weibo.cn/captcha?scene=limit"),
        JSON,
        Verdict.BLOCKED_CAPTCHA,
    ),
    (
        "a redirect to another host",
        html("", 301, location="https://elsewhere.example/"),
        HTML,
        Verdict.FORMAT_CHANGED,
    ),
    ("a redirect on the same host", html("", 302, location="/index"), HTML, Verdict.SESSION_EXPIRED),
    ("HTTP 419", html("", 419), HTML, Verdict.SESSION_EXPIRED),
    ("HTTP 521", html("<script>x</script>", 521), HTML, Verdict.BLOCKED_WAF),
    ("HTTP 412", html("", 412), HTML, Verdict.BLOCKED_WAF),
    (
        "a script page with a jsl cookie",
        html("<script>document.cookie='__jsl_clearance_s=1'</script>"),
        HTML,
        Verdict.BLOCKED_WAF,
    ),
    (
        "the visitor page where JSON was asked",
        html("<html><head><title>Sina Visitor System</title></head><body></body></html>"),
        JSON,
        Verdict.BLOCKED_LOGIN,
    ),
    (
        "ok:-100 with a captcha address",
        html('{"ok":-100,"errno":"-100","msg":"","url":"https://m.weibo.cn/captcha?scene=limit","extra":""}'),
        JSON,
        Verdict.BLOCKED_CAPTCHA,
    ),
    (
        "ok:-100 请先登录",
        html('{"ok":-100,"msg":"请先登录","url":"https://passport.weibo.cn/"}'),
        JSON,
        Verdict.BLOCKED_LOGIN,
    ),
    (
        "前方有点拥堵，请登录后使用",
        html('{"ok":0,"message":"前方有点拥堵，请登录后使用"}'),
        JSON,
        Verdict.BLOCKED_LOGIN,
    ),
    ("操作过于频繁", html('{"ok":0,"msg":"操作过于频繁"}'), JSON, Verdict.BLOCKED_RATE),
    ("该微博不存在", html('{"ok":0,"errno":"20101","msg":"该微博不存在"}'), JSON, Verdict.GONE),
    (
        "error_code 10023 as text",
        html('{"request":"/2/x","error_code":"10023","error":"User requests out of rate limit!"}', 403),
        JSON,
        Verdict.BLOCKED_RATE,
    ),
    (
        "error_code 10023 as number",
        html('{"error_code":10023,"error":"User requests out of rate limit!"}'),
        JSON,
        Verdict.BLOCKED_RATE,
    ),
    (
        "a token that expired",
        html('{"error_code":21327,"error":"expired_token"}'),
        JSON,
        Verdict.BLOCKED_LOGIN,
    ),
    ("an empty body", html("  "), HTML, Verdict.TRUNCATED),
    (
        "an empty body of Weibo",
        html(""),
        Shape(kind="json", empty_body=Verdict.BLOCKED_LOGIN),
        Verdict.BLOCKED_LOGIN,
    ),
    ("a page without its end", html("<html><body><table><tr>"), HTML, Verdict.TRUNCATED),
    ("JSON that is cut", html('{"data":[{"a":1},'), JSON, Verdict.TRUNCATED),
    (
        "an answer the downloader calls partial",
        html(PAGE.format(""), flags=("partial",)),
        HTML,
        Verdict.TRUNCATED,
    ),
    ("a page where JSON was asked", html(PAGE.format("改版")), JSON, Verdict.FORMAT_CHANGED),
    ("maintenance", html(PAGE.format("系统维护中，请稍后再来")), HTML, Verdict.SERVER_ERROR),
    ("a letter that is gone", html(PAGE.format("信件不存在")), HTML, Verdict.GONE),
    ("HTTP 404", html("", 404), HTML, Verdict.GONE),
    ("JSON that nests without end", html("[" * 100_000), JSON, Verdict.FORMAT_CHANGED),
    (
        "a JavaScript object",
        html("{page:{pageNo:1},result:[{t:'关于\\'疑问\\':{x}'}]}"),
        Shape(kind="js"),
        Verdict.DATA,
    ),
    ("a call instead of an object", html("alert(1)"), Shape(kind="js"), Verdict.FORMAT_CHANGED),
]


@pytest.mark.parametrize(("answer", "shape", "verdict"), [row[1:] for row in ROWS], ids=[r[0] for r in ROWS])
def test_an_answer_is_judged(answer: Answer, shape: Shape, verdict: Verdict) -> None:
    judged = judge(answer, shape)
    assert judged.verdict is verdict, judged
    assert verdict is Verdict.DATA or judged.reason
