"""定时报送: a paper is drafted at its time, mailed once signed, and what went is kept."""

from __future__ import annotations

import io
import socketserver
import threading
from collections.abc import Iterator
from datetime import time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from docx import Document

from alerts.actors import Actor
from api.security.accounts import NewPerson, add_person
from core.clock import FixedClock, iso, parse_instant
from core.errors import InvalidInput, NotAllowed
from core.rulebook import rules_folder
from core.vocabulary import ChannelKind, PaperKind, Role
from core.working_days import WorkCalendar, load_calendar
from huiying.delivery_loop import DeliveryLoop
from huiying.office import Office
from reports.papers import delivering, filing
from reports.papers.delivering import NewSchedule
from reports.papers.scheduling import Every, Timing
from storage import channels, paper_deliveries, papers
from storage.database import Row
from tests.api.office import PASSWORD


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server on this machine: keeps what it takes in, refuses addresses as told."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.refusal: str | None = None
        super().__init__(("127.0.0.1", 0), _Talk)


class _Talk(socketserver.StreamRequestHandler):
    """The server's side of RFC 5321."""

    server: MailServer

    def handle(self) -> None:
        self._say("220 test")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"RCPT" and self.server.refusal:
                self._say(self.server.refusal)
            elif verb == b"DATA":
                self._say("354 go")
                text = b""
                while not text.endswith(b"\r\n.\r\n"):
                    text += self.rfile.readline()
                mail = message_from_bytes(text.removesuffix(b".\r\n"), policy=default)
                assert isinstance(mail, EmailMessage)
                self.server.taken.append(mail)
                self._say("250 queued")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def manager(office: Office, mail: MailServer) -> Actor:
    """A manager, and a mail channel that leads to the server."""
    now = office.clock.now()
    with office.database.write() as connection:
        settings = {"host": "127.0.0.1", "port": mail.server_address[1], "sender": "desk@office.example"}
        channels.add(connection, "mail", ChannelKind.SMTP, settings, office.key, now)
        new = NewPerson("juzhang", "局小长", Role.MANAGER, "", PASSWORD, must_change_password=False)
        number = add_person(connection, new, actor="测试", now=now)
    return Actor(number, "juzhang", "局小长", Role.MANAGER)


def schedule(office: Office, actor: Actor, *, signed: bool = True, **changed: Any) -> int:
    given: dict[str, Any] = {
        "kind": PaperKind.DAILY_BRIEFING,
        "timing": Timing(Every.WORKING_DAY, time(8, 30)),
        "addresses": ("fenguan@office.example", "bangongshi@office.example"),
        "channel": "mail",
        "needs_signature": signed,
    }
    new = NewSchedule(**(given | changed))
    with office.database.write() as connection:
        return delivering.add(connection, actor, new, office.calendar, office.clock.now())


def history(office: Office) -> list[Row]:
    with office.database.read() as connection:
        return list(paper_deliveries.history(connection, limit=50))


CALENDAR: WorkCalendar = load_calendar(rules_folder() / "calendar")


@pytest.mark.parametrize(
    ("timing", "after", "due", "period"),
    [
        (Timing(Every.DAY, time(8)), "2026-11-23T09:00", "2026-11-24T08:00", "2026-11-23/2026-11-23"),
        (Timing(Every.DAY, time(8)), "2026-11-23T08:00", "2026-11-24T08:00", "2026-11-23/2026-11-23"),
        # Monday tells of the weekend, the first day after the holiday of all of it.
        (Timing(Every.WORKING_DAY, time(8)), "2026-11-20T09:00", "2026-11-23T08:00", "2026-11-20/2026-11-22"),
        (Timing(Every.WORKING_DAY, time(8)), "2026-09-30T09:00", "2026-10-08T08:00", "2026-09-30/2026-10-07"),
        (Timing(Every.WEEK, time(8), 1), "2026-11-23T09:00", "2026-11-30T08:00", "2026-11-23/2026-11-29"),
        (Timing(Every.MONTH, time(8), 3), "2026-11-23T09:00", "2026-12-03T08:00", "2026-11-01/2026-11-30"),
    ],
)
def test_a_paper_is_due_at_its_time_and_tells_of_what_was_not_told(
    timing: Timing, after: str, due: str, period: str
) -> None:
    due_at = timing.next_after(parse_instant(after), CALENDAR)
    assert iso(due_at) == f"{due}:00+08:00"
    told = timing.period(due_at, CALENDAR)
    assert f"{told.since}/{told.until}" == period


