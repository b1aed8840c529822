"""`huiying due`: the contract's shape, and what a person reads."""

from __future__ import annotations

import json
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from huiying.cli.due import due_command

app = typer.Typer()
app.command("due")(due_command)


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def answer(*arguments: str) -> dict[str, Any]:
    code, out, _ = run(*arguments, "--json")
    assert code == 0
    value: dict[str, Any] = json.loads(out)
    return value


def test_a_day_rule_is_due_at_the_midnight_that_ends_its_last_day() -> None:
    value = answer("message.first_reply", "--from", "2026-09-30T09:00+08:00")
    assert value["rule"] == "message.first_reply"
    assert value["version"] == "2021-05-06"
    assert value["from"] == "2026-09-30T09:00:00+08:00"
    assert value["due_at"] == "2026-10-14T00:00:00+08:00"
    assert value["due_day"] == "2026-10-13"
    assert value["provisional"] is False
    assert value["citation"] == {
        "document": "2021年嘉定区市场监督管理局政务公开工作要点",
        "number": "嘉市监办〔2021〕102号",
        "section": "二(二)",
        "quote": "要在5个工作日内作出首次回复",
        "reading": None,
        "trust": "seed",
    }
    assert value["explanation"][0] == {"day": "2026-09-30", "kind": "day_zero", "number": None, "name": None}
    assert value["explanation"][10] == {
        "day": "2026-10-10",
        "kind": "make_up_working_day",
        "number": 3,
        "name": "国庆节",
    }
    assert value["explanation"][-1]["day"] == "2026-10-13"
    assert [line["number"] for line in value["explanation"] if line["number"]] == [1, 2, 3, 4, 5]


def test_an_hour_rule_has_no_last_day_and_no_explanation() -> None:
    value = answer("incident.first_response", "--from", "2026-02-16T22:30+08:00")
    assert value["due_at"] == "2026-02-17T03:30:00+08:00"
    assert (value["due_day"], value["explanation"]) == (None, [])
    assert value["citation"]["reading"] == "在5个小时内作出首次回应"


def test_the_day_of_the_clock_chooses_the_version_of_the_rule() -> None:
    before = answer("consumer.mediate", "--from", "2026-04-14T23:59+08:00")
    after = answer("consumer.mediate", "--from", "2026-04-15T00:00+08:00")
    assert (before["version"], after["version"]) == ("2020-01-01", "2026-04-15")


def test_the_calendar_of_an_earlier_day_can_be_asked_for() -> None:
    question = ("message.first_reply", "--from", "2020-01-20T09:00+08:00")
    first = answer(*question, "--calendar-as-of", "2020-01-26")
    assert (first["due_day"], first["calendar_version"]) == ("2020-02-01", "2020.1")
    assert answer(*question)["due_day"] == "2020-02-04"


def test_a_year_without_a_table_is_said_to_be_provisional() -> None:
    assert answer("message.first_reply", "--from", "2026-12-29T09:00+08:00")["provisional"] is True
    assert "暂定" in run("message.first_reply", "--from", "2026-12-29T09:00+08:00")[1]


def test_a_person_reads_each_day_the_end_and_the_clause() -> None:
    code, out, _ = run("message.first_reply", "--from", "2026-09-30T09:00")
    assert code == 0
    for words in (
        "2026-10-10",
        "调休上班",
        "国庆节",
        "截止：2026-10-13 24:00",
        "「要在5个工作日内作出首次回复」",
    ):
        assert words in out.replace("\n", "")


def test_an_unknown_rule_is_refused_with_the_nearest_keys() -> None:
    code, out, _ = run("message.first_replay", "--from", "2026-09-30T09:00", "--json")
    error = json.loads(out)["error"]
    assert code == 1
    assert error["code"] == "rule.not_found"
    assert "message.first_replay" in error["message"]
    assert "message.first_reply" in error["mend"]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("--from", "明天"), id="no instant"),
        pytest.param(("--from", "2026-09-30T09:00", "--calendar-as-of", "昨天"), id="no day"),
    ],
)
def test_a_time_that_cannot_be_read_is_refused(arguments: tuple[str, ...]) -> None:
    exit_code, out, _ = run("message.first_reply", *arguments, "--json")
    assert exit_code == 1
    assert json.loads(out)["error"]["code"] == "invalid_input"


def test_the_limit_an_order_prints_cannot_be_counted_from_the_rule() -> None:
    exit_code, out, _ = run("hotline.order_limit", "--from", "2026-09-30T09:00", "--json")
    assert exit_code == 1
    assert json.loads(out)["error"]["code"] == "rule.no_limit"
