"""A whole office that a journey walks through: its real loops, driven by hand, under a clock the test moves.

The server is real, the browser is real; what `huiying serve` does every few seconds happens in `work`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from alerts.evidence import FetchLimits
from api.app import create_app
from api.security.accounts import NewPerson, add_person
from core.clock import FixedClock, parse_instant
from core.settings import CrawlSettings, OfficeSettings, Settings
from core.vocabulary import Role
from huiying.analysis_loop import AnalysisLoop
from huiying.engine_loop import EngineLoop
from huiying.intake.uploads import Uploads
from huiying.office import Office
from huiying.serving import services_of
from storage import channels
from storage.database import open_database
from storage.migrate import migrate
from storage.search.indexer import Indexer
from tests.api.office import PASSWORD
from tests.browser.serving import served_app


class LivingOffice:
    """An installation with its server running; `address` is where."""

    def __init__(self, office: Office, clock: FixedClock, address: str) -> None:
        self.office, self.clock, self.address = office, clock, address
        self.lines: list[str] = []
        self._contexts: list[BrowserContext] = []
        self._analysis = AnalysisLoop(office)
        self._uploads = Uploads(office)

    def person(self, login: str, name: str, role: Role, section: str = "") -> None:
        """Enter somebody whose password is `PASSWORD`."""
        with self.office.database.write() as connection:
            new = NewPerson(login, name, role, section, PASSWORD, must_change_password=False)
            add_person(connection, new, actor="测试", now=self.clock.now())

    def at(self, instant: str) -> None:
        """Let it be later; an instant as text, local time of the office."""
        self.clock.advance(seconds=(parse_instant(instant) - self.clock.now()).total_seconds())

    def work(self, *, analyse: bool = False) -> None:
        """What the loops beside the web do in their next turn."""
        self._uploads.once()
        if analyse:
            self._analysis.once()
        with Indexer(self.office.database, self.office.search_index, self.clock).running() as indexer:
            indexer.drain()
        # Each time as after a restart: to an engine that has ticked, a clock that leaps is not to be trusted.
        EngineLoop(self.office, self.lines.append).once()

    def signed_in(self, browser: Browser, login: str, *, width: int = 1366, height: int = 768) -> Page:
        """A browser of somebody's own, on the desk."""
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        self._contexts.append(context)
        page = context.new_page()
        page.goto(f"{self.address}/sign-in")
        page.get_by_label("登录名").fill(login)
        page.get_by_label("密码").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="值班台")).to_be_visible()
        return page

    def leave(self) -> None:
        """Close every browser, before the server stops: an open stream would hold it up."""
        for context in self._contexts:
            context.close()

    def upload(self, page: Page, path: Path, kind: str) -> None:
        """Bring an export in by the page 导入: send it, look at what was understood, confirm."""
        page.goto(f"{self.address}/imports")
        page.get_by_label("文件（xlsx、xls、csv）").set_input_files(path)
        page.get_by_label("这是哪一种表").select_option(label=kind)
        page.get_by_role("button", name="上传并查看").click()
        self._uploads.once()
        page.reload()
        page.get_by_role("button", name="确认导入").click()
        self._uploads.once()
        page.reload()
        expect(page.get_by_role("heading", name="完成")).to_be_visible()


@contextmanager
def living(data_dir: Path, clock: FixedClock, *, models: Path | None = None) -> Iterator[LivingOffice]:
    """An office whose clock stands at `clock`; `models` is the folder of the built tables."""
    if models is not None:
        (data_dir / "models").symlink_to(models)
    settings = Settings(
        data_dir=data_dir,
        office=OfficeSettings(name="滨江局"),
        crawl=CrawlSettings(contact="desk@office.example"),
    )
    database = open_database(f"sqlite:///{data_dir / 'huiying.db'}")
    migrate(database, clock.now())
    office = Office(settings, clock, database)
    with database.write() as connection:
        channels.ensure_console(connection, office.key, clock.now())
    # What the journeys publish lies on this machine.
    evidence = FetchLimits(seconds=5, allow_private=True)
    services = replace(services_of(office), evidence=evidence)
    with served_app(create_app(services)) as address:
        at_work = LivingOffice(office, clock, address)
        try:
            yield at_work
        finally:
            at_work.leave()
    database.close()
