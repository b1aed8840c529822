"""A citizen's case found by telephone number or order number, and by nobody who must not see it."""

from __future__ import annotations

import pytest

from core.vocabulary import Channel, Role
from tests.api.office import WebOffice
from tests.factories import make_record


@pytest.fixture
def heard(office: WebOffice) -> WebOffice:
    """Two letters of one citizen in two sections and one of another; the numbers hashed as an import does."""
    one, other = (office.services.redactor.search_key(number) for number in ("13800138000", "13900139000"))
    office.receive(
        make_record(title="路灯不亮", section="市政科")._replace(author_hash=one),
        make_record(title="井盖松动", section="房管科")._replace(author_hash=one),
        make_record(title="噪音", native_id="BJ2026030200001", channel=Channel.HOTLINE_12345)._replace(
            author_hash=other
        ),
    )
    office.index()
    return office


def found(office: WebOffice, text: str, role: Role = Role.DUTY, section: str = "") -> str:
    browser = office.signed_in(f"x{len(text)}{role.value}", role, section=section)
    page = browser.get("/search", params={"q": text}).text
    return page.split('id="by-number"')[1].split("</section>")[0] if 'id="by-number"' in page else ""


@pytest.mark.parametrize(
    "text", ["13800138000", "138 0013 8000", "+86 138-0013-8000", "１３８００１３８０００"]
)
def test_a_telephone_number_finds_all_cases_of_the_citizen(heard: WebOffice, text: str) -> None:
    shown = found(heard, text)
    assert "路灯不亮" in shown
    assert "井盖松动" in shown
    assert "噪音" not in shown


def test_an_order_number_finds_its_case(heard: WebOffice) -> None:
    shown = found(heard, " BJ2026030200001 ")
    assert "噪音" in shown
    assert 'href="/cases/3"' in shown


def test_a_section_finds_its_own_cases_alone(heard: WebOffice) -> None:
    shown = found(heard, "13800138000", Role.HANDLER, "市政科")
    assert "路灯不亮" in shown
    assert "井盖松动" not in shown


def test_a_number_that_nobody_has_says_so_and_words_are_no_number(heard: WebOffice) -> None:
    assert "没有" in found(heard, "13700137000")
    assert found(heard, "路灯") == ""
