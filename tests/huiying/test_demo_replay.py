"""The demo's incident day: its timetable, and what the office makes of it by its ordinary means."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alerts.triage import load_triage_rules
from analysis.lexicon import load_lexicon
from analysis.normalize import normalize
from analysis.topics import topic_of
from core.clock import iso, parse_instant
from core.rule_files import rules_folder
from core.vocabulary import AlertKind, AlertState, Channel, Level
from huiying.analysis_loop import AnalysisLoop
from huiying.demo.bureau import read_bureau
from huiying.demo.loading import load_demo
from huiying.demo.opening import open_demo
from huiying.demo.posts import Post, read_day
from huiying.demo.replay import SECONDS, Replay, batches
from huiying.engine_loop import EngineLoop
from huiying.office import Office
from storage import alerts, deadlines, imports, incidents, messages, notices, people
from storage.database import Row

NOW = "2026-11-23T10:00:00+08:00"
BUREAU, DAY = read_bureau(), read_day()
FIRST_RESPONSE = "incident.first_response"


@dataclass
class Waits:
    """Stands for the passing of time: notes each pause and ends the replay after `at_most` of them."""

    at_most: int = 1000
    pauses: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> bool:
        if len(self.pauses) == self.at_most:
            return True
        self.pauses.append(seconds)
        return False


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch, data_dir: Path, models_folder: Path) -> Iterator[Office]:
    """The loaded demo at 10:00 on a Monday."""
    (data_dir / "models").symlink_to(models_folder)
    monkeypatch.setenv("HUIYING_DATA_DIR", str(data_dir))
    monkeypatch.setenv("HUIYING_NOW", NOW)
    with open_demo(os.environ, BUREAU) as office:
        load_demo(office, BUREAU)
        yield office


def stored(office: Office) -> list[Row]:
    with office.database.read() as connection:
        rows, _ = messages.listed(connection, order="received", channels=[Channel.WEIBO.value], limit=100)
    return list(rows)


def candidates(office: Office) -> list[Row]:
    with office.database.read() as connection:
        return list(incidents.listed(connection, candidates=True))


def alerts_of(office: Office, kind: AlertKind) -> list[Row]:
    with office.database.read() as connection:
        rows = alerts.listed(connection, state=AlertState.OPEN)
    return [row for row in rows if row["kind"] == kind]


def posts_at(*minutes: int) -> tuple[list[Post], list[datetime]]:
    posts = [Post.model_validate({"from": "某", "published": f"-{m}m", "text": f"{m}"}) for m in minutes]
    return posts, [parse_instant(NOW) - timedelta(minutes=m) for m in minutes]


def test_a_post_comes_when_its_share_of_the_story_has_passed() -> None:
    posts, published = posts_at(100, 90, 60, 10, 0)
    plan = batches(posts, published, seconds=50, steps=5)
    assert [(one.after, [post.text for post in one.posts]) for one in plan] == [
        (10, ["100", "90"]),
        (30, ["60"]),
        (50, ["10", "0"]),
    ]


def test_posts_of_one_moment_come_together() -> None:
    posts, published = posts_at(5, 5)
    assert [one.posts for one in batches(posts, published, seconds=50, steps=5)] == [tuple(posts)]


def test_every_post_of_the_day_comes_once_and_in_order(demo: Office) -> None:
    waits = Waits()
    assert Replay(demo, DAY, waits).run() == len(DAY.posts)
    assert sum(waits.pauses) == pytest.approx(SECONDS)
    assert [row["body"] for row in reversed(stored(demo))] == [post.text for post in DAY.posts]
    assert {row["area"] for row in stored(demo)} == {DAY.place}


def test_every_post_is_about_the_same_field() -> None:
    topics = load_lexicon(rules_folder() / "lexicon").topics
    found = {post.text: topic_of("", normalize(post.text), topics).topic for post in DAY.posts}
    assert {text: topic.name if topic else "" for text, topic in found.items()} == {
        post.text: "公正监管" for post in DAY.posts
    }


def test_the_day_opens_one_grave_candidate_with_a_running_clock(demo: Office) -> None:
    Replay(demo, DAY, Waits()).run()
    analysis = AnalysisLoop(demo)
    analysis.once()
    (candidate,) = candidates(demo)
    assert candidate["suggested_level"] in {Level.I, Level.II}
    assert candidate["level"] is None
    first_public = parse_instant(NOW) - timedelta(minutes=140)
    with demo.database.read() as connection:
        (clock,) = deadlines.live(connection, candidate["case_id"])
    assert (clock["rule_key"], clock["started_at"]) == (FIRST_RESPONSE, first_public)
    assert iso(clock["due_at"]) == "2026-11-23T12:40:00+08:00"
    (alert,) = alerts_of(demo, AlertKind.INCIDENT_CANDIDATE)
    assert alert["case_id"] == candidate["case_id"]
    assert any("集中反映" in reason for reason in alert["reasons"])
    assert any("食物中毒" in reason for reason in alert["reasons"])
    assert analysis.once() == (0, 0)


def test_the_duty_officer_is_paged_once_on_the_console(demo: Office) -> None:
    Replay(demo, DAY, Waits()).run()
    AnalysisLoop(demo).once()
    shown: list[str] = []
    EngineLoop(demo, shown.append).once()
    EngineLoop(demo, shown.append).once()
    (candidate,) = candidates(demo)
    with demo.database.read() as connection:
        duty = people.find(connection, "zhiban")
        told = notices.of_case(connection, candidate["case_id"])
    assert duty is not None
    (notice,) = [row for row in told if row["person_id"] == duty["id"]]
    assert "首次回应" in notice["subject"]
    assert len([line for line in shown if f"\tzhiban\t{notice['subject']}" in line]) == 1


def test_the_candidate_grows_graver_as_the_posts_come_in(demo: Office) -> None:
    analysis = AnalysisLoop(demo)
    levels: list[str | None] = []

    def look(_seconds: float) -> bool:
        analysis.once()
        levels.extend(row["suggested_level"] for row in candidates(demo))
        return False

    Replay(demo, DAY, look).run()
    look(0)
    rules = load_triage_rules(rules_folder() / "triage.yml").suggested_levels
    enough = next(one.messages for one in rules if one.level is Level.II)
    assert len(DAY.posts) >= enough
    assert levels[0] in {Level.III, Level.IV}
    assert levels[-1] == Level.II
    (candidate,) = candidates(demo)
    with demo.database.read() as connection:
        (clock,) = deadlines.live(connection, candidate["case_id"])
    assert clock["started_at"] == candidate["first_public_at"]


def test_a_finished_replay_brings_nothing_again(demo: Office) -> None:
    Replay(demo, DAY, Waits()).run()
    with demo.database.read() as connection:
        before = len(imports.newest(connection, 100))
    waits = Waits()
    assert Replay(demo, DAY, waits).run() == 0
    assert waits.pauses == []
    with demo.database.read() as connection:
        assert len(imports.newest(connection, 100)) == before


def test_a_replay_that_was_stopped_goes_on_where_it_was(demo: Office) -> None:
    first, second = Waits(at_most=3), Waits()
    came = Replay(demo, DAY, first).run()
    assert 0 < came < len(DAY.posts)
    assert Replay(demo, DAY, second).run() == len(DAY.posts) - came
    assert sum(first.pauses) + sum(second.pauses) == pytest.approx(SECONDS)
    assert len(stored(demo)) == len(DAY.posts)


def test_stopping_ends_a_replay_that_waits(demo: Office) -> None:
    replay = Replay(demo, DAY)
    replay.start()
    replay.stop()
    assert len(stored(demo)) < len(DAY.posts)
