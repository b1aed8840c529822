"""Uploading a file on the page and through the interface, to its import, its mending and its undoing."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.app import create_app
from api.security.accounts import NewPerson, add_person
from api.security.secrets import hashed, new_secret
from core.clock import FixedClock
from core.vocabulary import Role, Scope
from huiying.intake.uploads import Uploads
from huiying.office import Office
from huiying.serving import services_of
from storage import tokens
from storage.tables import events, messages, quarantine
from storage.tables import uploads as uploads_table

GOOD = "留言编号,留言主题,留言时间,留言详情\n1,路灯不亮,2026/3/2 9:00:00,门口的路灯坏了 13800138000\n"
MIXED = GOOD + "2,噪音,不知道,夜里施工\n"
PASSWORD = "correct horse 12"


@pytest.fixture
def worker(office: Office) -> Uploads:
    return Uploads(office)


@pytest.fixture
def browser(office: Office) -> TestClient:
    """Somebody of the press section who has signed in."""
    new = NewPerson("press", "新闻", Role.PRESS, "", PASSWORD, must_change_password=False)
    with office.database.write() as connection:
        add_person(connection, new, actor="test", now=office.clock.now())
    client = TestClient(create_app(services_of(office)), follow_redirects=False)
    csrf = _csrf(client.get("/sign-in").text)
    client.post("/sign-in", data={"login": "press", "password": PASSWORD, "csrf": csrf})
    return client


def _csrf(html: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    return found.group(1) if found else ""


def send(browser: TestClient, text: str, name: str = "三月.csv", **fields: str) -> str:
    """Upload a file on the page; the address of its own page."""
    csrf = _csrf(browser.get("/imports").text)
    answer = browser.post(
        "/imports",
        data={"csrf": csrf, "kind": "mailbox", **fields},
        files={"file": (name, text.encode(), "text/csv")},
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def press(browser: TestClient, address: str, command: str) -> int:
    csrf = _csrf(browser.get(address).text)
    return browser.post(f"{address}/{command}", data={"csrf": csrf}).status_code


def stored(office: Office) -> int:
    with office.database.read() as connection:
        query = sa.select(sa.func.count()).select_from(messages).where(messages.c.withdrawn_at.is_(None))
        return connection.execute(query).scalar_one()


def staged_files(office: Office) -> list[Path]:
    return list((office.settings.data_dir / "staging").iterdir())


def test_an_upload_is_shown_before_anything_is_stored_and_imported_once_confirmed(
    office: Office, worker: Uploads, browser: TestClient
) -> None:
    address = send(browser, MIXED)
    assert "正在查看" in browser.get(address).text
    assert worker.once() == 1
    page = browser.get(address).text
    assert "等待确认" in page
    assert "来文时间</td><td>留言时间" in page
    assert "隔离：“留言时间”中的“不知道”不是有效的时间。" in page
    assert "13800138000" not in page
    assert stored(office) == 0
    assert press(browser, address, "confirm") == 303
    worker.once()
    page = browser.get(address).text
    assert "完成" in page
    assert "隔离 1 行" in page
    assert stored(office) == 1
    assert staged_files(office) == []


def test_the_staged_file_cannot_be_read_without_the_key(
    office: Office, worker: Uploads, browser: TestClient
) -> None:
    send(browser, GOOD)
    (sealed,) = staged_files(office)
    assert b"13800138000" not in sealed.read_bytes()


def test_what_was_left_out_is_downloaded_mended_and_imported(
    office: Office, worker: Uploads, browser: TestClient
) -> None:
    address = send(browser, MIXED)
    worker.once()
    press(browser, address, "confirm")
    worker.once()
    csrf = _csrf(browser.get(address).text)
    got = browser.post(f"{address}/quarantine.xlsx", data={"csrf": csrf})
    book = openpyxl.load_workbook(io.BytesIO(got.content))
    book.worksheets[0]["C2"] = "2026/3/3 10:00:00"
    mended = io.BytesIO()
    book.save(mended)
    answer = browser.post(
        "/imports",
        data={"csrf": csrf, "kind": "mailbox"},
        files={"file": ("改好.xlsx", mended.getvalue(), "application/octet-stream")},
    )
    worker.once()
    press(browser, answer.headers["location"], "confirm")
    worker.once()
    assert stored(office) == 2
    with office.database.read() as connection:
        tags = connection.execute(sa.select(events.c.tag, events.c.actor)).all()
    assert ("quarantine:opened", "新闻") in [tuple(one) for one in tags]


def test_a_discarded_upload_leaves_nothing(office: Office, worker: Uploads, browser: TestClient) -> None:
    address = send(browser, GOOD)
    worker.once()
    assert press(browser, address, "discard") == 303
    assert press(browser, address, "confirm") == 409
    assert worker.once() == 0
    assert (stored(office), staged_files(office)) == (0, [])


def test_an_import_is_taken_back_on_its_page(office: Office, worker: Uploads, browser: TestClient) -> None:
    address = send(browser, GOOD)
    worker.once()
    press(browser, address, "confirm")
    worker.once()
    assert press(browser, address, "undo") == 303
    assert "已撤销" in browser.get(address).text
    assert stored(office) == 0
    assert press(browser, address, "undo") == 409


def test_a_file_that_cannot_be_read_says_why(office: Office, worker: Uploads, browser: TestClient) -> None:
    address = send(browser, "a,b,c\n1,2,3\n", name="../../etc/passwd\x07.csv")
    worker.once()
    page = browser.get(address).text
    assert "找不到认识的表头" in page
    assert "../" not in page
    assert staged_files(office) == []


def test_too_many_unreadable_rows_are_shown_first_and_stop_what_nobody_looked_at(
    office: Office, worker: Uploads, browser: TestClient
) -> None:
    bad = GOOD + "".join(f"{number},噪音,不知道,夜里施工\n" for number in range(2, 30))
    address = send(browser, bad)
    worker.once()
    assert "有 97% 的行读不了，多半是列认错了" in browser.get(address).text
    press(browser, address, "confirm")
    worker.once()
    assert "隔离 28 行" in browser.get(address).text
    assert stored(office) == 1
    secret, now = new_secret(), office.clock.now()
    with office.database.write() as connection:
        tokens.add(
            connection,
            name="平台",
            token_hash=hashed(secret),
            scopes=[Scope.INTAKE, Scope.READ],
            now=now,
            expires_at=now + timedelta(days=1),
        )
    program = TestClient(create_app(services_of(office)), headers={"Authorization": f"Bearer {secret}"})
    form = {"kind": "mailbox", "source": "平台"}
    sent = program.post("/api/v1/imports", data=form, files={"file": ("a.csv", bad.encode())})
    worker.once()
    seen = program.get(f"/api/v1/imports/{sent.json()['id']}").json()
    assert (seen["state"], seen["error"]["code"]) == ("refused", "import.too_many_rejected")
    assert "28 行读不了" in seen["error"]["message"]


def test_an_unconfirmed_upload_is_thrown_away_after_a_week(
    office: Office, worker: Uploads, browser: TestClient, clock: FixedClock
) -> None:
    send(browser, GOOD)
    worker.once()
    clock.advance(days=8)
    worker.once()
    with office.database.read() as connection:
        assert connection.execute(sa.select(uploads_table.c.state)).scalar_one() == "discarded"
    assert staged_files(office) == []


def test_a_wrong_mapping_is_refused_before_the_file_is_kept(office: Office, browser: TestClient) -> None:
    csrf = _csrf(browser.get("/imports").text)
    answer = browser.post(
        "/imports",
        data={"csrf": csrf, "kind": "mailbox", "mapping": "[columns]\nnonsense = 'x'"},
        files={"file": ("a.csv", GOOD.encode(), "text/csv")},
    )
    assert answer.status_code == 422
    assert "nonsense" in answer.text


def test_a_program_uploads_and_asks_how_far_it_is(office: Office, worker: Uploads) -> None:
    secret = new_secret()
    with office.database.write() as connection:
        tokens.add(
            connection,
            name="热线",
            token_hash=hashed(secret),
            scopes=[Scope.INTAKE, Scope.READ],
            now=office.clock.now(),
            expires_at=office.clock.now() + timedelta(days=1),
        )
    client = TestClient(create_app(services_of(office)), headers={"Authorization": f"Bearer {secret}"})
    sent = client.post(
        "/api/v1/imports",
        data={"kind": "mailbox"},
        files={"file": ("a.csv", MIXED.encode(), "text/csv")},
        headers={"Idempotency-Key": "k1"},
    )
    assert (sent.status_code, sent.json()["state"]) == (202, "uploaded")
    again = client.post(
        "/api/v1/imports",
        data={"kind": "mailbox"},
        files={"file": ("a.csv", MIXED.encode(), "text/csv")},
        headers={"Idempotency-Key": "k1"},
    )
    assert again.json() == sent.json()
    worker.once()
    got = client.get(f"/api/v1/imports/{sent.json()['id']}").json()
    assert (got["state"], got["import"], got["rows"]) == ("done", 1, 2)
    assert got["counts"] == {
        "read": 2,
        "stored": 1,
        "revised": 0,
        "duplicate": 0,
        "quarantined": 1,
        "ignored": 0,
        "warnings": 0,
    }
    assert client.get("/api/v1/imports/99").status_code == 404
    with office.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(quarantine)).scalar_one() == 1
