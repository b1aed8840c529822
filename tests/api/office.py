"""A small office on the web: its people, its messages, and a browser for each of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from fastapi.testclient import TestClient
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from alerts.casework import Law, Origin, Registrar
from alerts.evidence import FetchLimits
from alerts.incident_rules import load_incident_rules
from api.app import create_app
from api.security.secrets import hashed, new_secret
from api.services import Services
from core.clock import FixedClock
from core.model import MessageRecord
from core.redact import Redactor
from core.rulebook import rules_folder
from core.settings import OfficeSettings, Settings
from core.vocabulary import Role, Scope
from core.working_days import load_calendar
from storage import messages, people, sections, sources, tokens
from storage.database import Database
from storage.search.indexer import Indexer
from storage.search.tantivy_index import TantivyIndex

PASSWORD = "correct horse 12"
# The same algorithm at its least cost: signing in is real and takes a millisecond, not two hundred.
_CHEAP_HASH = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)).hash(PASSWORD)


class WebOffice:
    """The application over one database, with a clock that the test moves."""

    def __init__(self, database: Database, law: Law, clock: FixedClock, data_dir: Path) -> None:
        self.database, self.law, self.clock = database, law, clock
        self.services = Services(
            database=database,
            clock=clock,
            settings=Settings(office=OfficeSettings(name="滨江局")),
            rulebook=law.rulebook,
            calendar=load_calendar(rules_folder() / "calendar"),
            due_times=law.due_times,
            law=law,
            data_dir=data_dir,
            incident_rules=load_incident_rules(rules_folder() / "incidents.yml"),
            redactor=Redactor(b"test"),
            search=TantivyIndex(data_dir / "search"),
            # The pages that tests publish lie on this machine.
            evidence=FetchLimits(seconds=5, allow_private=True),
        )
        self.app = create_app(self.services)

    def browser(self) -> TestClient:
        """A browser in which nobody has signed in; it does not follow redirects by itself."""
        return TestClient(self.app, follow_redirects=False)

    def person(
        self, login: str, role: Role = Role.MANAGER, *, section: str = "", temporary: bool = False
    ) -> int:
        """Enter somebody whose password is `PASSWORD`; their id."""
        with self.database.write() as connection:
            sections.ensure(connection, [section], self.clock.now())
            return people.add(
                connection,
                login=login,
                name="张三",
                role=role,
                section=section,
                password_hash=_CHEAP_HASH,
                must_change_password=temporary,
                now=self.clock.now(),
            )

    def signed_in(self, login: str, role: Role = Role.MANAGER, *, section: str = "") -> TestClient:
        """A browser in which a new person has signed in through the page."""
        self.person(login, role, section=section)
        browser = self.browser()
        answer = browser.post("/sign-in", data={"login": login, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return browser

    def sender(self, login: str, role: Role = Role.PRESS, *, section: str = "") -> TestClient:
        """A program in which a new person has signed in; it sends the token that writes need."""
        self.person(login, role, section=section)
        client = self.browser()
        opened = client.post("/api/v1/session", json={"login": login, "password": PASSWORD})
        client.headers["X-CSRF-Token"] = opened.json()["csrf_token"]
        return client

    def token(self, *scopes: Scope, days: int = 1) -> dict[str, str]:
        """The header of a machine client."""
        secret, now = new_secret(), self.clock.now()
        with self.database.write() as connection:
            tokens.add(
                connection,
                name="测试",
                token_hash=hashed(secret),
                scopes=scopes,
                now=now,
                expires_at=now + timedelta(days=days),
            )
        return {"Authorization": f"Bearer {secret}"}

    def index(self) -> None:
        """Let the search index catch up."""
        with Indexer(self.database, self.services.search, self.clock).running() as indexer:
            indexer.drain()

    def receive(self, *records: MessageRecord) -> None:
        """Let messages come in and their clocks start."""
        with self.database.write() as connection:
            now = self.clock.now()
            for record in records:
                source = sources.ensure(connection, record.channel.value, record.channel, now)
                stored = messages.insert(connection, source.id, [record], import_id=None, now=now)
                Registrar(self.law, Origin(None, "测试")).register(connection, stored, now)
