"""A thousand damaged pages and answers: nothing crashes or hangs, and every row is accounted for."""

from __future__ import annotations

import json
import random

import pytest

from core.model import MessageRecord
from core.redact import Redactor
from core.vocabulary import Channel, Verdict
from crawlers.catalog import read_source, shipped_folder
from crawlers.letters import LetterReader, Unreadable
from crawlers.reading.decoding import decode
from crawlers.reading.listings import DetailReader, ListReader
from crawlers.verdicts import Answer, Kind, Shape, judge
from tests.crawlers.crawling import NOW
from tests.crawlers.mutations import mutated
from tests.replicas.mailbox import MailboxSite
from tests.replicas.official import BeijingSite, ZhejiangSite
from tests.replicas.server import Asked, Site

_READER = LetterReader(Channel.LEADER_MAILBOX, Redactor(b"k" * 32), NOW)


def answer_of(site: Site, path: str, method: str = "GET", body: bytes = b"") -> bytes:
    reply = site.answer(Asked(0.0, method, path, {}, body), {}, NOW)
    return reply.body if isinstance(reply.body, bytes) else reply.body.encode()


SAMPLES: list[tuple[str, Kind, Site, str, str, bytes]] = [
    ("example_mailbox", "html", MailboxSite(20), "/hdjl/list?page=1", "GET", b""),
    ("beijing_mailbox", "js", BeijingSite(6), "/x!letterListJson.action?page.pageNo=1", "GET", b""),
    (
        "zhejiang_petition",
        "json",
        ZhejiangSite(9),
        "/xf-api/mhww/query",
        "POST",
        json.dumps({"pageNum": 1, "pageSize": 10}).encode(),
    ),
]


@pytest.mark.parametrize(
    ("key", "kind", "site", "path", "method", "wish"), SAMPLES, ids=lambda v: str(v)[:18]
)
def test_a_damaged_list_is_judged_and_read_or_refused(
    key: str, kind: Kind, site: Site, path: str, method: str, wish: bytes
) -> None:
    plan = read_source(shipped_folder() / f"{key}.yml").mailbox
    assert plan is not None
    reader, whole, dice = ListReader(plan.list), answer_of(site, path, method, wish), random.Random(key)
    read = 0
    for _ in range(250):
        text = decode(mutated(whole, dice), "text/html; charset=utf-8")
        judged = judge(Answer(200, "http://127.0.0.1/x", text), Shape(kind=kind))
        if judged.verdict is not Verdict.DATA:
            assert judged.reason
            continue
        page = reader.open(text, judged.data)
        if reader.problem(page) or not reader.has_anchor(page):
            continue
        rows = reader.rows(page)
        made = [_READER.record(row, "") for row in rows]
        assert all(isinstance(one, MessageRecord | Unreadable) for one in made)
        read += len(rows)
    assert read > 20, "some damage leaves rows to be read"


def test_a_damaged_letter_is_read_or_refused() -> None:
    plan = read_source(shipped_folder() / "example_mailbox.yml").mailbox
    assert plan is not None
    assert plan.detail is not None
    reader, dice = DetailReader(plan.detail), random.Random(7)
    whole = answer_of(MailboxSite(20), "/hdjl/detail.shtml?id=20")
    read = 0
    for _ in range(250):
        values = reader.values(decode(mutated(whole, dice)), None)
        if values is not None:
            assert isinstance(_READER.record(values, ""), MessageRecord | Unreadable)
            read += 1
    assert read > 100
