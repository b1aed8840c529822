"""签收链接: a link in a notice with which one person may sign for one case, once, without signing in.

The link says which notice it belongs to, in which cycle, and until when; the rest stands in the database, so
whoever has left, or whatever has moved on, is seen when it is opened. Fetching it signs nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.actors import Actor
from alerts.handling import acknowledge
from alerts.steps import Act, Outcome
from core.clock import UTC
from core.errors import Conflict, NotFound
from core.labels import label
from core.vocabulary import CaseState, Command, Role
from storage import cases, notices, people, planned_actions
from storage.database import Connection, Row

# Notices that ask for, or speak of, a case that somebody should have seen.
_KINDS = frozenset({"warn", "remind", "remind_again", "countersign", "due", "escalate"})
_SIGNATURE = 16
_PARTS = 4
_PATH = "/ack/"


@dataclass(frozen=True, repr=False)
class AckLinks:
    """How links are made and read.

    Attributes:
        key: derived from the data folder's key for this purpose alone.
        base_url: where people reach the pages, without a slash at the end; empty for no links.
        lasts: how long a link can be used.
    """

    key: bytes
    base_url: str
    lasts: timedelta

    def link(self, connection: Connection, notice_id: int, now: datetime) -> str:
        """The address for one notice; empty where there is nothing to sign, or nobody could reach it."""
        notice = notices.get(connection, notice_id)
        if not self.base_url or notice is None or notice["case_id"] is None or notice["kind"] not in _KINDS:
            return ""
        cycle = cases.get(connection, notice["case_id"])["cycle"]
        return f"{self.base_url}{_PATH}{self._token(notice_id, cycle, now + self.lasts)}"

    def read(self, token: str, now: datetime) -> tuple[int, int]:
        """Number of the notice, and the cycle it was about.

        Raises:
            NotFound: no link of ours, or its time is over.
        """
        parts = token.split(".")
        if len(parts) != _PARTS or not all(part.isascii() and part.isdigit() for part in parts[:3]):
            raise _dead()
        notice_id, cycle, until = (int(part[:18]) for part in parts[:3])
        expires_at = datetime.fromtimestamp(min(until, 4_102_444_800), UTC)
        expected = self._token(notice_id, cycle, expires_at)
        if not hmac.compare_digest(expected.encode(), token.encode()) or now >= expires_at:
            raise _dead()
        return notice_id, cycle

    def _token(self, notice_id: int, cycle: int, until: datetime) -> str:
        body = f"{notice_id}.{cycle}.{int(until.timestamp())}"
        digest = hmac.new(self.key, body.encode(), hashlib.sha256).digest()[:_SIGNATURE]
        return f"{body}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link leads to.

    Attributes:
        actor: whose link it is.
        cycle: the one the notice was about.
        moved_on: why it cannot be signed from here any more, or empty.
    """

    actor: Actor
    case: Row
    notice: Row
    cycle: int
    moved_on: str


def open_link(connection: Connection, links: AckLinks, token: str, now: datetime) -> Opened:
    """Look at what a link leads to; nothing is signed.

    Raises:
        NotFound: no link of ours, its time is over, its person has left or no longer sees the case.
    """
    notice_id, cycle = links.read(token, now)
    notice = notices.get(connection, notice_id)
    if notice is None or notice["case_id"] is None:
        raise _dead()
    person = people.get(connection, notice["person_id"])
    case = cases.get(connection, notice["case_id"])
    role = Role(person["role"])
    if person["disabled_at"] is not None or (role is Role.HANDLER and case["section"] != person["section"]):
        raise _dead()
    actor = Actor(person["id"], person["login"], person["name"], role, person["section"])
    return Opened(actor, case, notice, cycle, _moved_on(connection, notice, case, cycle))


def sign_by_link(
    connection: Connection, links: AckLinks, token: str, now: datetime
) -> tuple[Opened, Outcome]:
    """签收: the signature of the link's person, once; a second press gives the first answer again.

    Raises:
        NotFound: see `open_link`.
        Conflict: the case is in another cycle or has gone up a level since; the present state is said.
        NotAllowed: the person's role signs for no such case.
    """
    opened = open_link(connection, links, token, now)
    cases.lock(connection, opened.case["id"])
    opened = open_link(connection, links, token, now)
    if opened.moved_on:
        raise Conflict(
            opened.moved_on,
            mend="请登录后打开办件，按现在的情况签收。",
            code="ack.moved_on",
            status=opened.case["state"],
            command=Command.ACKNOWLEDGE.value,
        )
    outcome = acknowledge(connection, opened.case["id"], Act(opened.actor, now), cycle=opened.cycle)
    return opened, outcome


def _moved_on(connection: Connection, notice: Row, case: Row, cycle: int) -> str:
    state = label(CaseState(case["state"]))
    if case["cycle"] != cycle:
        return f"这条通知针对第{cycle}轮办理，现在是第{case['cycle']}轮，状态是“{state}”。"
    asked = {one["audience"] for one in notice["resolved"] if "audience" in one}
    higher = planned_actions.called_later(connection, notice["deadline_id"], notice["created_at"], asked)
    if higher is not None:
        return f"这件事已经上报到下一级，现在的状态是“{state}”。"
    return ""


def _dead() -> NotFound:
    return NotFound("链接已经失效。", mend="请登录后打开办件签收。", code="ack.dead_link")
