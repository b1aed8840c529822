"""Gathering stored messages into matters, on both databases."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from analysis.engine import MatterGatherer, group_pending, open_gatherer
from analysis.lexicon import load_lexicon
from core.clock import FixedClock
from core.rule_files import rules_folder
from core.vocabulary import CaseKind, CaseState, Channel
from storage import assessments, cases, matters, messages, sources
from storage.assessments import AssessmentRow
from storage.database import Connection, Database, Row
from storage.events import GENESIS
from tests.factories import make_record

CAKE = [
    "甜禾蛋糕房的奶油卷变质了，吃完拉了一夜肚子",
    "公司下午茶订的甜禾蛋糕房，同事一半请了病假",
    "路过甜禾蛋糕房，门口有顾客在理论要求赔偿",
    "孩子的生日蛋糕是甜禾蛋糕房订的，小朋友肚子疼",
    "甜禾蛋糕房的蛋糕吃坏了人，奶油蛋糕先别买",
]
LAMPS = [
    "星河路中段的路灯整夜不亮，晚上走路看不见",
    "星河路路灯坏了半个月，晚上黑灯瞎火",
    "请修一修星河路的路灯，孩子下晚自习害怕",
]
POOL = ["游泳馆什么时候恢复开放", "公积金贷款额度怎么计算", "小学报名需要带哪些证件"]


@pytest.fixture
def gatherer() -> MatterGatherer:
    """As the program opens it."""
    return open_gatherer(rules_folder(), load_lexicon(rules_folder() / "lexicon"))


def store(
    database: Database, clock: FixedClock, titles: Sequence[str], *, received: str = "2026-03-02T09:{:02}"
) -> list[int]:
    """Messages with these titles, a minute apart, assessed and grouped; each of its own author."""
    records = [
        make_record(received.format(place), title=title, body="请尽快处理。")._replace(
            author_hash=f"{title:.20}"
        )
        for place, title in enumerate(titles)
    ]
    with database.write() as connection:
        source = sources.ensure(connection, "信箱", Channel.LEADER_MAILBOX, clock.now()).id
        ids = [
            one.id for one in messages.insert(connection, source, records, import_id=None, now=clock.now())
        ]
        assessments.save(connection, [assessed(one) for one in ids], clock.now())
    group_pending(database, clock)
    return ids


def assessed(message_id: int) -> AssessmentRow:
    return AssessmentRow(
        message_id=message_id,
        revision=1,
        model="test",
        sentiment_raw=None,
        sentiment_log_odds=None,
        sentiment_words=[],
        unknown_share=None,
        polarity="unsure",
        kind="complaint",
        is_simple=False,
        topic="",
        suggested_section="",
        keywords=[],
        risk_level="low",
        risk_score=0.0,
        reasons={},
    )


def matter_of(database: Database, ids: list[int]) -> list[int]:
    with database.read() as connection:
        found = matters.matters_of(connection, ids)
    return [found[one] for one in ids]


def standing(database: Database, number: int) -> Row:
    with database.read() as connection:
        (row,) = matters.read(connection, [number])
    return row


def test_messages_of_one_matter_are_found_together_and_named_after_it(
    database: Database, clock: FixedClock, gatherer: MatterGatherer
) -> None:
    ids = store(database, clock, [*CAKE, *LAMPS, *POOL])
    assert gatherer.gather_pending(database, clock, batch=4) == len(ids)
    assert gatherer.gather_pending(database, clock) == 0
    found = matter_of(database, ids)
    assert found[:5] == [ids[0]] * 5
    assert found[5:8] == [ids[5]] * 3
    assert found[8:] == ids[8:]
    cake = standing(database, ids[0])
    assert "甜禾蛋糕房" in cake["name"]
    assert (cake["size"], cake["voices"]) == (5, 5)
    assert cake["heat"] > standing(database, ids[5])["heat"]
    assert [one["kind"] for one in cake["signals"]] == ["burst", "surge"]
    assert standing(database, ids[5])["signals"] == []


def test_a_later_message_joins_the_matter_that_stands(
    database: Database, clock: FixedClock, gatherer: MatterGatherer
) -> None:
    ids = store(database, clock, [*CAKE[:3], *POOL])
    gatherer.gather_pending(database, clock)
    later = store(database, clock, CAKE[3:], received="2026-03-04T10:{:02}")
    rules = rules_folder()
    again = open_gatherer(rules, load_lexicon(rules / "lexicon"))  # another process: it reads the statistics
    again.gather_pending(database, clock)
    assert matter_of(database, later) == [ids[0]] * 2
    assert standing(database, ids[0])["size"] == 5


def test_what_a_person_split_off_stays_so(
    database: Database, clock: FixedClock, gatherer: MatterGatherer
) -> None:
    ids = store(database, clock, [*CAKE, *POOL])
    gatherer.gather_pending(database, clock)
    with database.write() as connection:
        matters.split_off(
            connection, ids[:1], case_id=_case(connection, clock), name="另一家店", now=clock.now()
        )
    assert matter_of(database, ids[:2]) == [-ids[0], ids[0]]
    store(database, clock, LAMPS)
    gatherer.gather_pending(database, clock)
    assert matter_of(database, ids[:2]) == [-ids[0], ids[0]]


def _case(connection: Connection, clock: FixedClock) -> int:
    return cases.add(
        connection,
        {
            "kind": CaseKind.INCIDENT.value,
            "message_id": None,
            "channel": Channel.MANUAL.value,
            "section": "",
            "title": "另一家店",
            "state": CaseState.NEW.value,
            "cycle": 1,
            "is_history": False,
            "received_at": clock.now(),
            "registered_at": clock.now(),
            "seq": 0,
            "chain_head": GENESIS,
        },
    )
