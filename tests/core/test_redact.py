"""Masking: what must go, what must stay, and that doing it twice changes nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.identifiers import is_card_number, is_credit_code, is_identity_number
from core.redact import Redactor

REDACTOR = Redactor(b"a key of the tests")


def identity_number(first: str = "44152219900307", order: int = 512) -> str:
    """A made-up number whose check digit is right."""
    body = f"{first}{order:03d}"
    return next(body + last for last in "0123456789X" if is_identity_number(body + last))


def card_number(body: str) -> str:
    return next(body + last for last in "0123456789" if is_card_number(body + last))


def credit_code(head: str, organisation: str) -> str:
    """A made-up code whose two check characters are right."""
    candidates = (
        f"{head}{organisation}{inner}{last}"
        for inner in "0123456789X"
        for last in "0123456789ABCDEFGHJKLMNPQRTUWXY"
    )
    return next(code for code in candidates if is_credit_code(code))


IDENTITY = identity_number()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("请打13800138000找我", "请打138****8000找我"),
        ("手机:+86 138-0013-8000。", "手机:138****8000。"),
        ("手机138 0013 8000", "手机138****8000"),
        ("电话13800138000/13912345678", "电话138****8000/139****5678"),
        ("打１３８００１３８０００吧", "打138****8000吧"),
        ("我的号1 3 8 0 0 1 3 8 0 0 0", "我的号138****8000"),
        ("座机0660-3312321", "座机0660-****321"),
        ("座机(010)66551234转3", "座机010-****234转3"),
        ("联系电话:3312321", "联系电话:****321"),
        (f"身份证{IDENTITY}。", f"身份证4415**********{IDENTITY[-4:]}。"),
        (f"证号{IDENTITY[:6]} {IDENTITY[6:14]} {IDENTITY[14:]}", f"证号4415**********{IDENTITY[-4:]}"),
        ("身份证441522900307512", "身份证4415*******7512"),
        ("护照E12345678已过期", "护照E****5678已过期"),
        (f"卡号{card_number('622202123456789')}", f"卡号6222****{card_number('622202123456789')[-4:]}"),
        ("车牌粤A·12345占道", "车牌粤A·****5占道"),
        ("粤BD12345堵在门口", "粤B·****5堵在门口"),
        ("发到chen.wei@example.com。", "发到c***@***。"),
        ("加微信chen_wei88聊", "加微信c****聊"),
        ("QQ:123456789", "QQ:1****"),
        ("我叫陈小明,家住城南", "我叫陈**,家住城南"),
        ("我叫欧阳小明。", "我叫欧阳**。"),
        ("请找陈小明先生", "请找陈**先生"),
        ("向李先生反映过", "向李先生反映过"),
        ("刘芳女士来过", "刘**女士来过"),
    ],
)
def test_personal_data_in_text_is_masked(text: str, masked: str) -> None:
    assert REDACTOR.text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "打12345没人接,12315也打不通,只好打96133和400-810-1234",
        "工单250331170700109-01至今没有回音",
        "工单FZ19112000033、FZ26112000033",
        "编号250912101108115409",
        "登记编号3305230000000202105312269",
        "依据国办发〔2016〕61号第二条",
        "赔偿13800000000元",
        "涉及金额15000000000.00",
        "微博4575232118233564下的评论",
        f"信用代码{credit_code('91441500', '12345678')}",
        "2026-11-20 09:15:32来电",
        "陈***、138****8000、138××××8000、124.227.4.*",
        "我叫了外卖,先生们女士们请看",
        "A市B9县C4路12号",
    ],
)
def test_what_is_no_personal_data_stays(text: str) -> None:
    assert REDACTOR.text(text) == text


def test_a_credit_code_that_looks_like_an_identity_number_stays() -> None:
    codes = (credit_code("13441519", f"{n:08d}") for n in range(90_030_700, 91_231_000))
    twin = next(code for code in codes if code.isdigit() and is_identity_number(code))
    assert REDACTOR.text(f"公司{twin}的执照") == f"公司{twin}的执照"
    assert twin not in REDACTOR.text(f"身份证{twin}")


@given(
    day=st.dates(date(1920, 1, 1), date(2020, 12, 31)),
    order=st.integers(0, 999),
    province=st.sampled_from(["110101", "441522", "510104", "650102"]),
)
def test_every_right_identity_number_after_its_word_is_masked(day: date, order: int, province: str) -> None:
    number = identity_number(f"{province}{day:%Y%m%d}", order)
    assert REDACTOR.text(f"身份证号{number}") == f"身份证号{number[:4]}**********{number[-4:]}"


def test_a_wrong_check_digit_is_no_identity_number() -> None:
    wrong = IDENTITY[:-1] + ("0" if IDENTITY[-1] != "0" else "1")
    assert REDACTOR.text(f"编码{wrong}") == f"编码{wrong}"


PIECES = st.sampled_from(
    [
        "13800138000",
        "138",
        "0660",
        "-",
        " ",
        "1",
        "3",
        "0",
        "0013",
        "8000",
        "x",
        "FZ",
        "@",
        "qq.com",
        "QQ",
        "微信",
        "电话",
        "我叫",
        "王",
        "小明",
        "先生",
        "女士",
        "粤",
        "B",
        "1234",
        "卡号",
        card_number("622202123456789"),
        IDENTITY,
        "护照",
        "E",
        "*",
        "号",
        "室",
        "、",
        "。",
        "元",
        "３",
    ]
)


def test_what_is_left_of_a_masked_number_is_no_plate() -> None:
    masked = REDACTOR.text("粤FZ11010519491231002X")
    assert masked == "粤FZ1101**********002X"
    assert REDACTOR.text(masked) == masked


def test_an_address_made_of_digits_that_runs_into_a_telephone_number_is_masked_at_once() -> None:
    masked = REDACTOR.text("1380013800013800138000@qq.com13800138000")

    assert "138001" not in masked
    assert REDACTOR.text(masked) == masked


@settings(max_examples=600)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_masking_twice_changes_nothing(text: str) -> None:
    for mask in (
        REDACTOR.text,
        REDACTOR.name,
        REDACTOR.phone,
        REDACTOR.id_number,
        REDACTOR.address,
    ):
        once = mask(text)
        assert mask(once) == once


@given(st.text(max_size=80))
def test_any_text_can_be_masked(text: str) -> None:
    once = REDACTOR.text(text)
    assert REDACTOR.text(once) == once


@pytest.mark.parametrize(
    ("name", "masked"),
    [("陈小明", "陈**"), ("欧阳小明", "欧阳**"), ("陈***", "陈***"), ("", ""), ("陈先生", "陈先生")],
)
def test_a_name_keeps_its_surname_only(name: str, masked: str) -> None:
    assert REDACTOR.name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13800138000", "138****8000"),
        ("13800138000、13912345678", "138****8000、139****5678"),
        ("3312321", "****321"),
        ("0660-3312321", "0660-****321"),
        ("12345", "12345"),
        ("138××××8000", "138××××8000"),
    ],
)
def test_a_telephone_cell_is_masked_whatever_its_form(phone: str, masked: str) -> None:
    assert REDACTOR.phone(phone) == masked


def test_an_identity_cell_is_masked_even_when_wrong() -> None:
    assert REDACTOR.id_number("440301199001010000") == "4403**********0000"
    assert REDACTOR.id_number("E12345678") == "E****5678"


def test_an_address_keeps_the_street_only() -> None:
    assert REDACTOR.address("人民路12号3栋2单元1203室") == "人民路**号**栋**单元**室"
    assert REDACTOR.address("城东镇十二号") == "城东镇**号"


def test_one_number_written_two_ways_has_one_search_key() -> None:
    assert REDACTOR.search_key("+86 138-0013-8000") == REDACTOR.search_key("13800138000")
    assert REDACTOR.search_key("13800138000") != Redactor(b"another").search_key("13800138000")
    assert len(REDACTOR.search_key("陈小明")) == 64


def test_an_empty_key_is_refused() -> None:
    with pytest.raises(InvalidInput, match="脱敏密钥"):
        Redactor(b"")


def test_a_long_run_without_end_is_masked_in_time() -> None:
    text = "a" * 300_000 + "@" + "1 " * 100_000 + "9" * 100_000
    assert len(REDACTOR.text(text)) == len(text)


def test_days_between_two_hyphens_are_no_number() -> None:
    day = date(2026, 11, 20) + timedelta(days=3)
    assert REDACTOR.text(f"{day}-{day}") == f"{day}-{day}"
