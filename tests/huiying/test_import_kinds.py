"""Each kind of export: its columns, its channel, the clocks of its own law, and what is never stored."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.clock import iso
from core.errors import FileRefused
from core.vocabulary import ImportKind
from crawlers.imports.mapping import Mapping
from huiying.importing import Imported, Wish, import_file
from huiying.office import Office
from storage.tables import alerts, cases, deadlines, messages, ratings

COMPLAINT_HEADER = ("登记编号", "投诉类型", "提供方姓名", "联系电话", "登记日期", "投诉内容", "处理部门")
STEPS = ("受理日期", "受理告知日期", "办结日期")
NUMBER = "3305230000000202611020001"
COMPLAINT = (NUMBER, "投诉", "陈大文", "13800138000", "2026-11-02", "预付卡不退款", "消费科")
PETITION_HEADER = ("XFJBH", "BT", "XFRQ", "GK", "CXM", "YYBZ", "受理告知日期", "ZCSLYJRQ", "BJSJ")
FOI_HEADER = (
    "申请编号",
    "申请人",
    "收到日期",
    "收到方式",
    "所需信息描述",
    "登记日期",
    "答复日期",
    "答复类型",
)
RATING_HEADER = ("办件编号", "事项名称", "评价时间", "评价等级", "评分", "评价内容", "证件号码")


def bring(
    office: Office, folder: Path, kind: ImportKind, header: Sequence[str], *rows: Sequence[str]
) -> Imported:
    return brought(office, folder, Wish(kind), header, *rows)


def brought(
    office: Office, folder: Path, wish: Wish, header: Sequence[str], *rows: Sequence[str]
) -> Imported:
    path = folder / "导出.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return import_file(office, path, wish)


def clocks(office: Office) -> dict[str, tuple[str, str | None]]:
    """Rule → state and the local instant it was met."""
    gone = "superseded"
    with office.database.read() as connection:
        rows = connection.execute(sa.select(deadlines).where(deadlines.c.state != gone)).mappings()
        return {row["rule_key"]: (row["state"], (iso(row["met_at"]) or "")[:10] or None) for row in rows}


def everything(office: Office) -> str:
    """All that is stored of all messages, as one text."""
    with office.database.read() as connection:
        rows = connection.execute(sa.select(messages)).mappings().all()
    return json.dumps([dict(row) for row in rows], ensure_ascii=False, default=str)


def test_a_consumer_complaint_runs_from_its_registration_until_it_is_accepted(
    office: Office, tmp_path: Path
) -> None:
    bring(office, tmp_path, ImportKind.HOTLINE_12315, COMPLAINT_HEADER, COMPLAINT)
    assert clocks(office) == {"consumer.accept": ("running", None)}
    with office.database.read() as connection:
        case = connection.execute(sa.select(cases)).mappings().one()
        stored = connection.execute(sa.select(messages)).mappings().one()
    assert (case["kind"], case["channel"], case["section"]) == ("request", "hotline_12315", "消费科")
    assert (stored["native_id"], stored["author_display"]) == (NUMBER, "陈**")


def test_a_newer_export_with_the_acceptance_starts_the_mediation(office: Office, tmp_path: Path) -> None:
    bring(office, tmp_path, ImportKind.HOTLINE_12315, COMPLAINT_HEADER, COMPLAINT)
    later = (*COMPLAINT, "2026-11-05", "2026-11-06", "")
    done = bring(office, tmp_path, ImportKind.HOTLINE_12315, (*COMPLAINT_HEADER, *STEPS), later)
    assert done.counts.revised == 1
    assert clocks(office) == {
        "consumer.accept": ("met", "2026-11-06"),
        "consumer.mediate": ("running", None),
    }
    with office.database.read() as connection:
        anchor = connection.execute(
            sa.select(deadlines.c.anchor, deadlines.c.started_at).where(
                deadlines.c.rule_key == "consumer.mediate"
            )
        ).one()
    assert (anchor.anchor, iso(anchor.started_at)) == ("accepted", "2026-11-05T00:00:00+08:00")


def test_a_finished_complaint_has_no_running_clock(office: Office, tmp_path: Path) -> None:
    row = (*COMPLAINT, "2026-11-05", "2026-11-06", "2026-11-12")
    bring(office, tmp_path, ImportKind.HOTLINE_12315, (*COMPLAINT_HEADER, *STEPS), row)
    assert clocks(office) == {
        "consumer.accept": ("met", "2026-11-06"),
        "consumer.mediate": ("met", "2026-11-12"),
    }
    with office.database.read() as connection:
        assert connection.execute(sa.select(cases.c.state)).scalar_one() == "replied"


@pytest.mark.parametrize(
    ("word", "rules"),
    [
        ("投诉", {"consumer.accept"}),
        ("举报", {"report.verify"}),
        ("投诉举报", {"consumer.accept", "report.verify"}),
        ("", {"consumer.accept", "report.verify"}),
    ],
    ids=["complaint", "report", "both in one letter", "the export does not say"],
)
def test_complaint_and_report_run_on_their_own_clocks(
    office: Office, tmp_path: Path, word: str, rules: set[str]
) -> None:
    row = (NUMBER, word, *COMPLAINT[2:])
    bring(office, tmp_path, ImportKind.HOTLINE_12315, COMPLAINT_HEADER, row)
    assert set(clocks(office)) == rules


def test_a_step_before_the_receipt_is_left_out_with_a_warning(office: Office, tmp_path: Path) -> None:
    row = (*COMPLAINT, "2026-10-01", "", "")
    done = bring(office, tmp_path, ImportKind.HOTLINE_12315, (*COMPLAINT_HEADER, *STEPS), row)
    assert (done.counts.stored, done.counts.warnings) == (1, 1)
    assert set(clocks(office)) == {"consumer.accept"}


def test_a_petition_runs_by_the_regulations_and_its_query_code_is_never_stored(
    office: Office, tmp_path: Path
) -> None:
    row = ("XF1", "反映征地补偿", "2026-11-02", "补偿款未到账", "886622", "1", "2026-11-09", "2026-11-06", "")
    done = bring(office, tmp_path, ImportKind.PETITION, PETITION_HEADER, row)
    assert clocks(office) == {
        "message.first_reply": ("running", None),
        "petition.inform": ("met", "2026-11-09"),
        "petition.finish": ("running", None),
    }
    assert done.columns["never_stored"] == "CXM"
    assert "886622" not in everything(office)


def test_a_disclosure_request_is_registered_and_answered_apart(office: Office, tmp_path: Path) -> None:
    row = ("依申请1", "李四", "2026-11-02", "当面", "2025年预算", "2026-11-03", "", "")
    bring(office, tmp_path, ImportKind.FOI, FOI_HEADER, row)
    assert clocks(office) == {"foi.register": ("met", "2026-11-03"), "foi.answer": ("running", None)}
    answered = (*row[:6], "2026-11-10", "予以公开")
    bring(office, tmp_path, ImportKind.FOI, FOI_HEADER, answered)
    assert clocks(office)["foi.answer"] == ("met", "2026-11-10")


def test_a_rating_is_kept_by_its_grade_without_a_clock_and_without_identity_numbers(
    office: Office, tmp_path: Path
) -> None:
    wish = Wish(ImportKind.RATINGS, mapping=Mapping(best_first=False))
    number = "11010519491231002X"
    good = ("4415-1", "食品经营许可延续", "2026-11-20 16:20:00", "非常不满意", "1", "跑了三趟", number)
    turned = ("4415-2", "食品经营许可延续", "2026-11-20 16:21:00", "非常满意", "1", "", number)
    unknown = ("4415-3", "食品经营许可延续", "2026-11-20 16:22:00", "还行", "", "", number)
    done = brought(office, tmp_path, wish, RATING_HEADER, good, turned, unknown)
    assert (done.counts.stored, done.counts.quarantined) == (1, 2)
    assert clocks(office) == {}
    with office.database.read() as connection:
        stored = connection.execute(sa.select(messages)).mappings().one()
    assert (stored["channel"], stored["extra"]["grade"]) == ("rating", "1")
    assert number not in everything(office)


def test_ratings_in_numbers_alone_need_to_be_told_which_end_is_best(office: Office, tmp_path: Path) -> None:
    header = ("办件编号", "事项名称", "评价时间", "评分")
    row = ("4415-1", "食品经营许可延续", "2026-11-20 16:20:00", "1")
    with pytest.raises(FileRefused) as refused:
        bring(office, tmp_path, ImportKind.RATINGS, header, row)
    assert refused.value.code == "mapping.direction_needed"
    wish = Wish(ImportKind.RATINGS, mapping=Mapping(best_first=True))
    brought(office, tmp_path, wish, header, row)
    with office.database.read() as connection:
        assert connection.execute(sa.select(ratings.c.grade)).scalar_one() == 5


@pytest.mark.parametrize("kind", [ImportKind.MESSAGE_BOARD, ImportKind.PEOPLES_ADVICE])
def test_boards_and_advice_are_read_like_mailboxes(office: Office, tmp_path: Path, kind: ImportKind) -> None:
    header = ("留言编号", "留言主题", "留言时间", "留言详情")
    bring(office, tmp_path, kind, header, ("1", "公交", "2026-11-02 09:00:00", "请增开夜班车"))
    assert clocks(office)["message.first_reply"] == ("running", None)
    with office.database.read() as connection:
        assert connection.execute(sa.select(cases.c.channel)).scalar_one() == kind.value


def told(office: Office) -> list[tuple[str, list[str], int | None]]:
    with office.database.read() as connection:
        rows = connection.execute(sa.select(alerts).order_by(alerts.c.id)).mappings()
        return [(row["title"], row["reasons"], row["case_id"]) for row in rows]


def test_a_flagged_petition_asks_for_a_look_as_it_comes_in(office: Office, tmp_path: Path) -> None:
    header = ("XFJBH", "BT", "DJSJ", "GK", "YYBZ", "JTXFBZ", "JJBZ")
    at, old = "2026-11-23 08:00:00", "2026-11-02 08:00:00"
    rows = (
        ("X1", "欠薪", at, "工资未发", "1", "是", "一般"),
        ("X2", "修路", at, "路面破损", "0", "否", "特急"),
        ("X3", "绿化", at, "树木枯死", "", "", "一般"),
        ("X4", "旧事", old, "启用以前的", "1", "", ""),
    )
    bring(office, tmp_path, ImportKind.PETITION, header, *rows)
    first = [("欠薪", ["来源标明：扬言、集体访。"], 1), ("修路", ["来源标明：紧急。"], 2)]
    assert told(office) == first
    later = ("X3", "绿化", at, "树木枯死", "", "√", "一般")
    bring(office, tmp_path, ImportKind.PETITION, header, *rows[:2], later)
    assert told(office) == [*first, ("绿化", ["来源标明：集体访。"], 3)], "each only once"


def test_a_list_of_media_reports_runs_no_clock(office: Office, tmp_path: Path) -> None:
    header = ("标题", "发布时间", "媒体名称", "内容摘要", "原文链接", "转载数")
    row = (
        "电梯检查",
        "2026-11-22 08:00",
        "滨海日报",
        "市场监管部门…",
        "https://news.binhai.example/1",
        "1.2万",
    )
    done = bring(office, tmp_path, ImportKind.MEDIA, header, row)
    assert done.counts.stored == 1
    assert clocks(office) == {}
    with office.database.read() as connection:
        stored = connection.execute(sa.select(messages)).mappings().one()
    assert (stored["channel"], stored["url"]) == ("media", "https://news.binhai.example/1")
    assert (stored["extra"]["媒体名称"], stored["extra"]["转载数"]) == ("滨海日报", "约12000")
