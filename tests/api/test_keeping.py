"""The pages and routes of those who look after the installation: channels and the audit trail."""

from __future__ import annotations

import csv
import io
import re

import pytest
import sqlalchemy as sa
from pytest_httpserver import HTTPServer

from core.vocabulary import ChannelKind, Role, Scope, Tag
from storage import channels, events
from storage.events import OFFICE_STREAM, Draft
from storage.keys import load_or_create_key
from tests.api.office import WebOffice
from tests.factories import make_record


def with_robot(office: WebOffice, server: HTTPServer, answer: object, *, allow_private: bool = True) -> int:
    """A WeCom robot of the office that answers as told."""
    server.expect_request("/robot").respond_with_json(answer)
    settings = {"url": server.url_for("/robot?key=very-secret"), "allow_private": allow_private}
    with office.database.write() as connection:
        seal = load_or_create_key(office.services.data_dir)
        return channels.add(connection, "群机器人", ChannelKind.WECOM, settings, seal, office.clock.now())


def csrf(html: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found is not None
    return found[1]


def test_an_administrator_sends_a_test_from_the_page_and_reads_how_it_ended(
    office: WebOffice, httpserver: HTTPServer
) -> None:
    with_robot(office, httpserver, {"errcode": 0})
    browser = office.signed_in("guanli", Role.ADMIN)
    page = browser.get("/channels").text
    assert "very-secret" not in page
    form = {"csrf": csrf(page), "channel": "群机器人", "address": "13800138000"}
    answer = browser.post("/channels/test", data=form)
    assert "已接收" in answer.text
    (request, _), *rest = httpserver.log
    assert rest == []
    assert "这是一条测试通知" in request.get_data(as_text=True)
    with office.database.read() as connection:
        tags = [one["tag"] for one in events.of_stream(connection, OFFICE_STREAM)]
    assert Tag.CHANNEL_TESTED.value in tags
    assert "正常" in browser.get("/channels").text


def test_a_robot_that_refuses_in_its_body_is_told_as_a_failure(
    office: WebOffice, httpserver: HTTPServer
) -> None:
    with_robot(office, httpserver, {"errcode": 93000, "errmsg": "invalid webhook url"})
    browser = office.signed_in("guanli", Role.ADMIN)
    form = {"csrf": csrf(browser.get("/channels").text), "channel": "群机器人", "address": "13800138000"}
    assert "发送失败：对方返回错误码 93000" in browser.post("/channels/test", data=form).text


def test_n12_the_test_refuses_an_inside_address_as_delivery_does(
    office: WebOffice, httpserver: HTTPServer
) -> None:
    with_robot(office, httpserver, {"errcode": 0}, allow_private=False)
    sender = office.sender("guanli", Role.ADMIN)
    answer = sender.post("/api/v1/channels/群机器人/test", json={"address": "13800138000"})
    assert answer.json()["state"] == "failed"
    assert "内部网络" in answer.json()["detail"]
    assert httpserver.log == []


def test_a_test_over_the_interface_is_sent_once_under_its_key(
    office: WebOffice, httpserver: HTTPServer
) -> None:
    with_robot(office, httpserver, {"errcode": 0})
    sender = office.sender("guanli", Role.ADMIN)
    first, second = (
        sender.post(
            "/api/v1/channels/群机器人/test",
            json={"address": "13800138000"},
            headers={"Idempotency-Key": "k"},
        )
        for _ in range(2)
    )
    assert first.json() == second.json()
    assert first.json()["state"] == "accepted"
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("role", [Role.DUTY, Role.MANAGER])
def test_channels_are_the_administrators_alone(office: WebOffice, httpserver: HTTPServer, role: Role) -> None:
    with_robot(office, httpserver, {"errcode": 0})
    client = office.sender("other", role)
    assert client.get("/channels").status_code == 403
    assert client.get("/api/v1/channels").status_code == 403
    assert client.post("/api/v1/channels/群机器人/test", json={}).status_code == 403
    assert client.post("/api/v1/channels/群机器人/switch", json={"enabled": False}).status_code == 403
    assert httpserver.log == []


def test_a_token_needs_the_scope_to_read_channels(office: WebOffice) -> None:
    browser = office.browser()
    assert browser.get("/api/v1/channels", headers=office.token(Scope.READ)).status_code == 403
    answer = browser.get("/api/v1/channels", headers=office.token(Scope.ADMIN))
    assert answer.json() == {"items": [], "next": None, "total": 0}


def test_a_channel_is_switched_off_and_on_again(office: WebOffice, httpserver: HTTPServer) -> None:
    with_robot(office, httpserver, {"errcode": 0})
    sender = office.sender("guanli", Role.ADMIN)
    off = sender.post("/api/v1/channels/群机器人/switch", json={"enabled": False})
    assert off.json() == {"channel": "群机器人", "enabled": False}
    refused = sender.post("/api/v1/channels/群机器人/test", json={"address": "13800138000"})
    assert (refused.status_code, refused.json()["code"]) == (409, "channel.disabled")
    assert sender.post("/api/v1/channels/群机器人/switch", json={"enabled": True}).status_code == 200
    console = sender.post("/api/v1/channels/console/switch", json={"enabled": False})
    assert console.json()["code"] == "channel.console"


def test_the_trail_of_a_case_is_shown_verified_and_exported(office: WebOffice) -> None:
    office.receive(make_record("2026-11-10T09:00", title="电梯坏了", section="特设科"))
    browser = office.signed_in("duban", Role.MANAGER)
    page = browser.get("/audit?case=1").text
    assert "办件 1：电梯坏了" in page
    assert "登记" in page
    verified = browser.post("/audit/verify", data={"csrf": csrf(page), "case": "1"}).text
    assert "一条不缺" in verified
    rows = list(csv.reader(io.StringIO(browser.get("/audit/export?case=1").content.decode("utf-8-sig"))))
    assert [row[2] for row in rows[1:]] == ["case:registered"]
    assert rows[1][8] in page.replace("title=", "")


def test_an_exported_cell_is_never_a_formula(office: WebOffice) -> None:
    draft = Draft(OFFICE_STREAM, Tag.SECTION_ADDED, "human", "=1+1", office.clock.now(), {})
    with office.database.write() as connection:
        events.append(connection, [draft], office.clock.now())
    browser = office.signed_in("duban", Role.MANAGER)
    rows = list(csv.reader(io.StringIO(browser.get("/audit/export").content.decode("utf-8-sig"))))
    assert "'=1+1" in [row[3] for row in rows]


def test_a_long_trail_is_paged(office: WebOffice) -> None:
    now = office.clock.now()
    drafts = [Draft(OFFICE_STREAM, Tag.SECTION_ADDED, "human", "a", now, {"n": n}) for n in range(130)]
    with office.database.write() as connection:
        events.append(connection, drafts, now)
    browser = office.signed_in("duban", Role.MANAGER)
    first = browser.get("/audit").text
    assert "after=100" in first
    assert "上一页" in browser.get("/audit?case=0&after=100").text
    headers = office.token(Scope.ADMIN)
    page = browser.get("/api/v1/audit/0?limit=50&after=100", headers=headers).json()
    assert page["items"][0]["seq"] == 101
    assert page["next"] is None
    assert browser.get("/api/v1/audit/99", headers=headers).status_code == 404
    assert browser.get("/audit?case=99").status_code == 404


def test_r9_an_edit_behind_our_back_is_named(office: WebOffice) -> None:
    office.receive(make_record("2026-11-10T09:00"), make_record("2026-11-11T09:00"))
    with office.database.write() as connection:
        for statement in _without_guard(connection.dialect.name):
            connection.execute(sa.text(statement))
        connection.execute(sa.text("UPDATE events SET actor = '别人' WHERE stream = 2 AND seq = 1"))
    browser = office.signed_in("duban", Role.MANAGER)
    page = browser.get("/audit").text
    answer = browser.post("/audit/verify", data={"csrf": csrf(page), "case": "0"})
    assert "第一处问题在 2/1" in answer.text
    verdict = browser.get("/api/v1/audit/verify", headers=office.token(Scope.ADMIN)).json()
    assert (verdict["ok"], verdict["first_bad"]) == (False, "2/1")


def _without_guard(dialect: str) -> list[str]:
    """What somebody who owns the database can do to the triggers."""
    if dialect == "postgresql":
        return ["ALTER TABLE events DISABLE TRIGGER ALL"]
    return ["DROP TRIGGER events_refuse_UPDATE"]


def test_the_audit_page_is_for_managers_and_administrators(office: WebOffice) -> None:
    browser = office.signed_in("other", Role.HANDLER, section="一科")
    assert browser.get("/audit").status_code == 403
    assert browser.get("/audit/export").status_code == 403
    assert browser.get("/api/v1/audit/0").status_code == 403
