"""`huiying setup`, as it is typed: one workbook in, an office that people can sign in to out."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
import xlsxwriter
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from alerts.channels.opening import open_channel
from api.app import create_app
from api.security.accounts import NewPerson, add_person
from api.security.passwords import temporary_password
from core.errors import InvalidInput
from core.vocabulary import ChannelKind, Role
from huiying.cli import app as whole_app
from huiying.cli.setup import setup_command
from huiying.office import Office, open_office
from huiying.serving import services_of
from huiying.setup.columns import SHEETS
from huiying.setup.wishes import read_wishes
from huiying.setup.workbook import read_rows
from storage import channels, people, sections
from storage.channels import StoredChannel
from tests.huiying.test_people import answer as whole_answer

Rows = dict[str, list[dict[str, Any]]]
SECRET = "=S3cret+中继"
HOOK_SECRET = "hook secret 77"

app = typer.Typer()
app.command("setup")(setup_command)


def bureau() -> Rows:
    """A small invented bureau; tests change a cell or two."""
    return {
        "单位": [{"名称": "云溪县水务局", "启用日期": "2026-01-01"}],
        "科室": [{"代码": "供水科", "名称": "供水管理科"}, {"名称": "办公室"}],
        "通知渠道": [
            {
                "名称": "邮件",
                "种类": "smtp",
                "地址": "mail.example.cn:587",
                "账号": "huiying@example.cn",
                "密钥": SECRET,
            },
            {"名称": "群机器人", "种类": "webhook", "地址": "https://hook.example.cn/a", "密钥": HOOK_SECRET},
        ],
        "人员": [
            {
                "登录名": "guanli",
                "姓名": "陈一",
                "角色": "管理员",
                "通知渠道": "邮件",
                "通知地址": "c@example.cn",
            },
            {"登录名": "gongshui", "姓名": "李二", "角色": "handler", "科室": "供水管理科"},
        ],
    }


def write(path: Path, rows: Rows, change: Callable[[Any, dict[str, Any]], None] | None = None) -> Path:
    """The workbook of `rows`; `change` gets the book and its sheets before it is closed."""
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    sheets = {}
    for name, columns in SHEETS.items():
        sheets[name] = sheet = book.add_worksheet(name)
        headers = [column.header for column in columns]
        sheet.write_row(0, 0, headers)
        for number, row in enumerate(rows[name], start=1):
            for header, value in row.items():
                sheet.write(number, headers.index(header), value)
    if change is not None:
        change(book, sheets)
    book.close()
    return path


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> None:
    monkeypatch.setenv("HUIYING_DATA_DIR", str(data_dir))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Where the tests write their workbook."""
    return tmp_path / "开局表.xlsx"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def answer(*words: str | Path) -> dict[str, Any]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def refused(book: Path, rows: Rows, *words: str) -> list[dict[str, Any]]:
    """The problems of a workbook; nothing may have been written."""
    before = standing()
    result = run(write(book, rows), *words, "--json")
    assert result.exit_code == 1, result.output
    found = json.loads(result.stdout)
    assert found["error"]["code"] == "setup.refused"
    assert (found["applied"], found["changes"], found["logins"]) == (False, [], [])
    assert standing() == before
    problems: list[dict[str, Any]] = found["problems"]
    return problems


def places(problems: list[dict[str, Any]]) -> list[tuple[str, int | None, str | None]]:
    return [(one["sheet"], one["row"], one["column"]) for one in problems]


def standing() -> tuple[dict[str, str], list[tuple[str, str, str, str]], list[StoredChannel], int]:
    """Sections, people, channels, and the number of events."""
    with open_office() as office, office.database.read() as connection:
        listed = [
            (row["login"], row["name"], row["role"], row["section"]) for row in people.listed(connection)
        ]
        stored = channels.stored(connection, office.key)
        known = sections.names(connection)
    return known, listed, stored, whole_answer("audit", "verify")["events"]


def stored_channel(key: str) -> StoredChannel:
    return next(one for one in standing()[2] if one.key == key)


