"""`huiying incidents`, `concentrated`, `messages`, `evaluate incidents`, as an office's script calls them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from analysis.engine import group_pending, open_gatherer
from analysis.lexicon import load_lexicon
from core.rule_files import rules_folder
from core.vocabulary import Channel
from huiying.cli.concentrated import concentrated_command
from huiying.cli.evaluating import evaluate_incidents
from huiying.cli.incidents import incidents_command
from huiying.cli.looking import messages_command
from huiying.office import open_office
from storage import assessments, messages, sources
from storage.assessments import AssessmentRow
from tests.factories import make_record

app = typer.Typer()
app.command("incidents")(incidents_command)
app.command("concentrated")(concentrated_command)
app.command("messages")(messages_command)
app.command("evaluate-incidents")(evaluate_incidents)

CAKE = [
    "甜禾蛋糕房的奶油卷变质了，吃完拉了一夜肚子",
    "公司下午茶订的甜禾蛋糕房，同事一半请了病假",
    "路过甜禾蛋糕房，门口有顾客在理论要求赔偿",
    "孩子的生日蛋糕是甜禾蛋糕房订的，小朋友肚子疼",
    "甜禾蛋糕房的蛋糕吃坏了人，奶油蛋糕先别买",
]
LAMPS = [f"星河路{n}号门前的路灯整夜不亮，晚上走路看不见，星河路路灯请尽快修" for n in range(3)]
LETTER = (
    "我们是星河苑的住户，要求公开维修基金的收支明细并由业主大会审议，"
    "请主管部门督促物业公司在本月内张榜公布账目，并说明三年来各项支出的用途，谢谢。"
)


@pytest.fixture(scope="module")
def office_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office that heard of bad cakes from five people and got one letter from six."""
    folder = tmp_path_factory.mktemp("matters")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUIYING_DATA_DIR", str(folder))
        patch.setenv("HUIYING_NOW", "2026-03-02T12:00+08:00")
        _fill()
    return folder


def _fill() -> None:
    texts = [*CAKE, *LAMPS, *[LETTER] * 6]
    records = [
        make_record(f"2026-03-02T09:{place:02}", title="", body=text)._replace(
            author_hash=f"a{place}",
            channel=Channel.WEIBO if place < 8 else Channel.LEADER_MAILBOX,
            extra={"转发": "1200", "赞": "3万"} if place == 0 else {},
        )
        for place, text in enumerate(texts)
    ]
    with open_office() as office:
        with office.database.write() as connection:
            source = sources.ensure(connection, "微博", Channel.WEIBO, office.clock.now()).id
            stored = messages.insert(connection, source, records, import_id=None, now=office.clock.now())
            rows = [_row(one.id, 0.3 if place == 5 else 0.0, 9.0 - place) for place, one in enumerate(stored)]
            assessments.save(connection, rows, office.clock.now())
        group_pending(office.database, office.clock)
        lexicon = load_lexicon(rules_folder() / "lexicon")
        open_gatherer(rules_folder(), lexicon).gather_pending(office.database, office.clock)


def _row(message_id: int, risk: float, log_odds: float) -> AssessmentRow:
    return AssessmentRow(
        message_id=message_id, revision=1, model="m", sentiment_raw=0.5, sentiment_log_odds=log_odds,
        sentiment_words=[], unknown_share=0.0, polarity="unsure", kind="complaint", is_simple=False,
        topic="食品", suggested_section="", keywords=[], risk_level="low", risk_score=risk, reasons={},
    )  # fmt: skip


@pytest.fixture
def told(office_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Calls a command with --json and gives what it said."""
    monkeypatch.setenv("HUIYING_DATA_DIR", str(office_folder))
    monkeypatch.setenv("HUIYING_NOW", "2026-03-02T12:00+08:00")

    def call(*arguments: str) -> Any:
        done = CliRunner().invoke(app, [*arguments, "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    return call


def test_candidates_have_their_messages_reasons_heat_and_trend(told: Any) -> None:
    found = told("incidents", "--candidates", "--from", "2026-03-02", "--to", "2026-03-02")["incidents"]
    cake = next(one for one in found if "甜禾蛋糕房" in one["title"])
    assert (cake["state"], len(cake["messages"]), cake["is_ungraded"]) == ("candidate", 5, True)
    assert any("5人反映" in reason for reason in cake["reasons"])
    assert any(reason.startswith("传播×1.90：转发1200、点赞30000") for reason in cake["heat_reasons"])
    assert (cake["trend"]["direction"], cake["trend"]["accounts"]) == ("rising", 5)
    assert told("incidents", "--from", "2026-03-02", "--to", "2026-03-02") == {"incidents": []}
    assert told("incidents", "--candidates", "--from", "2025-01-01", "--to", "2025-01-31") == {
        "incidents": []
    }


def test_concentrated_problems_name_the_messages_behind_them(told: Any) -> None:
    report = told("concentrated", "--from", "2026-03-01", "--to", "2026-03-31")
    kinds = {one["common"]: one for one in report["problems"]}
    assert (kinds["topic"]["name"], kinds["topic"]["count"]) == ("食品", 14)
    assert kinds["topic"]["quote"].startswith("对政策实施过程中")
    assert len(kinds["matter"]["messages"]) == kinds["matter"]["count"] >= 5
    assert report["consumer_complaints"] == []
    assert told("concentrated", "--from", "2026-04-01", "--to", "2026-04-30")["problems"] == []


def test_messages_are_listed_by_urgency_with_every_reason_and_the_kind_of_their_group(told: Any) -> None:
    rows = told("messages", "--order", "risk", "--limit", "14")["messages"]
    by_number = {one["message"]: one for one in rows}
    # Far spread and many voices outweigh a word of risk in a matter of three.
    assert rows[0]["message"] == 1
    assert rows[0]["risk"]["reasons"] == [
        "5人反映同一件事。",
        "正在增长：最近5条，此前0条。",
        "转评赞共31200次。",
    ]
    letters = [one for number, one in by_number.items() if number > 8]
    assert {(one["group"]["kind"], one["group"]["size"]) for one in letters} == {("campaign", 6)}
    assert {one["group"] for one in rows if one["message"] <= 5} == {None}


def test_evaluation_has_both_ways_side_by_side(told: Any, tmp_path: Path) -> None:
    path = tmp_path / "daily-2020-03-01.csv"
    lines = [f"#蛋糕房#{text}" for text in CAKE] + [f"#路灯#{text}" for text in LAMPS]
    path.write_text("text\n" + "\n".join(f'"{one}"' for one in lines) + "\n", encoding="utf-8")
    report = told("evaluate-incidents", str(path))
    assert report["n"] == 8
    assert report["homogeneity"] == pytest.approx(1.0)
    assert report["completeness"] == pytest.approx(1.0)
    assert report["nmi"] >= report["baseline"]["nmi"]
    assert report["speed_ratio"] > 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["concentrated", "--from", "昨天", "--to", "2026-03-01"], "invalid_input"),
        (["evaluate-incidents", "/no/such/file.csv"], "file.unreadable"),
    ],
)
def test_what_cannot_be_done_is_named(
    office_folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: str
) -> None:
    monkeypatch.setenv("HUIYING_DATA_DIR", str(office_folder))
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 1
    assert code in done.stderr
