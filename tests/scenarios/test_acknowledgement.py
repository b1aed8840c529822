"""Group A: who signed for what, and what counts as an answer."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from alerts.ack_links import AckLinks, sign_by_link
from alerts.casework import Law
from alerts.handling import assign
from alerts.reopening import reopen
from api.app import create_app
from core.clock import FixedClock, iso, parse_instant
from core.errors import NotFound
from core.settings import OfficeSettings, ServerSettings, Settings
from core.vocabulary import Channel, Level, Role, Scope
from storage import acknowledgements, sections
from storage.database import Database
from storage.keys import load_or_create_key
from storage.tables import cases, deadlines, people
from tests.alerts.bureau import ROADS, Bureau
from tests.alerts.watchroom import Watchroom
from tests.api.office import WebOffice
from tests.factories import make_record

BASE = "https://huiying.example.cn"


class Night:
    """An incident at night: the notices with their links, and phones without a session."""

    def __init__(self, database: Database, law: Law, clock: FixedClock, data_dir: Path) -> None:
        clock.move_to(parse_instant("2026-03-02T01:00"))
        self.bureau = Bureau(database, law, clock)
        self.office = WebOffice(database, law, clock, data_dir)
        settings = Settings(office=OfficeSettings(name="滨江局"), server=ServerSettings(public_url=BASE))
        services = replace(self.office.services, settings=settings)
        self.phone = TestClient(create_app(services), follow_redirects=False)
        self.room = Watchroom(database, law, clock)
        self.links = AckLinks(load_or_create_key(data_dir).derive("ack"), BASE, timedelta(hours=24))
        self.room.dispatcher = replace(self.room.dispatcher, links=self.links)
        self.case = self.bureau.incident(seen="2026-03-02T01:00", level=Level.I)

    def links_sent(self) -> dict[str, str]:
        """Login → the newest link that reached it, as a path."""
        self.room.engine.tick()
        self.room.dispatcher.drain()
        found = {}
        for sent in self.room.recorder.sent:
            link = re.search(rf"签收：{BASE}(/ack/\S+)", sent.body)
            if link:
                found[sent.address] = link[1]
        return found

    def signed(self) -> list[str]:
        with self.bureau.database.read() as connection:
            rows = acknowledgements.of_cycle(connection, self.case, self.bureau.case(self.case)["cycle"])
        return [row["login"] for row in rows]


@pytest.fixture
def night(database: Database, law: Law, clock: FixedClock, data_dir: Path) -> Night:
    return Night(database, law, clock, data_dir)


def test_a01_fetching_a_link_signs_nothing_and_two_taps_sign(night: Night) -> None:
    link = night.links_sent()["sun"]
    for _ in range(3):
        assert night.phone.get(link).status_code == 200
    night.phone.head(link)
    assert night.signed() == []
    page = night.phone.get(link)
    assert "孙值班签收" in page.text
    assert "Set-Cookie" not in page.headers
    assert page.headers["cache-control"] == "no-store"
    done = night.phone.post(link)
    assert (done.status_code, night.signed()) == (200, ["sun"])
    assert "最先签收的是孙值班" in done.text
    # Pressed again, nothing is recorded twice; and no clock has stopped.
    assert night.phone.post(link).status_code == 200
    assert night.signed() == ["sun"]
    assert night.bureau.states(night.case) == {"incident.first_response": "running"}


def test_a02_a_link_of_an_earlier_cycle_or_level_is_refused_with_what_stands_now(night: Night) -> None:
    first = night.links_sent()["sun"]
    night.bureau.clock.advance(minutes=31)
    night.links_sent()
    # The leader has been called meanwhile: the duty officer's link is of an earlier level.
    told = night.phone.post(first)
    assert (told.status_code, night.signed()) == (409, [])
    assert "已经上报到下一级" in told.text
    leader = night.links_sent()["zhou"]
    with night.bureau.database.write() as connection:
        connection.execute(cases.update().values(state="closed"))
        connection.execute(deadlines.update().values(state="met", met_at=night.bureau.clock.now()))
    night.bureau.do(reopen, night.case, night.bureau.press, night.bureau.law, reason="又涨水")
    told = night.phone.post(leader)
    assert (told.status_code, night.signed()) == (409, [])
    assert "现在是第2轮" in told.text


def test_a06_a_link_is_one_persons_one_cases_and_ends(night: Night) -> None:
    link = night.links_sent()["sun"]
    assert night.phone.get("/ack/1.1.4102444800.AAAAAAAAAAAAAAAAAAAAAA").status_code == 404
    head, _, signature = link.rpartition(".")
    assert night.phone.post(f"{head.replace('/ack/1.', '/ack/2.')}.{signature}").status_code == 404
    with night.bureau.database.write() as connection:
        gone = people.update().where(people.c.login == "sun").values(disabled_at=night.bureau.clock.now())
        connection.execute(gone)
    assert night.phone.post(link).status_code == 404
    press = night.links_sent()["li"]
    night.bureau.clock.advance(hours=25)
    assert night.phone.post(press).status_code == 404
    assert night.signed() == []


def test_a06_a_section_that_has_lost_the_case_cannot_sign_from_an_old_notice(night: Night) -> None:
    bureau = night.bureau
    letter = bureau.letter(make_record("2026-03-02T00:30", section=ROADS))
    night.room.tick_at(parse_instant("2026-03-06T12:00"))
    with bureau.database.read() as connection:
        row = next(one for one in night.room.notices() if one.case_id == letter and one.login == "wang")
        link = night.links.link(connection, row.id, bureau.clock.now())
    token = link.rpartition("/")[2]
    bureau.do(assign, letter, bureau.duty, section="水务科")
    with pytest.raises(NotFound), bureau.database.write() as connection:
        sign_by_link(connection, night.links, token, bureau.clock.now())


def test_a08_one_number_three_times_out_of_order_is_one_case_from_the_earliest_receipt(
    office: WebOffice,
) -> None:
    headers = office.token(Scope.INTAKE, Scope.READ)
    client = office.browser()
    for received, body in [
        ("2026-11-20T10:00+08:00", "路灯还是不亮。"),
        ("2026-11-19T09:00+08:00", "路灯不亮。"),
        ("2026-11-21T11:00+08:00", "路灯不亮,已一周。"),
    ]:
        record = {
            "channel": Channel.LEADER_MAILBOX.value,
            "native_id": "2026-1",
            "title": "路灯不亮",
            "body": body,
            "received_at": received,
        }
        answer = client.post("/api/v1/messages", json=record, headers=headers)
        assert answer.status_code in {200, 201}, answer.text
    with office.database.read() as connection:
        case = connection.execute(sa.select(cases)).mappings().one()
        query = sa.select(deadlines).where(deadlines.c.state == "running")
        clock = connection.execute(query).mappings().one()
    assert iso(case["received_at"]) == "2026-11-19T09:00:00+08:00"
    assert iso(clock["started_at"]) == "2026-11-19T09:00:00+08:00"


def test_a09_a_receipt_in_the_future_is_refused(office: WebOffice) -> None:
    record = {
        "channel": "leader_mailbox",
        "native_id": "2026-2",
        "title": "路灯不亮",
        "body": "路灯不亮。",
        "received_at": iso(office.clock.now() + timedelta(hours=1)),
    }
    answer = office.browser().post("/api/v1/messages", json=record, headers=office.token(Scope.INTAKE))
    assert answer.status_code == 422, answer.text
    with office.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(cases)).scalar() == 0


def test_the_roster_is_read_and_written_on_its_page(office: WebOffice) -> None:
    chief = office.signed_in("zhou", Role.MANAGER)
    office.person("sun", Role.DUTY)
    token = re.search(r'name="csrf" value="([^"]+)"', chief.get("/roster").text)
    assert token is not None

    def send(command: str, **fields: str) -> str:
        answer = chief.post(f"/roster/{command}", data={"csrf": token[1], **fields})
        page = chief.get(answer.headers["location"]) if answer.status_code == 303 else answer
        return page.text

    assert "已新增岗位" in send("post", post="duty", name="总值班", audience="duty", section="")
    assert "空档 1天" in chief.get("/roster").text
    period = {"since": "2026-11-23T08:00", "until": "2026-11-24T08:00"}
    assert "已排班" in send("turn", post="duty", login="sun", **period)
    assert "起止时间颠倒" in send(
        "turn", post="duty", login="sun", since=period["until"], until=period["since"]
    )
    page = chief.get("/roster").text
    assert "现在 张三" in page
    assert "08:00–24:00" in page
    assert "已点名" in send("call")
    told = chief.get("/api/v1/roster").json()
    assert [(one["post"], one["login"]) for one in told["on_duty"]] == [("duty", "sun")]


def test_an_incident_is_supervised_and_its_statement_reviewed_on_its_page(office: WebOffice) -> None:
    """Two people of the desk on one page: an instruction, an order, a draft that one of them passes."""
    press, chief = office.signed_in("li", Role.PRESS), office.signed_in("zhou", Role.MANAGER)
    with office.database.write() as connection:
        sections.ensure(connection, ["市政科"], office.clock.now())
    maker = office.sender("sun", Role.DUTY)
    maker.post("/api/v1/incidents", json={"title": "停水", "suggested_level": "I"})

    def send(browser: TestClient, command: str, **fields: str) -> str:
        page = browser.get("/incidents/1").text
        hidden = dict(re.findall(r'name="(csrf|seq|key)" value="([^"]*)"', page))
        answer = browser.post(f"/incidents/1/{command}", data={**hidden, **fields})
        assert answer.status_code == 303, answer.text
        return browser.get("/incidents/1").text

    send(chief, "assign", section="市政科")
    assert "今天之内到现场" in send(chief, "instruct", text="今天之内到现场")
    assert "还没有人已阅" in chief.get("/incidents/1").text
    assert "已阅：张三" in send(press, "mark_read")
    page = send(chief, "supervise", demand="查明原因", due_at="2026-11-24T09:00")
    assert "待反馈" in page
    assert "督办件反馈" in page
    page = send(press, "draft", title="情况通报", text="柳河路停水,正在抢修。")
    assert "已审核通过" in page  # this office has set no steps


def test_several_cases_are_assigned_at_once_from_the_desk(office: WebOffice) -> None:
    office.receive(make_record("2026-11-20T09:00"), make_record("2026-11-20T10:00", title="井盖松动"))
    with office.database.write() as connection:
        sections.ensure(connection, ["市政科"], office.clock.now())
    chief = office.signed_in("zhou", Role.MANAGER)
    token = re.search(r'name="csrf" value="([^"]+)"', chief.get("/desk").text)
    assert token is not None
    form = {"csrf": token[1], "section": "市政科", "case": ["1", "2", "4711"]}
    page = chief.post("/desk/assign", data=form).text
    assert "已交办 2 件" in page
    assert "办件4711" in page
    with office.database.read() as connection:
        found = connection.execute(sa.select(cases.c.section)).scalars().all()
    assert found == ["市政科", "市政科"]
