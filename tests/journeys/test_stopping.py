"""Stopping the service while browsers listen: at once, in order, with nothing left running."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from tests.command import Command

ROOT = Path(__file__).parents[2]


def started(office: Command, *arguments: str) -> subprocess.Popen[str]:
    environment = {k: v for k, v in office.environment().items() if k != "HUIYING_NOW"}
    return subprocess.Popen(
        [sys.executable, "-m", "huiying", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def until_it_answers(site: str, process: subprocess.Popen[str]) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        assert process.poll() is None, process.communicate()[0]
        try:
            httpx2.get(f"{site}/api/v1/health", timeout=2)
        except httpx2.HTTPError:
            process.poll()
        else:
            return
    raise AssertionError("the server did not answer")


@pytest.mark.thorough
def test_serve_stops_on_sigterm_with_open_streams(data_dir: Path) -> None:
    office = Command(data_dir)
    added = office("token", "create", "--name", "测试", "--scope", "read", "--json").json
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    process = started(office, "serve", "--port", str(port))
    try:
        until_it_answers(site, process)
        headers = {"Authorization": f"Bearer {added['token']}"}
        with httpx2.Client(timeout=60) as client:
            streams = [
                client.stream("GET", f"{site}/api/v1/alerts/stream", headers=headers) for _ in range(3)
            ]
            for one in streams:
                assert one.__enter__().status_code == 200
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)
            spent = time.monotonic() - began
            for one in streams:
                one.__exit__(None, None, None)
        assert process.returncode in {0, -signal.SIGTERM}
        assert spent < 15
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    # The right to be the engine was given back: another starts at once.
    assert office("worker", "--once", "--json").code == 0


@pytest.mark.thorough
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_worker_stops_in_order(data_dir: Path, number: signal.Signals) -> None:
    office = Command(data_dir)
    process = started(office, "worker")
    assert process.stdout is not None
    assert "已启动" in process.stdout.readline()
    os.kill(process.pid, number)
    process.communicate(timeout=20)
    assert process.returncode == 0
    assert office("worker", "--once", "--json").code == 0
