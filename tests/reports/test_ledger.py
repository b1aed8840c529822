"""台账 and write-back: every case on one line, every reply once, under the platform's own headers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest

from alerts.answering import Reply, holding_reply, reply
from core.vocabulary import Channel, DeadlineStatus
from reports.ledger import LEDGER_HEAD, ledger_of, write_back
from reports.papers.scope import Desk, Period
from reports.render.ledger_xlsx import ledger_xlsx, write_back_xlsx
from tests.alerts.bureau import ROADS, Bureau
from tests.factories import make_record, make_reply

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
ANSWER = "您好，路灯已于今日更换，感谢反映。"


@pytest.fixture
def answered(bureau: Bureau) -> Bureau:
    """One letter answered here, one that came answered, one only acknowledged, one without a number."""
    here = bureau.letter(make_record("2026-03-02T08:00", native_id="A1", section=ROADS, title="=1+1"))
    bureau.letter(
        make_record("2026-03-02T08:10", native_id="A2", replies=(make_reply(at="2026-03-02T08:20"),))
    )
    held = bureau.letter(make_record("2026-03-02T08:30", native_id="A3", section=ROADS))
    derived = make_record("2026-03-02T08:40", section=ROADS)._replace(native_id_is_derived=True)
    bare = bureau.letter(derived)
    bureau.clock.advance(hours=1)
    for case_id in (here, bare):
        bureau.do(reply, case_id, bureau.roads, bureau.law, Reply(ANSWER, None, "", None))
    bureau.do(holding_reply, held, bureau.roads, bureau.law, Reply("您好，来信收悉。", None, "", None))
    return bureau


def test_each_case_is_one_line_with_what_became_of_it(answered: Bureau, desk: Callable[[], Desk]) -> None:
    with answered.database.read() as connection:
        found = ledger_of(connection, MARCH, desk())
    lines = {line[4]: dict(zip(LEDGER_HEAD, line, strict=True)) for line in found.lines}
    assert len(found.lines) == 4
    assert lines["A1"]["办理结果"] == "按时"
    assert lines["A1"]["答复摘要"] == ANSWER
    assert lines["A3"]["答复"] is None
    assert found.by_section[ROADS] == {DeadlineStatus.ON_TIME: 2, DeadlineStatus.OPEN: 1}


def test_only_what_was_answered_here_is_written_back(answered: Bureau) -> None:
    with answered.database.read() as connection:
        found = write_back(connection, Channel.LEADER_MAILBOX, MARCH)
        assert write_back(connection, Channel.HOTLINE_12345, MARCH).lines == ()
    assert [(line[0], line[2], line[4]) for line in found.lines] == [("A1", ANSWER, ROADS)]
    assert len(found.without_number) == 1


def test_workbooks_hold_words_as_words(answered: Bureau, desk: Callable[[], Desk]) -> None:
    with answered.database.read() as connection:
        written_ledger = ledger_xlsx(ledger_of(connection, MARCH, desk()))
        back = write_back(connection, Channel.LEADER_MAILBOX, MARCH)
    sheet = openpyxl.load_workbook(io.BytesIO(written_ledger))["台账"]
    assert sheet.freeze_panes == "A2"
    title = sheet.cell(2, LEDGER_HEAD.index("标题") + 1)
    assert (title.value, title.data_type) == ("=1+1", "s")
    assert any("charts/chart" in name for name in zipfile.ZipFile(io.BytesIO(written_ledger)).namelist())
    written = openpyxl.load_workbook(
        io.BytesIO(write_back_xlsx(back, ("编号", "标题", "答复", "时间", "单位")))
    )
    assert written.sheetnames == ["答复", "没有编号，需手工录入"]


def test_an_empty_period_is_an_empty_ledger(bureau: Bureau, desk: Callable[[], Desk]) -> None:
    with bureau.database.read() as connection:
        found = ledger_of(connection, MARCH, desk())
    assert found.lines == ()
    assert openpyxl.load_workbook(io.BytesIO(ledger_xlsx(found))).sheetnames == ["台账", "按科室", "说明"]
