"""A provider of a channel on this machine that behaves as badly as real ones do.

It refuses, hangs, answers 200 with an error code, hangs up after accepting, and throttles, as it is told.
"""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Literal

Trick = Literal["hang up", "hang"]


@dataclass(frozen=True)
class Reply:
    """One answer."""

    status: int = 200
    body: Any = field(default_factory=lambda: {"errcode": 0})
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Arrived:
    """One request that reached the provider."""

    path: str
    key: str
    headers: Mapping[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)


class Provider:
    """Answers with `always`, after the answers in `script` are used up."""

    def __init__(self) -> None:
        self.arrived: list[Arrived] = []
        self.script: list[Reply | Trick] = []
        self.always: Reply | Trick = Reply()
        self._go_on = threading.Event()
        self._lock = threading.Lock()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                provider._answer(self)

            def log_message(self, *args: object) -> None:
                """Nothing on the terminal."""

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/send?key=secret-in-the-address"

    def keys(self) -> list[str]:
        """The keys of what arrived, in order."""
        return [one.key for one in self.arrived]

    def close(self) -> None:
        self._go_on.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, caller: BaseHTTPRequestHandler) -> None:
        text = caller.rfile.read(int(caller.headers["Content-Length"])).decode()
        with self._lock:
            key = caller.headers.get("Idempotency-Key", "")
            self.arrived.append(Arrived(caller.path, key, dict(caller.headers), text))
            reply = self.script.pop(0) if self.script else self.always
        caller.close_connection = True
        if reply == "hang":
            self._go_on.wait(20)
        if not isinstance(reply, Reply):
            return
        body = (reply.body if isinstance(reply.body, str) else json.dumps(reply.body)).encode()
        caller.send_response(reply.status)
        for name, value in {**reply.headers, "Content-Length": str(len(body))}.items():
            caller.send_header(name, value)
        caller.end_headers()
        caller.wfile.write(body)