def addresses() -> dict[str, list[str]]:
    with open_office() as office, office.database.read() as connection:
        return {one.name: [address for _, address in one.addresses] for one in channels.reachable(connection)}


def test_one_workbook_makes_sections_people_and_channels(book: Path) -> None:
    done = answer(write(book, bureau()))
    known, listed, stored, _ = standing()
    assert known == {"供水科": "供水管理科", "办公室": "办公室"}
    assert listed == [("gongshui", "李二", "handler", "供水科"), ("guanli", "陈一", "admin", "")]
    assert {one.key: one.kind for one in stored} == {
        "邮件": ChannelKind.SMTP,
        "群机器人": ChannelKind.WEBHOOK,
    }
    assert addresses()["陈一"] == ["c@example.cn"]
    assert [one["action"] for one in done["changes"]] == ["added"] * 6 + ["set"]
    assert whole_answer("audit", "verify") == {"ok": True, "events": 7, "first_bad": None, "reason": None}


def test_a_new_person_signs_in_with_the_password_that_was_shown_and_must_change_it(book: Path) -> None:
    done = answer(write(book, bureau()))
    shown = {one["login"]: one["temporary_password"] for one in done["logins"]}
    with open_office() as office:
        client = TestClient(create_app(services_of(office)))
        given = {"login": "gongshui", "password": shown["gongshui"]}
        assert client.post("/api/v1/session", json=given).json()["must_change_password"] is True
    assert len(set(shown.values())) == 2


def test_channels_are_ready_to_send_and_their_secrets_are_sealed(book: Path, data_dir: Path) -> None:
    printed = run(write(book, bureau()), "--json").output
    mail = stored_channel("邮件")
    assert dict(mail.settings) == {
        "host": "mail.example.cn",
        "port": 587,
        "starttls": True,
        "sender": "huiying@example.cn",
        "login": "huiying@example.cn",
        "password": SECRET,
    }
    assert stored_channel("群机器人").settings["secret"] == HOOK_SECRET
    open_channel(mail, data_dir)
    open_channel(stored_channel("群机器人"), data_dir)
    held = b"".join(file.read_bytes() for file in data_dir.rglob("*") if file.is_file())
    for secret in (SECRET, HOOK_SECRET):
        assert secret not in printed
        assert secret.encode() not in held


def test_the_same_workbook_again_changes_nothing_and_shows_no_password(book: Path) -> None:
    answer(write(book, bureau()))
    before = standing()
    done = answer(book)
    assert (done["changes"], done["logins"]) == ([], [])
    assert standing() == before


def test_only_what_differs_is_changed_each_with_its_event(book: Path) -> None:
    answer(write(book, bureau()))
    events = standing()[3]
    rows = bureau()
    rows["科室"][0]["名称"] = "供水一科"
    rows["人员"][1] |= {"角色": "领导督查", "科室": "办公室"}
    rows["人员"][0]["通知地址"] = "chen@example.cn"
    rows["通知渠道"][1]["内网"] = "是"
    done = answer(write(book, rows))
    assert [(one["kind"], one["action"], one["name"], one["fields"]) for one in done["changes"]] == [
        ("section", "changed", "供水科", ["名称"]),
        ("channel", "changed", "群机器人", ["内网"]),
        ("person", "changed", "gongshui", ["角色", "科室"]),
        ("address", "set", "guanli", ["邮件"]),
    ]
    known, listed, _, count = standing()
    assert known["供水科"] == "供水一科"
    assert listed[0] == ("gongshui", "李二", "manager", "办公室")
    assert stored_channel("群机器人").settings["allow_private"] is True
    assert addresses()["陈一"] == ["chen@example.cn"]
    assert count == events + 4


def test_a_changed_role_ends_the_sessions_of_the_old_one(book: Path) -> None:
    shown = answer(write(book, bureau()))["logins"][1]
    with open_office() as office:
        client = TestClient(create_app(services_of(office)))
        client.post(
            "/api/v1/session", json={"login": shown["login"], "password": shown["temporary_password"]}
        )
        rows = bureau()
        rows["人员"][1]["角色"] = "领导督查"
        assert client.get("/api/v1/rules").status_code != 401
        answer(write(book, rows))
        assert client.get("/api/v1/rules").status_code == 401


