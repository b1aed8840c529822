"""The forms of mailbox that many offices share, each read by its YAML file alone."""

from __future__ import annotations

from typing import Any

import pytest

from core.clock import parse_instant, shanghai
from tests.crawlers.crawling import NOW, known, run, shipped
from tests.replicas.families import AdviceSite, FamilySite, JactSite, JcmsSite, TableSite, TrsSite
from tests.replicas.server import Replica

# Source, its replica, and how its list pages are asked for, one after the other.
FAMILIES: list[tuple[str, type[FamilySite], list[str]]] = [
    ("jcms_mailbox", JcmsSite, ["startrecord=1&endrecord=15", "startrecord=16&endrecord=30"]),
    ("trs_mailbox", TrsSite, ["index.html", "index_1.html", "index_2.html"]),
    ("jact_mailbox", JactSite, ["pageno=1", "pageno=2", "pageno=3"]),
    ("advice_mailbox", AdviceSite, ["pageindex=1", "pageindex=2", "pageindex=3"]),
    ("table_mailbox", TableSite, ["page=1", "page=2", "page=3"]),
]


@pytest.mark.parametrize(("key", "site", "asked"), FAMILIES, ids=[row[0] for row in FAMILIES])
def test_a_family_is_read_whole_with_its_replies(key: str, site: type[FamilySite], asked: list[str]) -> None:
    copy = site(25)
    with Replica(copy) as replica:
        said = run(shipped(key, replica))
        lists = [one for one in replica.pages() if copy.listed(one, {}) is not None]
    assert said.verdict == "ok", said.end
    assert len(lists) == len(asked)
    assert all(wish in one.path for wish, one in zip(asked, lists, strict=True))
    by_title = {record["title"]: record for record in said.records}
    assert len(by_title) == 25
    for letter in copy.letters:
        record = by_title[letter.title]
        received = shanghai(parse_instant(record["received_at"]))
        assert received.date() == letter.written_at.date()
        assert letter.title[2:6] in record["body"], "the whole letter, from its own page"
        assert [reply[0] for reply in record.get("replies", [])] == ([letter.reply] if letter.reply else [])


EMPTY_OR_BROKEN: list[tuple[str, type[FamilySite], int, dict[str, Any], str]] = [
    ("jcms_mailbox", JcmsSite, 0, {}, "ok_empty"),
    ("trs_mailbox", TrsSite, 0, {}, "ok_empty"),
    ("jcms_mailbox", JcmsSite, 20, {"no_datastore": True}, "format_changed"),
    ("jcms_mailbox", JcmsSite, 20, {"cut": 700}, "truncated"),
]


@pytest.mark.parametrize(("key", "site", "count", "faults", "verdict"), EMPTY_OR_BROKEN)
def test_nothing_is_told_from_a_changed_or_a_cut_answer(
    key: str, site: type[FamilySite], count: int, faults: dict[str, Any], verdict: str
) -> None:
    with Replica(site(count)) as replica:
        replica.faults = faults
        assert run(shipped(key, replica)).verdict == verdict


def test_an_unchanged_list_asks_for_no_letter_again() -> None:
    copy = TrsSite(12)
    with Replica(copy) as replica:
        first = run(shipped("trs_mailbox", replica))
        rows = [one["row"] for one in first.of("record")]
        fresh = {name: known(url, mark, NOW) for name, url, mark in rows}
        replica.log.clear()
        second = run(shipped("trs_mailbox", replica), known=fresh)
        assert all(copy.listed(one, {}) is not None for one in replica.pages())
    assert second.verdict == "ok"
    assert len(second.of("unchanged")) == 12
