"""A real server over the office of a test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Page, expect

from tests.api.office import PASSWORD, WebOffice

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1366, "height": 768}


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """The tests' own process keeps its signals."""


def served(office: WebOffice) -> AbstractContextManager[str]:
    """The address of the office, as long as the block runs."""
    return served_app(office.app)


@contextmanager
def served_app(app: FastAPI) -> Iterator[str]:
    """The address of an application, as long as the block runs."""
    config = uvicorn.Config(app, port=0, log_level="warning", ws="none", timeout_graceful_shutdown=2)
    server = _Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
        assert thread.is_alive(), "the server did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def sign_in(page: Page, site: str, login: str) -> None:
    """Sign in through the page; ends on the desk, once its scripts listen to the keys."""
    page.goto(f"{site}/sign-in")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="值班台")).to_be_visible()
    page.wait_for_load_state("load")