def test_a_person_who_is_not_in_the_workbook_is_named_and_stays(book: Path) -> None:
    answer(write(book, bureau()))
    rows = bureau()
    del rows["人员"][1]
    done = answer(write(book, rows))
    assert (done["unlisted"], done["changes"]) == (["gongshui"], [])
    assert [login for login, *_ in standing()[1]] == ["gongshui", "guanli"]


def test_an_empty_secret_keeps_the_one_that_stands(book: Path) -> None:
    answer(write(book, bureau()))
    rows = bureau()
    rows["通知渠道"][0] |= {"密钥": "", "发件地址": "post@example.cn"}
    assert [one["fields"] for one in answer(write(book, rows))["changes"]] == [["发件地址"]]
    assert stored_channel("邮件").settings["password"] == SECRET


@pytest.mark.parametrize("moved", [{"地址": "other.example.cn:587"}, {"加密": "否"}])
def test_a_standing_secret_is_not_sent_to_another_place_unasked(book: Path, moved: dict[str, str]) -> None:
    answer(write(book, bureau()))
    rows = bureau()
    rows["通知渠道"][0] |= {"密钥": "", **moved}
    assert places(refused(book, rows)) == [("通知渠道", 2, "密钥")]


def test_a_rehearsal_says_the_same_and_writes_nothing(book: Path) -> None:
    before = standing()
    rehearsed = answer(write(book, bureau()), "--dry-run")
    assert standing() == before
    assert (rehearsed["applied"], rehearsed["logins"]) == (False, [])
    assert answer(book)["changes"] == rehearsed["changes"]


def test_every_problem_is_named_at_once_and_nothing_is_written(book: Path) -> None:
    rows = bureau()
    rows["单位"][0]["启用日期"] = "明年"
    rows["科室"].append({"名称": "供水管理科"})
    rows["通知渠道"][0]["地址"] = "mail.example.cn"
    rows["人员"] += [
        {"登录名": "Bad Login", "姓名": "甲", "角色": "duty"},
        {"登录名": "zhiban", "姓名": "", "角色": "值日"},
        {"登录名": "guanli", "姓名": "乙", "角色": "duty"},
        {"登录名": "chengban", "姓名": "丙", "角色": "承办人"},
        {"登录名": "chengban2", "姓名": "丁", "角色": "承办人", "科室": "没有这个科"},
    ]
    assert set(places(refused(book, rows))) == {
        ("单位", 2, "启用日期"),
        ("科室", 4, "名称"),
        ("科室", 2, "名称"),
        ("通知渠道", 2, "地址"),
        ("人员", 4, "登录名"),
        ("人员", 5, "姓名"),
        ("人员", 5, "角色"),
        ("人员", 6, "登录名"),
        ("人员", 7, "科室"),
        ("人员", 8, "科室"),
    }


def test_every_problem_is_one_chinese_sentence(book: Path) -> None:
    rows = bureau()
    rows["人员"] += [{"登录名": "@x", "姓名": "甲\u202e", "角色": "?", "通知渠道": "没有"}]
    for one in refused(book, rows):
        assert re.fullmatch(r"[^。]*[\u4e00-\u9fff][^。]*。", one["message"])


