"""The set-up page: the workbook of `huiying setup`, by the first who comes or an administrator."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from openpyxl import load_workbook

from api.app import create_app
from huiying.office import Office
from huiying.serving import services_of
from storage import people, sections
from tests.api.forms import hidden
from tests.huiying.test_setup import bureau, write


@pytest.fixture
def site(office: Office) -> TestClient:
    return TestClient(create_app(services_of(office)), follow_redirects=False)


def upload(browser: TestClient, book: Path, **typed: str) -> Response:
    return browser.post("/setup", data=typed, files={"file": ("开局表.xlsx", book.read_bytes())})


def everybody(office: Office) -> list[str]:
    with office.database.read() as connection:
        return [row["login"] for row in people.listed(connection)]


def signed_in(site: TestClient, login: str, password: str) -> TestClient:
    """A browser of this person, who has chosen a password of their own."""
    browser = TestClient(site.app, follow_redirects=False)
    assert browser.post("/sign-in", data={"login": login, "password": password}).status_code == 303
    form = hidden(browser.get("/account").text)
    chosen = {
        "old_password": password,
        "new_password": "自己记得住的一句长话",
        "repeated": "自己记得住的一句长话",
    }
    assert browser.post("/account/password", data={**form, **chosen}).status_code == 303
    return browser


def passwords(page: str) -> dict[str, str]:
    return dict(re.findall(r"<td>([a-z]+)</td><td class=\"fixed\"><code>([^<]+)</code>", page))


def test_the_first_who_comes_sets_the_office_up_and_everybody_can_sign_in(
    site: TestClient, office: Office, tmp_path: Path
) -> None:
    assert site.get("/sign-in").headers["location"] == "/setup"
    assert "开局" in site.get("/setup").text
    answer = upload(site, write(tmp_path / "a.xlsx", bureau()))
    assert answer.status_code == 200
    made = passwords(answer.text)
    assert set(made) == {"guanli", "gongshui"} == set(everybody(office))
    with office.database.read() as connection:
        assert sections.names(connection)["供水科"] == "供水管理科"
    browser = signed_in(site, "guanli", made["guanli"])
    assert browser.get("/setup").status_code == 200
    assert site.get("/setup").headers["location"].startswith("/sign-in")


def test_after_that_only_an_administrator_may(site: TestClient, office: Office, tmp_path: Path) -> None:
    made = passwords(upload(site, write(tmp_path / "a.xlsx", bureau())).text)
    again = write(
        tmp_path / "b.xlsx", {**bureau(), "人员": [{"登录名": "xinlai", "姓名": "周三", "角色": "管理员"}]}
    )
    assert upload(site, again).status_code == 401
    handler = signed_in(site, "gongshui", made["gongshui"])
    assert handler.get("/setup").status_code == 403
    assert upload(handler, again, csrf=hidden(handler.get("/account").text)["csrf"]).status_code == 403
    admin = signed_in(site, "guanli", made["guanli"])
    assert upload(admin, again).status_code == 403  # without the form's token
    assert set(everybody(office)) == {"guanli", "gongshui"}
    form = hidden(admin.get("/setup").text)
    rehearsed = upload(admin, again, **form, rehearse="1")
    assert "只是核对，没有写入" in rehearsed.text
    assert set(everybody(office)) == {"guanli", "gongshui"}
    assert "已写入" in upload(admin, again, **form).text
    assert set(everybody(office)) == {"guanli", "gongshui", "xinlai"}


def test_what_is_wrong_is_listed_by_cell_and_nothing_is_written(
    site: TestClient, office: Office, tmp_path: Path
) -> None:
    rows = bureau()
    rows["人员"][1]["角色"] = "科长"
    rows["人员"][0]["登录名"] = "管理"
    answer = upload(site, write(tmp_path / "a.xlsx", rows))
    assert answer.status_code == 422
    assert "什么都没有写入" in answer.text
    assert "“人员”表，第 3 行，“角色”列" in answer.text
    assert "“人员”表，第 2 行，“登录名”列" in answer.text
    assert everybody(office) == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no book", b"%PDF-1.7"])
def test_what_is_no_workbook_is_refused_in_chinese(site: TestClient, office: Office, content: bytes) -> None:
    answer = site.post("/setup", files={"file": ("开局表.xlsx", content)})
    assert answer.status_code == 422
    assert "不是 xlsx 工作簿" in answer.text
    assert everybody(office) == []


def test_no_file_is_said_so(site: TestClient) -> None:
    assert "没有选择文件" in site.post("/setup", data={}).text


def test_of_two_who_come_first_at_the_same_moment_one_sets_it_up(
    site: TestClient, office: Office, tmp_path: Path
) -> None:
    one, other = bureau(), bureau()
    other["人员"][0]["登录名"] = "lingyige"
    books = [write(tmp_path / "a.xlsx", one), write(tmp_path / "b.xlsx", other)]
    answers: list[int] = []
    gate = threading.Barrier(2)

    def come(book: Path) -> None:
        browser = TestClient(site.app, follow_redirects=False)
        gate.wait()
        answers.append(upload(browser, book).status_code)

    threads = [threading.Thread(target=come, args=(book,)) for book in books]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(200) == 1
    assert len(everybody(office)) == 2


def test_the_empty_workbook_is_the_commands(site: TestClient, tmp_path: Path) -> None:
    answer = site.get("/setup/template.xlsx")
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    path = tmp_path / "t.xlsx"
    path.write_bytes(answer.content)
    assert set(load_workbook(path).sheetnames) >= {"单位", "科室", "人员", "通知渠道"}


def test_a_site_of_another_address_cannot_set_it_up(site: TestClient, office: Office, tmp_path: Path) -> None:
    book = write(tmp_path / "a.xlsx", bureau())
    answer = site.post(
        "/setup", files={"file": ("a.xlsx", book.read_bytes())}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert everybody(office) == []
