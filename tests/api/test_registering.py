"""A call, a letter or a visitor typed in, with files judged by their content and kept out of sight."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from core.vocabulary import Role
from storage import sections
from storage.tables import attachments, cases, messages
from tests.api.office import WebOffice

PDF = b"%PDF-1.7\nscanned letter"
TYPED = {
    "way": "来访",
    "channel": "petition",
    "title": "楼道照明",
    "body": "住户说楼道没有灯,电话13800138000",
    "author_name": "陈大文",
    "author_key": "13800138000",
    "section": "市政科",
    "received_at": "2026-11-23T08:30",
}


@pytest.fixture
def duty(office: WebOffice) -> TestClient:
    with office.database.write() as connection:
        sections.ensure(connection, ["市政科", "城管科"], office.clock.now())
    return office.signed_in("duty", Role.DUTY)


def submit(browser: TestClient, *files: tuple[str, bytes], **changed: str) -> tuple[int, str]:
    """Status and where the browser is sent, or the text of the page."""
    answer = browser.post(
        "/messages/new",
        data={"csrf": _csrf(browser), **TYPED, **changed},
        files=[("files", (name, content, "text/html")) for name, content in files],
    )
    return answer.status_code, answer.headers.get("location") or answer.text


def _csrf(browser: TestClient) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get("/messages/new").text)
    assert found
    return found.group(1)


def rows(office: WebOffice, table: sa.Table) -> int:
    with office.database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_a_visitor_becomes_a_case_with_masked_words_and_kept_files(
    office: WebOffice, duty: TestClient
) -> None:
    status, where = submit(duty, ("来信.html", PDF))
    assert (status, where) == (303, "/cases/1")
    page = duty.get(where).text
    assert "138****8000" in page
    assert "陈**" in page
    assert "13800138000" not in page
    assert "来信.html" in page
    got = duty.get("/attachments/1")
    assert (got.content, got.headers["content-type"]) == (PDF, "application/pdf")
    assert got.headers["content-disposition"].startswith("attachment;")
    kept = list((office.services.data_dir / "attachments").iterdir())
    assert [PDF in one.read_bytes() for one in kept] == [False]


def test_a_file_is_only_for_those_who_see_its_case(office: WebOffice, duty: TestClient) -> None:
    submit(duty, ("a.pdf", PDF))
    assert office.browser().get("/attachments/1").status_code in (303, 401)
    assert (
        office.signed_in("handler", Role.HANDLER, section="市政科").get("/attachments/1").status_code == 200
    )
    assert office.signed_in("other", Role.HANDLER, section="城管科").get("/attachments/1").status_code == 404
    assert duty.get("/attachments/99").status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.pdf", b"<html><script>alert(1)</script>"),
        ("run.jpg", b"MZ\x90\x00"),
        ("empty.png", b""),
        ("big.pdf", PDF + bytes(20 << 20)),
        ("zip.docx", b"PK\x03\x04 not a document"),
    ],
    ids=["a page", "a program", "nothing", "too large", "a broken archive"],
)
def test_a_file_that_is_not_taken_stores_nothing_and_loses_no_word(
    office: WebOffice, duty: TestClient, name: str, content: bytes
) -> None:
    status, page = submit(duty, ("good.pdf", PDF), (name, content))
    assert status == 422
    assert name in page
    assert "住户说楼道没有灯" in page
    assert (rows(office, messages), rows(office, attachments)) == (0, 0)
    assert not (office.services.data_dir / "attachments").exists()


def test_a_message_that_is_refused_leaves_no_file(office: WebOffice, duty: TestClient) -> None:
    assert submit(duty, ("a.pdf", PDF), section="没有的科")[0] == 422
    assert list((office.services.data_dir / "attachments").iterdir()) == []
    assert submit(duty, received_at="2027-01-01T00:00")[0] == 422
    assert submit(duty, way="")[0] == 422
    assert rows(office, messages) == 0


def test_a_spreadsheet_and_a_picture_are_taken(office: WebOffice, duty: TestClient) -> None:
    book = io.BytesIO()
    openpyxl.Workbook().save(book)
    status, _ = submit(duty, ("a.xlsx", book.getvalue()), ("b.png", b"\x89PNG\r\n\x1a\nx"))
    assert (status, rows(office, attachments), rows(office, cases)) == (303, 2, 1)


def test_a_channel_without_a_clock_says_that_no_case_was_opened(office: WebOffice, duty: TestClient) -> None:
    status, where = submit(duty, channel="manual")
    assert (status, where, rows(office, cases)) == (303, "/messages/new?done=1", 0)
    assert "没有立办件" in duty.get(where).text