@pytest.mark.parametrize(
    ("sheet", "row", "cells"),
    [
        ("人员", 3, {"姓名": "=1+1"}),
        ("人员", 3, {"姓名": "@SUM(A1)"}),
        ("人员", 3, {"姓名": "李\u200b二"}),
        ("人员", 3, {"姓名": "李\n二"}),
        ("人员", 3, {"姓名": "二" * 61}),
        ("人员", 3, {"姓名": True}),
        ("人员", 3, {"姓名": 1.5}),
        ("通知渠道", 2, {"密钥": 12345678}),
        ("通知渠道", 2, {"种类": "fax"}),
        ("通知渠道", 2, {"地址": "mail.example.cn:465"}),
        ("通知渠道", 2, {"账号": ""}),
        ("通知渠道", 2, {"密钥": ""}),
        ("通知渠道", 2, {"内网": "是"}),
        ("通知渠道", 2, {"加密": "也许"}),
        ("通知渠道", 3, {"地址": "ftp://hook.example.cn"}),
        ("通知渠道", 3, {"账号": "谁"}),
        ("通知渠道", 3, {"模板": "to={phone}&text={text}"}),
        ("通知渠道", 3, {"种类": "sms", "模板": "to={phone}"}),
        ("通知渠道", 3, {"种类": "sms", "模板": '{"to":"{phone}",{text}}'}),
        ("通知渠道", 3, {"种类": "sms", "成功标志": "code"}),
        ("通知渠道", 3, {"种类": "dingtalk", "地址": "oapi.dingtalk.com/robot"}),
        ("人员", 2, {"通知地址": "not a mail"}),
        ("人员", 2, {"通知地址": ""}),
        ("人员", 2, {"通知渠道": ""}),
        ("人员", 2, {"通知渠道": "传真"}),
        ("人员", 2, {"通知渠道2": "邮件", "通知地址2": "d@example.cn"}),
    ],
)
def test_a_cell_that_cannot_be_used_is_named_with_its_row(
    book: Path, sheet: str, row: int, cells: dict[str, Any]
) -> None:
    rows = bureau()
    rows[sheet][row - 2] |= cells
    assert {(one["sheet"], one["row"]) for one in refused(book, rows)} == {(sheet, row)}


def test_a_formula_is_refused_even_when_its_last_result_looks_harmless(book: Path) -> None:
    def with_formula(_: Any, sheets: dict[str, Any]) -> None:
        sheets["人员"].write_formula(2, 1, '=HYPERLINK("http://x")', None, "李二")

    write(book, bureau(), with_formula)
    result = run(book, "--json")
    assert result.exit_code == 1
    (problem,) = json.loads(result.stdout)["problems"]
    assert (problem["sheet"], problem["row"]) == ("人员", 3)
    assert "B3" in problem["message"]
    assert standing()[1] == []


