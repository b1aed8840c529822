"""Training on what officials corrected and confirmed, and the accuracy they give the machine."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copytree

import pytest
import typer
from typer.testing import CliRunner

from core.vocabulary import Channel, Role
from huiying.cli.accuracy import accuracy_command
from huiying.cli.training import train_app
from huiying.office import open_office
from storage import assessments, corrections, messages, people, sources
from storage.assessments import AssessmentRow
from tests.factories import make_record

app = typer.Typer()
app.add_typer(train_app, name="train")
app.command("accuracy")(accuracy_command)

_PRAISE, _BLAME = ("很耐心", "办得快", "真方便", "修好了"), ("没人管", "太吵了", "乱收费", "拖了一年")


@pytest.fixture(scope="module")
def office_folder(tmp_path_factory: pytest.TempPathFactory, models_folder: Path) -> Path:
    """An office in which 李 corrected 240 messages and confirmed 60, all from Weibo."""
    folder = tmp_path_factory.mktemp("corrected")
    copytree(models_folder, folder / "models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUIYING_DATA_DIR", str(folder))
        _correct_everything()
    return folder


def _correct_everything() -> None:
    with open_office() as office, office.database.write() as connection:
        now = office.clock.now()
        person = people.add(
            connection, login="li", name="李", role=Role.PRESS, section="",
            password_hash="x", must_change_password=False, now=now,
        )  # fmt: skip
        source = sources.ensure(connection, "微博", Channel.WEIBO, now).id
        records = [
            make_record(
                channel=Channel.WEIBO,
                title="",
                body=f"第{n}路公交{(_PRAISE if n % 2 else _BLAME)[n // 2 % 4]}",
            )
            for n in range(300)
        ]
        stored = messages.insert(connection, source, records, import_id=None, now=now)
        rows = [_row(one.id, "positive" if n < 60 and n % 2 else "unsure") for n, one in enumerate(stored)]
        assessments.save(connection, rows, now)
        for n, one in enumerate(stored):
            corrections.correct(
                connection, one.id, "polarity", "positive" if n % 2 else "negative", person, now
            )
            corrections.correct(connection, one.id, "topic", "公交" if n % 3 else "地铁", person, now)


def _row(message_id: int, polarity: str) -> AssessmentRow:
    return AssessmentRow(
        message_id=message_id, revision=1, model="m", sentiment_raw=0.5, sentiment_log_odds=0.0,
        sentiment_words=[], unknown_share=0.0, polarity=polarity, kind="complaint", is_simple=False,
        topic="公交", suggested_section="", keywords=[], risk_level="low", risk_score=0.0, reasons={},
    )  # fmt: skip


@pytest.fixture
def run(office_folder: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("HUIYING_DATA_DIR", str(office_folder))
    return CliRunner()


def test_corrections_train_a_model_that_is_calibrated_for_their_channel(
    run: CliRunner, tmp_path: Path
) -> None:
    out = tmp_path / "own.json"
    done = run.invoke(app, ["train", "sentiment", "--from-corrections", "--out", str(out), "--json"])
    told = json.loads(done.stdout)
    assert (told["n"], told["channels"]) == (300, {"weibo": 300})
    assert set(told["models"]) >= {"bayes", "linear", "pooled"}
    assert told["models"][told["method"]]["auc"] > 0.95
    assert out.is_file()


def test_topics_are_learnt_from_corrections(run: CliRunner, tmp_path: Path) -> None:
    out = tmp_path / "topics.json"
    done = run.invoke(app, ["train", "topics", "--from-corrections", "--out", str(out), "--json"])
    assert json.loads(done.stdout)["topics"] == ["公交", "地铁"]


def test_corrections_and_a_file_are_taken_together(run: CliRunner, tmp_path: Path) -> None:
    data = tmp_path / "more.tsv"
    data.write_text(
        "label\ttext\tchannel\n0\t地铁太挤没人管\t领导信箱\n1\t地铁很方便\tweibo\n", encoding="utf-8"
    )
    given = ["train", "sentiment", str(data), "--from-corrections", "--method", "bayes", "--out"]
    told = json.loads(run.invoke(app, [*given, str(tmp_path / "m.json"), "--json"]).stdout)
    assert (told["n"], told["channels"]) == (302, {"weibo": 301})


def test_training_on_nothing_says_what_to_give(run: CliRunner, tmp_path: Path) -> None:
    done = run.invoke(app, ["train", "sentiment", "--out", str(tmp_path / "m.json")])
    assert done.exit_code == 1
    assert "--from-corrections" in done.stderr


def test_accuracy_counts_confirmations_as_right(run: CliRunner) -> None:
    rows = {
        one["field"]: one for one in json.loads(run.invoke(app, ["accuracy", "--json"]).stdout)["accuracy"]
    }
    assert (rows["polarity"]["checked"], rows["polarity"]["unanswered"]) == (300, 270)
    assert (rows["polarity"]["right"], rows["polarity"]["accuracy"]) == (30, 1.0)
    assert (rows["topic"]["right"], rows["topic"]["accuracy"]) == (200, pytest.approx(2 / 3))
    assert "准确率" in run.invoke(app, ["accuracy"]).stdout
