"""The text of saved pages: what a reader sees, in the encoding the page is in."""

from __future__ import annotations

import pytest

from alerts.page_text import text_of


def test_scripts_and_styles_are_no_text() -> None:
    hidden = "<style>p{}</style><script>var a='停水';</script><noscript>请开启</noscript>"
    page = f"{hidden}<p>供水<b>已</b>恢复。</p>{hidden}"
    assert text_of(page.encode(), "text/html; charset=utf-8") == "供水已恢复。"


def test_blocks_begin_new_lines_and_entities_are_read() -> None:
    page = "<h1>情况通报</h1><p>一&nbsp;、供水&amp;排水</p><p></p><p>二</p>"
    assert text_of(page.encode(), "text/html") == "情况通报\n一 、供水&排水\n二"


@pytest.mark.parametrize(
    ("encoding", "head", "media_type"),
    [
        ("gb18030", "", "text/html; charset=GB2312"),
        ("gb18030", '<meta charset="gbk">', "text/html"),
        ("gb18030", '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">', "text/html"),
        ("utf-8", "", "text/html"),
        ("big5", "", "text/html; charset=big5"),
    ],
)
def test_the_encoding_is_the_servers_the_pages_or_utf8(encoding: str, head: str, media_type: str) -> None:
    page = f"<html><head>{head}</head><body>停水通知</body></html>"
    assert text_of(page.encode(encoding), media_type) == "停水通知"


def test_an_unknown_encoding_loses_no_page() -> None:
    assert text_of(b"ok", "text/plain; charset=x-unknown") == "ok"


@pytest.mark.parametrize("media_type", ["application/pdf", "image/png", ""])
def test_what_is_no_text_has_none(media_type: str) -> None:
    assert text_of(b"\x89PNG", media_type) == ""


def test_an_unclosed_script_hides_the_rest_and_breaks_nothing() -> None:
    assert text_of("<p>正文</p><script>var a = 1".encode(), "text/html") == "正文"