def test_a_sheet_in_which_formulas_could_hide_is_refused(book: Path, tmp_path: Path) -> None:
    write(book, bureau())
    recoded = tmp_path / "另一种编码.xlsx"
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(recoded, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet4.xml":
                text = content.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
                content = text.encode("utf-16")
            new.writestr(name, content)
    result = run(recoded, "--json")
    assert result.exit_code == 1
    assert standing()[1] == []


def test_sheets_and_columns_that_are_missing_or_unknown_are_named(book: Path) -> None:
    def rename(workbook: Any, sheets: dict[str, Any]) -> None:
        sheets["人员"].write_string(0, 1, "名字")
        workbook.add_worksheet("附表").write_string(0, 0, "x")
        sheets["科室"].hide()

    write(book, bureau(), rename)
    problems = json.loads(run(book, "--json").stdout)["problems"]
    assert {("科室", None, None), ("附表", None, None), ("人员", 1, "名字"), ("人员", 1, "姓名")} <= set(
        places(problems)
    )


@pytest.mark.parametrize("content", [b"", b"login,name\n", b"PK\x03\x04broken"])
def test_what_is_no_workbook_is_refused(book: Path, content: bytes) -> None:
    book.write_bytes(content)
    result = run(book, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == "file.not_workbook"


def test_an_office_without_an_administrator_is_refused(book: Path) -> None:
    rows = bureau()
    rows["人员"][0]["角色"] = "值班员"
    assert places(refused(book, rows)) == [("人员", None, "角色")]


def test_the_only_administrator_cannot_be_given_another_role(book: Path) -> None:
    answer(write(book, bureau()))
    rows = bureau()
    rows["人员"][0]["角色"] = "值班员"
    assert places(refused(book, rows)) == [("人员", None, "角色")]


def test_a_disabled_person_is_not_brought_back(book: Path) -> None:
    answer(write(book, bureau()))
    whole_answer("people", "disable", "gongshui")
    assert places(refused(book, bureau())) == [("人员", 3, "登录名")]


def test_a_channel_keeps_its_kind(book: Path) -> None:
    answer(write(book, bureau()))
    rows = bureau()
    rows["通知渠道"][1] = {"名称": "群机器人", "种类": "console"}
    assert places(refused(book, rows)) == [("通知渠道", 3, "种类")]


def test_the_office_itself_is_only_compared_with_the_settings(book: Path, monkeypatch: Any) -> None:
    notes = answer(write(book, bureau()))["notes"]
    assert [("office.name" in one, "office.go_live_on" in one) for one in notes] == [
        (True, False),
        (False, True),
    ]
    monkeypatch.setenv("HUIYING_OFFICE__NAME", "云溪县水务局")
    monkeypatch.setenv("HUIYING_OFFICE__GO_LIVE_ON", "2026-01-01")
    assert answer(book)["notes"] == []


def test_the_template_is_read_without_an_unknown_sheet_or_column(book: Path) -> None:
    assert answer("--template", book) == {"template": str(book)}
    found = read_rows(book)
    assert found.problems == []
    assert set(found.sheets) == set(SHEETS)


def test_the_template_filled_in_by_a_spreadsheet_program_sets_the_office_up(book: Path) -> None:
    answer("--template", book)
    opened = load_workbook(book)
    for name, rows in bureau().items():
        headers = [column.header for column in SHEETS[name]]
        for row in rows:
            opened[name].append([row.get(header) for header in headers])
    # The library takes text that begins with = for a formula; a person's program keeps it as text.
    opened["通知渠道"].cell(2, 5).data_type = "s"
    opened.save(book)
    assert len(answer(book)["logins"]) == 2


def test_the_template_never_overwrites_a_file(book: Path) -> None:
    book.write_bytes(b"mine")
    result = run("--template", book, "--json")
    assert (result.exit_code, json.loads(result.stdout)["error"]["code"]) == (1, "file.exists")
    assert book.read_bytes() == b"mine"


def test_a_file_and_a_template_at_once_or_neither_is_bad_usage(book: Path) -> None:
    assert run().exit_code == 2
    assert run(write(book, bureau()), "--template", book.with_name("b.xlsx")).exit_code == 2


def test_a_person_reads_problems_changes_and_passwords(book: Path) -> None:
    rows = bureau()
    rows["人员"][0]["姓名"] = "陈[red]一"
    shown = run(write(book, rows)).output
    assert "陈[red]一" in shown
    assert "临时密码" in shown
    rows["人员"][1]["角色"] = "保安"
    shown = run(write(book, rows)).output
    assert "setup.refused" in shown
    assert "“人员”表，第 3 行，“角色”列：不认识这个角色，可以填：" in shown


@pytest.mark.parametrize("login", ["a1", "zhang.san", "x", "Zhang", "-a", "a b", "张三", "a" * 60, "a" * 61])
def test_the_workbook_takes_the_logins_that_accounts_take(book: Path, office: Office, login: str) -> None:
    rows = bureau()
    rows["人员"].append({"登录名": login, "姓名": "甲", "角色": "duty"})
    taken = not read_wishes(read_rows(write(book, rows))).problems
    new = NewPerson(login, "甲", Role.DUTY, "", "correct horse 12", must_change_password=False)
    with office.database.write() as connection:
        if taken:
            add_person(connection, new, actor="t", now=office.clock.now())
        else:
            with pytest.raises(InvalidInput):
                add_person(connection, new, actor="t", now=office.clock.now())


def test_a_temporary_password_never_holds_a_short_login() -> None:
    assert all("ab" not in temporary_password("ab") for _ in range(3000))


def test_the_setup_does_not_stand_in_the_way_of_the_other_commands(book: Path) -> None:
    answer(write(book, bureau()))
    assert CliRunner().invoke(whole_app, ["people", "list"]).exit_code == 0
