"""Each paper says what is stored, and each of its numbers recounts."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from docx import Document
from docx.shared import Mm

from core.errors import InvalidInput, NotFound
from core.vocabulary import Channel, Level, PaperKind
from reports.papers.lists import instant_text
from reports.papers.making import OF_CASE, OF_PERIOD, make
from reports.papers.paper import Grid, Paper, Paragraph
from reports.papers.scope import Desk, Period
from reports.papers.text import to_text
from reports.render.appendices_xlsx import appendices_xlsx
from reports.render.paper_docx import APPENDIX_LINES, paper_docx
from tests.alerts.bureau import ROADS, WATER, Bureau, public_post, publication
from tests.factories import HOLDING, make_record, make_reply

MARCH_2 = Period(date(2026, 3, 2), date(2026, 3, 2))
FIRST_WEEK = Period(date(2026, 3, 2), date(2026, 3, 8))

Now = Callable[[], Desk]


def made(
    bureau: Bureau, desk: Now, kind: PaperKind, *, period: Period | None = None, case_id: int | None = None
) -> Paper:
    with bureau.database.read() as connection:
        return make(connection, kind, desk(), period=period, case_id=case_id)


def words(paper: Paper) -> str:
    """All paragraphs, figures without their lists."""
    paragraphs = [one.parts for one in paper.blocks if isinstance(one, Paragraph)]
    return "\n".join(
        "".join(part if isinstance(part, str) else str(part.value) for part in parts) for parts in paragraphs
    )


def grid(paper: Paper, caption: str) -> dict[str, list[object]]:
    """A table of the paper by the first cell of each line."""
    (found,) = (one for one in paper.blocks if isinstance(one, Grid) and one.caption == caption)
    return {
        str(line[0]): [one if isinstance(one, str) else one.value for one in line[1:]] for line in found.lines
    }


@pytest.fixture
def busy(bureau: Bureau) -> Bureau:
    """A Sunday with one letter, a Monday with three letters and two posts, one answered in time."""
    bureau.clock.advance(hours=1)
    before, *rest = bureau.receive(
        make_record("2026-03-01T23:59:59", section=ROADS),
        make_record("2026-03-02T00:00", section=ROADS, replies=(make_reply(at="2026-03-02T09:30"),)),
        make_record("2026-03-02T08:00", section=WATER, replies=(make_reply(HOLDING, "2026-03-02T09:30"),)),
        make_record("2026-03-02T09:00", title="=HYPERLINK(1)"),
    )
    posts = bureau.receive(public_post("2026-03-02T08:30"), public_post("2026-03-02T09:10"))
    for one in posts:
        bureau.assess(one, topic="供水", risk="high", raw=0.01)
    bureau.assess(before, topic="道路")
    bureau.assess(rest[0], topic="道路")
    return bureau


def test_a_daily_briefing_recounts_by_hand(busy: Bureau, desk: Now) -> None:
    paper = made(busy, desk, PaperKind.DAILY_BRIEFING, period=MARCH_2)
    text = words(paper)
    assert "共收到来文5件，上期1件" in text
    assert "程序标为高风险的来文2件" in text
    assert grid(paper, "来文渠道") == {"领导信箱": [3, 1], "微博": [2, 0]}
    assert grid(paper, "较集中的主题") == {"供水": [2], "未分析": [2], "道路": [1]}


def test_clocks_are_counted_by_the_day_they_fall_due(busy: Bureau, desk: Now) -> None:
    monday = made(busy, desk, PaperKind.DAILY_BRIEFING, period=MARCH_2)
    assert "本期到期的首次答复时限0个" in words(monday)
    assert "今后7日内到期、尚未答复的3个" in words(monday)
    busy.clock.advance(days=8)
    week = made(busy, desk, PaperKind.WEEKLY_BRIEFING, period=Period(date(2026, 3, 6), date(2026, 3, 10)))
    assert "时限4个：按时1，逾期答复0，超期未答3，按时率25.0%" in words(week)


def test_a_day_without_messages_says_so_and_what_to_look_at(bureau: Bureau, desk: Now) -> None:
    paper = made(bureau, desk, PaperKind.DAILY_BRIEFING, period=MARCH_2)
    assert "没有收到来文。请同时查看各来源是否正常。" in words(paper)
    assert all(figure.value == 0 for figure in paper.figures())
    assert paper_docx(paper)


def test_a_correction_by_a_person_moves_the_count(busy: Bureau, desk: Now) -> None:
    review = made(busy, desk, PaperKind.MESSAGE_REVIEW, period=MARCH_2)
    assert grid(review, "答复") == {
        ROADS: [1, 0, 0, 0, 0],
        WATER: [0, 0, 0, 1, 0],
        "未分办": [0, 0, 0, 1, 0],
        "合计": [1, 0, 0, 2, 0],
    }


def test_a_special_report_tells_the_incident_from_its_first_post(busy: Bureau, desk: Now) -> None:
    posts = busy.receive(public_post("2026-03-02T07:00", title="停水了"))
    case_id = busy.incident(seen="2026-03-02T09:30", message_ids=posts, level=Level.II)
    paper = made(busy, desk, PaperKind.SPECIAL_REPORT, case_id=case_id)
    assert grid(paper, "来文渠道") == {"微博": [1]}
    assert grid(paper, "时间")["首次发现时间"] == ["2026-03-02 09:30"]
    assert "未定级（建议重大）" in words(paper)
    assert "尚未对外发布。" in words(paper)
    assert grid(paper, "时限")["重大突发事件首次回应"][1:] == ["2026-03-02 14:30", "—", "未到期"]


def test_a_flash_report_names_what_was_published(busy: Bureau, desk: Now) -> None:
    from alerts.publishing import publish

    case_id = busy.incident(seen="2026-03-02T09:30", level=Level.II)
    busy.clock.advance(hours=1)
    with busy.database.write() as connection:
        one = publication("2026-03-02T10:45")
        publish(connection, case_id, busy.act(busy.press), busy.law, one)
    paper = made(busy, desk, PaperKind.FLASH_REPORT, case_id=case_id)
    assert grid(paper, "已发布")["2026-03-02 10:45"][2] == "关于柳河路水管爆裂的情况通报"


def test_an_order_carries_the_letter_the_limit_and_a_return_slip(busy: Bureau, desk: Now) -> None:
    case_id = busy.letter(make_record("2026-03-02T09:30", section=WATER, body="第一段。\n第二段。"))
    paper = made(busy, desk, PaperKind.ASSIGNMENT_ORDER, case_id=case_id)
    assert paper.addressee == WATER
    assert "第一段。\n第二段。" in words(paper)
    assert grid(paper, "时限")["留言首次回复"] == ["2026-03-09 24:00", "未到期"]
    assert "签收人" in grid(paper, "回执")


def test_a_supervision_paper_shows_that_only_the_receipt_was_told(busy: Bureau, desk: Now) -> None:
    held = make_record("2026-03-02T09:30", replies=(make_reply(HOLDING, "2026-03-02T09:40"),))
    case_id = busy.letter(held)
    assert f"2026-03-02 09:40 {HOLDING}" in words(
        made(busy, desk, PaperKind.SUPERVISION_PAPER, case_id=case_id)
    )


def test_a_paper_about_a_letter_that_is_no_incident_is_refused(busy: Bureau, desk: Now) -> None:
    case_id = busy.letter(make_record("2026-03-02T09:30"))
    with pytest.raises(NotFound):
        made(busy, desk, PaperKind.SPECIAL_REPORT, case_id=case_id)


@pytest.mark.parametrize("kind", [kind for kind in PaperKind if kind is not PaperKind.RESPONSE_TIMES])
def test_every_kind_is_made_from_a_period_or_a_case_and_says_what_is_missing(
    bureau: Bureau, desk: Now, kind: PaperKind
) -> None:
    assert (kind in OF_PERIOD) is not (kind in OF_CASE)
    with pytest.raises(InvalidInput, match="要写明"):
        made(bureau, desk, kind)


def test_the_word_file_has_the_form_of_an_official_document(busy: Bureau, desk: Now) -> None:
    paper = made(busy, desk, PaperKind.DAILY_BRIEFING, period=MARCH_2)
    signed = paper.signed(issue=12, signer="周局长", on=date(2026, 3, 3))
    document = Document(io.BytesIO(paper_docx(signed)))
    page = document.sections[0]
    lengths = (page.page_width, page.top_margin, page.bottom_margin, page.left_margin, page.right_margin)
    # Word keeps twentieths of a point.
    assert [round((length or 0) / Mm(1)) for length in lengths] == [210, 37, 35, 28, 26]
    text = "\n".join(line.text for line in document.paragraphs)
    assert text.startswith("滨江市测试局\n舆情日报\n第 12 期\t签发人：周局长")
    assert "一、总体情况" in text
    assert "2026年3月3日" in text
    assert "草稿" not in text


def test_a_draft_says_that_nobody_signed_it(busy: Bureau, desk: Now) -> None:
    paper = made(busy, desk, PaperKind.DAILY_BRIEFING, period=MARCH_2)
    text = "\n".join(line.text for line in Document(io.BytesIO(paper_docx(paper))).paragraphs)
    assert "草稿，未签发" in text


def test_what_citizens_type_runs_and_breaks_nothing(busy: Bureau, desk: Now) -> None:
    busy.receive(make_record("2026-03-02T09:50", title='=cmd|"/c calc"!A1\x0b<w:p>', section=ROADS))
    paper = made(busy, desk, PaperKind.DAILY_BRIEFING, period=MARCH_2)
    assert Document(io.BytesIO(paper_docx(paper)))
    sheet = openpyxl.load_workbook(io.BytesIO(appendices_xlsx(paper))).worksheets[0]
    titles = {str(cell.value): cell.data_type for cell in sheet["J"]}
    assert titles["=HYPERLINK(1)"] == "s"


def test_a_long_list_is_cut_in_the_paper_and_whole_in_the_workbook(bureau: Bureau, desk: Now) -> None:
    bureau.receive(*(make_record("2026-03-02T09:00") for _ in range(APPENDIX_LINES + 5)))
    paper = made(bureau, desk, PaperKind.DAILY_BRIEFING, period=MARCH_2)
    document = Document(io.BytesIO(paper_docx(paper)))
    assert "全部 105 行见附表工作簿" in "\n".join(line.text for line in document.paragraphs)
    sheet = openpyxl.load_workbook(io.BytesIO(appendices_xlsx(paper))).worksheets[0]
    assert sheet.max_row == APPENDIX_LINES + 6


def test_a_channel_of_posts_is_listed_with_its_own_name(bureau: Bureau, desk: Now) -> None:
    bureau.receive(make_record("2026-03-02T09:00", channel=Channel.WEIBO))
    paper = made(bureau, desk, PaperKind.WEEKLY_BRIEFING, period=FIRST_WEEK)
    assert "【1｜附表1·类型=未分析】" in to_text(paper)
    assert instant_text(None) == "—"
