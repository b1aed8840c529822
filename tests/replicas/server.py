"""A replica: one port that plays the site, one that a test or a person controls it by.

Control port: `GET /log` every request the site got; `POST /faults` switches faults on (a JSON object; `null`
switches one off); `POST /clock` moves the site's clock by `{"seconds": n}`; `GET /` what can be switched.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from core.clock import SHANGHAI

NOON = datetime(2026, 11, 23, 8, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Asked:
    """One request as the site got it; `at` in seconds of a clock that only runs forward."""

    at: float
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def place(self) -> str:
        """The path without its query."""
        return urlsplit(self.path).path

    @property
    def query(self) -> dict[str, str]:
        """The query, last value of each name."""
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query, True).items()}

    @property
    def form(self) -> dict[str, str]:
        """The body as a form."""
        return {name: values[-1] for name, values in parse_qs(self.body.decode(), True).items()}


@dataclass
class Reply:
    """What the site answers."""

    body: bytes | str = b""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


class Site(Protocol):
    """What a replica plays."""

    #: Faults this site knows beside the common ones, with a word on each.
    FAULTS: Mapping[str, str]

    def answer(self, asked: Asked, faults: Mapping[str, Any], now: datetime, /) -> Reply:
        """The answer to one request."""
        ...


COMMON = {
    "status": "每次都返回这个 HTTP 状态，例如 432、418、412、521、403",
    "after": "前 N 次正常，之后 status 才生效",
    "retry_after": "与 status 同用：Retry-After 秒数",
    "body": "每次都返回这段内容",
    "redirect": "每次都转到这个地址",
    "empty_body": "返回空内容",
    "cut": "内容只传前 N 个字节，然后断开",
    "robots": "robots.txt 的内容",
    "robots_status": "robots.txt 的 HTTP 状态",
    "hang": "收到请求后不回答",
}


class Replica:
    """A running copy of a site, with its control port."""

    def __init__(self, site: Site, port: int = 0, control_port: int = 0) -> None:
        self.site = site
        self.faults: dict[str, Any] = {}
        self.log: list[Asked] = []
        self.now = NOON
        self._ended = threading.Event()
        self._server = _Server(("127.0.0.1", port), self._handle)
        self._control = _Server(("127.0.0.1", control_port), self._handle_control)

    @property
    def url(self) -> str:
        """The address of the site."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def control_url(self) -> str:
        """The address of the control port."""
        return f"http://127.0.0.1:{self._control.server_port}"

    def __enter__(self) -> Replica:
        for server in (self._server, self._control):
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for server in (self._server, self._control):
            server.shutdown()
            server.server_close()

    def pages(self) -> list[Asked]:
        """What was asked for beside robots.txt."""
        return [one for one in self.log if one.place != "/robots.txt"]

    def _handle(self, asked: Asked) -> Reply | None:
        self.log.append(asked)
        faults = self.faults
        if asked.place == "/robots.txt":
            status = faults.get("robots_status", 200 if "robots" in faults else 404)
            return Reply(faults.get("robots", ""), status, "text/plain")
        if faults.get("hang"):
            self._ended.wait(60)
            return None
        if len(self.pages()) > faults.get("after", 0) if "after" in faults else True:
            wrong = _common_fault(faults)
            if wrong is not None:
                return wrong
        return self.site.answer(asked, faults, self.now)

    def _handle_control(self, asked: Asked) -> Reply:
        if asked.method == "POST":
            given = json.loads(asked.body or b"{}")
            if asked.place == "/clock":
                self.now += timedelta(seconds=given["seconds"])
            else:
                self.faults = {k: v for k, v in {**self.faults, **given}.items() if v is not None}
        shown: Any = {
            "site": self.url,
            "now": self.now.isoformat(),
            "faults": self.faults,
            "known": {**COMMON, **self.site.FAULTS},
        }
        if asked.place == "/log":
            shown = [
                {"at": one.at, "method": one.method, "path": one.path, "headers": dict(one.headers)}
                for one in self.log
            ]
        return Reply(json.dumps(shown, ensure_ascii=False, indent=1), kind="application/json; charset=utf-8")


def _common_fault(faults: Mapping[str, Any]) -> Reply | None:
    if "redirect" in faults:
        return Reply(b"", 302, headers={"Location": faults["redirect"]})
    if "status" in faults:
        wait = {"Retry-After": str(faults["retry_after"])} if "retry_after" in faults else {}
        return Reply(faults.get("body", ""), faults["status"], headers=wait)
    if faults.get("empty_body"):
        return Reply(b"")
    if "body" in faults:
        return Reply(faults["body"], kind=faults.get("kind", "text/html; charset=utf-8"))
    return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], answer: Any) -> None:
        self.answer = answer
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        """Answer."""
        length = int(self.headers.get("Content-Length") or 0)
        asked = Asked(
            time.monotonic(), self.command, self.path, dict(self.headers.items()), self.rfile.read(length)
        )
        reply = self.server.answer(asked)
        if reply is None:
            self.close_connection = True
            return
        body = reply.body.encode() if isinstance(reply.body, str) else reply.body
        self._write(reply, body)

    do_POST = do_GET  # noqa: N815 - the name the library calls

    def _write(self, reply: Reply, body: bytes) -> None:
        cut = reply.headers.pop("X-Cut", None)
        head = [f"HTTP/1.1 {reply.status} x", f"Content-Type: {reply.kind}", f"Content-Length: {len(body)}"]
        head += [f"{name}: {value}" for name, value in reply.headers.items()]
        sent = body if cut is None else body[: int(cut)]
        try:
            self.wfile.write("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + sent)
        except ConnectionError:
            self.close_connection = True
        if cut is not None:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """The log is the replica's own."""
