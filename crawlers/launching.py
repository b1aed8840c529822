"""Starting the process of a run and reading what it says, within its limits of time and memory."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import IO, Any

from core.vocabulary import Verdict
from crawlers.wire import Job

_POLL_SECONDS = 1.0
_WAITING_LINES = 2_000
_GRACE_SECONDS = 10
_ROOT = Path(__file__).parents[1]
# Nothing of the office's settings and secrets is handed to a process that reads strangers' pages.
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")
Line = dict[str, Any]


def run_process(job: Job, idle: Callable[[], None] = lambda: None) -> Iterator[Line]:
    """What the run says, line by line; the last line is always an `end`.

    The process is killed when it outlasts the source's limit, and when the caller stops reading.

    Args:
        idle: called every few seconds while nothing comes; raising ends the run.
    """
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "crawlers.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=_environment(),
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        try:
            yield from _lines(process, job, idle, errors)
        finally:
            _end(process)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    # Each further arena would reserve 64 MB that nobody uses, and count against the limit.
    return {**kept, "PYTHONPATH": str(_ROOT), "PYTHONUNBUFFERED": "0", "MALLOC_ARENA_MAX": "1"}


def _lines(
    process: subprocess.Popen[str], job: Job, idle: Callable[[], None], errors: IO[bytes]
) -> Iterator[Line]:
    lines: Queue[str | None] = Queue(_WAITING_LINES)
    gone = Event()
    _send_job(process, job)
    Thread(target=_pump, args=(process.stdout, lines, gone), daemon=True).start()
    ends_at = time.monotonic() + job.source.limits.minutes * 60
    try:
        while True:
            left = ends_at - time.monotonic()
            if left <= 0:
                minutes = f"{job.source.limits.minutes:g}"
                yield _ended(Verdict.TIMED_OUT, f"超过 {minutes} 分钟的上限，已停止")
                return
            try:
                line = lines.get(timeout=min(left, _POLL_SECONDS))
            except Empty:
                idle()
                continue
            if line is None:
                yield _ended(Verdict.CRASHED, _why(process, errors))
                return
            said: Line = json.loads(line)
            yield said
            if said["t"] == "end":
                return
    finally:
        gone.set()


def _send_job(process: subprocess.Popen[str], job: Job) -> None:
    """Its input stays open afterwards: by its end the process knows that the office is gone."""
    assert process.stdin is not None  # noqa: S101 - opened as a pipe
    with contextlib.suppress(BrokenPipeError):  # it has died already; the reader says so
        process.stdin.write(job.to_line() + "\n")
        process.stdin.flush()


def _pump(stream: IO[str] | None, lines: Queue[str | None], gone: Event) -> None:
    """Put the lines into the queue; when it is full, the process waits."""
    for line in stream or ():
        if line.endswith("\n"):
            _put(lines, line, gone)
        if gone.is_set():
            return
    _put(lines, None, gone)


def _put(lines: Queue[str | None], line: str | None, gone: Event) -> None:
    while not gone.is_set():
        with contextlib.suppress(Full):
            lines.put(line, timeout=1)
            break


def _ended(verdict: Verdict, message: str) -> Line:
    return {"t": "end", "verdict": verdict.value, "message": message}


def _why(process: subprocess.Popen[str], errors: IO[bytes]) -> str:
    """The last line the process left behind, for the person who mends it."""
    code = process.wait(_GRACE_SECONDS)
    errors.seek(0)
    said = errors.read().decode("utf-8", "replace").strip().splitlines()
    last = said[-1][:200] if said else ""
    if "MemoryError" in last:
        return "超过内存上限，已停止"
    return f"采集程序异常退出（{code}）{last}"


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        try:
            process.wait(0.5)
        except subprocess.TimeoutExpired:
            process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(BrokenPipeError):
                stream.close()
    process.wait(_GRACE_SECONDS)
