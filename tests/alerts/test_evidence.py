"""Saved copies: fetched only from where a public page can be, whole or not at all."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from alerts.channels.addresses import is_public
from alerts.evidence import FetchLimits, fetch_copy, keep_upload
from core.clock import parse_instant
from core.errors import InvalidInput

NOW = parse_instant("2026-03-02T09:00")
HERE = FetchLimits(seconds=5, allow_private=True)
PAGE = (
    "<html><head><title>通报</title><script>alert(1)</script></head><body><p>供水已恢复。</p></body></html>"
)


def kept(data_dir: Path) -> list[str]:
    """Every file in the folder of copies, half-written ones too."""
    folder = data_dir / "copies"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def refused(url: str, data_dir: Path, limits: FetchLimits = HERE) -> str:
    """The sentence with which a link is refused; nothing may have been kept."""
    with pytest.raises(InvalidInput) as caught:
        fetch_copy(url, data_dir, NOW, limits)
    assert caught.value.field == "url"
    assert "上传留存件" in caught.value.mend
    assert kept(data_dir) == []
    return caught.value.message


def test_a_page_is_kept_byte_for_byte_with_its_text(httpserver: HTTPServer, data_dir: Path) -> None:
    httpserver.expect_request("/1").respond_with_data(PAGE, content_type="text/html; charset=utf-8")
    copy = fetch_copy(httpserver.url_for("/1"), data_dir, NOW, HERE)
    body = PAGE.encode()
    assert copy.sha256 == hashlib.sha256(body).hexdigest()
    assert (data_dir / copy.path).read_bytes() == body
    assert (data_dir / copy.path).stat().st_mode & 0o777 == 0o600
    assert (copy.size_bytes, copy.saved_at) == (len(body), NOW)
    assert "供水已恢复。" in copy.text
    assert "alert" not in copy.text


def test_the_same_page_twice_is_one_file(httpserver: HTTPServer, data_dir: Path) -> None:
    httpserver.expect_request("/1").respond_with_data(PAGE, content_type="text/html")
    copies = [fetch_copy(httpserver.url_for("/1"), data_dir, NOW, HERE) for _ in range(2)]
    assert copies[0] == copies[1]
    assert kept(data_dir) == [copies[0].sha256]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://0.0.0.0/",
        "https://localhost/",
        "http://LOCALHOST:8000/",
    ],
)
def test_an_address_inside_the_network_is_refused(url: str, data_dir: Path) -> None:
    assert refused(url, data_dir, FetchLimits(seconds=2)) == "链接指向内部网络，不能保存。"


@pytest.mark.parametrize(
    "url",
    ["ftp://news.example.cn/1", "file:///etc/passwd", "javascript:alert(1)", "//x", "", "http://a:b@c/"],
)
def test_only_web_addresses_are_fetched(url: str, data_dir: Path) -> None:
    assert refused(url, data_dir) == "只能使用 http 或 https 网址。"


def test_a_redirect_is_checked_like_the_first_address(httpserver: HTTPServer, data_dir: Path) -> None:
    moved = Response(status=302, headers={"Location": "file:///etc/passwd"})
    httpserver.expect_request("/moved").respond_with_response(moved)
    assert refused(httpserver.url_for("/moved"), data_dir) == "只能使用 http 或 https 网址。"


def test_a_relative_redirect_is_followed(httpserver: HTTPServer, data_dir: Path) -> None:
    httpserver.expect_request("/old").respond_with_data(status=301, headers={"Location": "/new"})
    httpserver.expect_request("/new").respond_with_data(PAGE, content_type="text/html")
    copy = fetch_copy(httpserver.url_for("/old"), data_dir, NOW, HERE)
    assert copy.url == httpserver.url_for("/old")
    assert "供水已恢复。" in copy.text


def test_redirects_in_a_circle_end(httpserver: HTTPServer, data_dir: Path) -> None:
    httpserver.expect_request("/round").respond_with_data(status=302, headers={"Location": "/round"})
    assert refused(httpserver.url_for("/round"), data_dir) == "链接跳转次数过多。"
    assert len(httpserver.log) == HERE.hops


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (404, "没有", "链接没有正常打开(HTTP 404)。"),
        (500, "", "链接没有正常打开(HTTP 500)。"),
        (200, "", "链接打开后没有内容。"),
    ],
)
def test_an_answer_that_is_no_page_is_refused(
    httpserver: HTTPServer, data_dir: Path, status: int, body: str, said: str
) -> None:
    httpserver.expect_request("/1").respond_with_data(body, status=status)
    assert refused(httpserver.url_for("/1"), data_dir) == said


def test_a_body_above_the_limit_is_refused(httpserver: HTTPServer, data_dir: Path) -> None:
    httpserver.expect_request("/1").respond_with_data("x" * 1001)
    limits = FetchLimits(seconds=5, size_bytes=1000, allow_private=True)
    assert refused(httpserver.url_for("/1"), data_dir, limits) == "链接的内容太大，没有保存。"


def test_a_server_that_does_not_answer_is_given_up(httpserver: HTTPServer, data_dir: Path) -> None:
    def never(_: Request) -> Response:
        time.sleep(1)
        return Response("late")

    httpserver.expect_request("/slow").respond_with_handler(never)
    limits = FetchLimits(seconds=0.2, allow_private=True)
    assert refused(httpserver.url_for("/slow"), data_dir, limits) == "链接在规定时间内没有打开。"


def test_a_port_nobody_listens_on_is_refused(data_dir: Path) -> None:
    assert refused("http://127.0.0.1:9/", data_dir) == "链接打不开。"


def test_an_upload_is_kept_and_its_kind_is_checked(data_dir: Path) -> None:
    copy = keep_upload(b"%PDF-1.7 ...", "application/pdf", data_dir, NOW, size_bytes=100)
    assert (copy.url, copy.text, kept(data_dir)) == (None, "", [copy.sha256])


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"", "text/html", "是空的"),
        (b"x" * 101, "text/html", "太大"),
        (b"MZ", "application/x-msdownload", "不能使用"),
    ],
)
def test_an_unusable_upload_is_refused(data_dir: Path, body: bytes, kind: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as caught:
        keep_upload(body, kind, data_dir, NOW, size_bytes=100)
    assert caught.value.field == "copy"
    assert kept(data_dir) == []


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "10.0.0.5", "192.168.1.1", "100.64.0.1", "::ffff:10.0.0.5", "fe80::1", "fd00::1"],
)
def test_no_private_or_metadata_address_is_public(address: str) -> None:
    assert not is_public(address)