def test_a_paper_goes_to_everybody_once_it_is_signed_and_the_version_is_kept(
    office: Office, clock: FixedClock, manager: Actor, mail: MailServer
) -> None:
    schedule(office, manager)
    loop = DeliveryLoop(office)
    assert loop.once().drafted == 0
    clock.advance(hours=24)
    assert loop.once().drafted == 1
    assert loop.once().drafted == 0
    assert mail.taken == []
    with office.database.write() as connection:
        (paper,) = papers.listed(connection, before=None, limit=9)
        filing.sign(connection, paper["id"], manager, clock.now(), version=1)
    clock.advance(minutes=1)
    assert loop.once().sent == 2
    assert loop.once().sent == 0
    assert sorted(str(one["To"]) for one in mail.taken) == [
        "bangongshi@office.example",
        "fenguan@office.example",
    ]
    (attached,) = list(mail.taken[0].iter_attachments())
    assert attached.get_filename() == f"{paper['title']}.docx"
    text = "\n".join(one.text for one in Document(io.BytesIO(attached.get_content())).paragraphs)
    assert "2026年11月23日" in text
    rows = history(office)
    assert {(row["state"], row["version"]) for row in rows} == {("sent", 2)}
    assert all(len(row["file_sha256"]) == 64 for row in rows)


def test_a_refused_address_is_given_up_and_a_busy_server_is_tried_again(
    office: Office, clock: FixedClock, manager: Actor, mail: MailServer
) -> None:
    schedule(office, manager, signed=False, addresses=("a@office.example",))
    loop = DeliveryLoop(office)
    clock.advance(hours=24)
    mail.refusal = "451 try later"
    assert loop.once().again == 1
    assert loop.once().again == 0
    mail.refusal = None
    clock.advance(minutes=2)
    assert loop.once().sent == 1
    clock.advance(hours=24)
    mail.refusal = "550 no such user"
    assert loop.once().failed == 1
    newest = history(office)[0]
    assert (newest["state"], newest["detail"]) == ("failed", "收件地址被拒绝(550)")


def test_a_withdrawn_paper_is_not_sent(office: Office, clock: FixedClock, manager: Actor) -> None:
    schedule(office, manager)
    clock.advance(hours=24)
    loop = DeliveryLoop(office)
    loop.once()
    with office.database.write() as connection:
        filing.withdraw(connection, 1, manager, clock.now(), reason="重拟")
    loop.once()
    assert {row["state"] for row in history(office)} == {"dropped"}


def test_after_a_long_stop_one_paper_is_drafted_and_not_one_a_day(
    office: Office, clock: FixedClock, manager: Actor
) -> None:
    number = schedule(office, manager)
    clock.advance(hours=24 * 9)
    assert DeliveryLoop(office).once().drafted == 1
    with office.database.read() as connection:
        (row,) = paper_deliveries.schedules(connection)
        assert len(papers.listed(connection, before=None, limit=9)) == 1
    assert (row["id"], iso(row["next_at"])) == (number, "2026-12-03T08:30:00+08:00")


@pytest.mark.parametrize(
    "wrong",
    [
        {"addresses": ()},
        {"addresses": ("nobody",)},
        {"addresses": ("a@b.example\nBcc: x@y.example",)},
        {"kind": PaperKind.SPECIAL_REPORT},
        {"timing": Timing(Every.WEEK, time(8), 8)},
        {"channel": ""},
    ],
)
def test_what_cannot_be_sent_is_refused(office: Office, manager: Actor, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        schedule(office, manager, **wrong)


def test_a_section_plans_nothing(office: Office, manager: Actor) -> None:
    with pytest.raises(NotAllowed):
        schedule(office, Actor(manager.person_id, "x", "承小办", Role.HANDLER, "市政科"))
