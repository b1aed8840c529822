"""Order numbers, post numbers, fingerprints."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.clock import iso
from core.model import ReplyRecord
from core.vocabulary import Precision
from crawlers.parsing.fingerprints import content_hash
from crawlers.parsing.order_numbers import moment_in, parent_of, petition_in
from crawlers.parsing.weibo_ids import mid_from_bid


@pytest.mark.parametrize(
    ("number", "local"),
    [
        ("250331170700109-01", "2025-03-31T00:00:00+08:00"),
        ("250331170700109", "2025-03-31T00:00:00+08:00"),
        ("250912101108115409", "2025-09-12T10:11:08+08:00"),
        ("FZ26112000033", "2026-11-20T00:00:00+08:00"),
        ("3305230000000202105312269", "2021-05-31T00:00:00+08:00"),
        ("XJ20261119008", "2026-11-19T00:00:00+08:00"),
    ],
)
def test_an_order_number_tells_its_day(number: str, local: str) -> None:
    moment = moment_in(number)
    assert moment is not None
    assert iso(moment.at) == local


@pytest.mark.parametrize("number", ["251331170700109", "FZ26133300033", "188006", "", "甲〔2026〕3号"])
def test_a_number_without_a_valid_day_tells_none(number: str) -> None:
    assert moment_in(number) is None


def test_a_part_knows_its_parent_order() -> None:
    assert parent_of("250331170700109-01") == "250331170700109"
    assert parent_of("250331170700109") is None


def test_a_forwarded_petition_is_found_in_the_text() -> None:
    assert petition_in("(信访标题:噪声;信访编号:XF2026110001)") == "XF2026110001"
    assert petition_in("没有编号") is None


def test_a_bid_and_its_mid_are_the_same_post() -> None:
    assert mid_from_bid("RsdFAaTwX") == "5367257342596743"
    assert mid_from_bid("Rs9fPElCM") == "5367087619616248"
    assert mid_from_bid("无") is None


def test_the_content_hash_sees_every_part_that_a_reader_sees() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    reply = ReplyRecord("已修复", at, Precision.SECOND)
    hashes = {
        content_hash("题", "文", status=""),
        content_hash("题文", "", status=""),
        content_hash("题", "文", status="办结"),
        content_hash("题", "文", status="", limit="2026-11-20"),
        content_hash("题", "文", status="", replies=[reply]),
        content_hash("题", "文", status="", replies=[ReplyRecord("已修复", None, Precision.DAY)]),
    }
    assert len(hashes) == 6
    assert content_hash("题", "文", status="", replies=[reply]) in hashes
