"""Mapping files, and the dictionaries they override."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InvalidInput
from core.vocabulary import Channel, ImportKind
from crawlers.imports.fields import column_dictionary, normalised
from crawlers.imports.mapping import Mapping, load_mapping, parse_mapping


def test_a_mapping_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "列对应.toml"
    path.write_text(
        '[columns]\ncreated_at = "来信日"\n[options]\nmonth_first = true\nchannel = "message_board"\n',
        "utf-8",
    )
    assert load_mapping(path) == Mapping({"created_at": "来信日"}, True, Channel.MESSAGE_BOARD)


@pytest.mark.parametrize(
    "text",
    [
        "columns = ",
        "[other]\nx = 1",
        "columns = 3",
        "[columns]\ntitle = 3",
        '[columns]\ntitle = " "',
        "[options]\nmonth_first = 1",
        '[options]\nchannel = "fax"',
        "[options]\nchannel = [1]",
        "[options]\nother = true",
    ],
)
def test_a_wrong_mapping_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_mapping(text)
    assert caught.value.code == "mapping.invalid"
    assert caught.value.message.endswith("。")


def test_a_mapping_file_that_is_absent_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="打不开"):
        load_mapping(tmp_path / "没有.toml")
    binary = tmp_path / "乱.toml"
    binary.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(InvalidInput, match="打不开"):
        load_mapping(binary)


def test_the_fingerprint_follows_the_content_and_not_the_order() -> None:
    one = parse_mapping('[columns]\ntitle = "甲"\nbody = "乙"')
    same = parse_mapping('[columns]\nbody = "乙"\ntitle = "甲"')
    assert one.fingerprint == same.fingerprint
    assert one.fingerprint != parse_mapping('[columns]\ntitle = "甲"').fingerprint
    assert one.fingerprint != Mapping(one.columns, month_first=True).fingerprint


@pytest.mark.parametrize("kind", list(ImportKind))
def test_no_header_means_two_fields_of_one_kind(kind: ImportKind) -> None:
    words = [name for field in column_dictionary(kind).fields.values() for name in field.names]
    assert len(words) == len(set(words))
    assert all(words)


@pytest.mark.parametrize(
    ("header", "flat"),
    [
        ("工单\n编号*", "工单编号"),
        ("联系电话(必填):", "联系电话"),
        ("orderNum", "ordernum"),
        ("【来电时间】", "来电时间"),
        (3.0, ""),
        ("3.0", ""),
        (None, ""),
    ],
)
def test_headers_are_compared_without_their_decoration(header: object, flat: str) -> None:
    assert normalised(header) == flat
