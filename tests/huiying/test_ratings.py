"""好差评: what has words is a message, what has none is a rating; a low one asks for a look."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from alerts.revision import undo_import
from core.clock import parse_instant
from core.rule_files import rules_folder
from core.vocabulary import ImportKind
from crawlers.imports.mapping import Mapping
from huiying.importing import Imported, Wish, import_file
from huiying.office import Office
from reports.concentrated import Common, concentrated, load_concentrated_rules, ratings_counted
from reports.heard import heard_in
from storage.tables import alerts, messages, ratings

HEADER = ("办件编号", "事项名称", "评价时间", "评价等级", "评价内容", "部门名称")
LICENCE = "食品经营许可延续"
WISH = Wish(ImportKind.RATINGS, mapping=Mapping())
Rating = tuple[str, str, str, str, str, str]


def rating(number: int, grade: str, words: str = "", at: str = "2026-11-23 08:20:00") -> Rating:
    return (f"4415-{number}", LICENCE, at, grade, words, "许可科")


def bring(office: Office, path: Path, *rows: Rating, wish: Wish = WISH) -> Imported:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return import_file(office, path, wish)


def counts(done: Imported) -> tuple[int, int, int, int, int]:
    c = done.counts
    assert c.read == c.stored + c.revised + c.duplicate + c.quarantined
    return c.read, c.stored, c.revised, c.duplicate, c.quarantined


def kept(office: Office) -> tuple[list[str], list[tuple[str, int]]]:
    """The numbers of the messages; number and grade of the ratings without text."""
    with office.database.read() as connection:
        told = sa.select(messages.c.native_id).where(messages.c.withdrawn_at.is_(None))
        bare = sa.select(ratings.c.native_id, ratings.c.grade).where(ratings.c.withdrawn_at.is_(None))
        return (
            sorted(connection.execute(told).scalars()),
            sorted((row[0], row[1]) for row in connection.execute(bare)),
        )


def raised(office: Office) -> list[tuple[str, list[str]]]:
    with office.database.read() as connection:
        rows = connection.execute(sa.select(alerts).order_by(alerts.c.id)).mappings()
        return [(row["title"], row["reasons"]) for row in rows]


def test_a_rating_without_words_is_counted_and_no_message(office: Office, tmp_path: Path) -> None:
    rows = (rating(1, "非常满意"), rating(2, "满意", "很快"), rating(3, "不满意"), rating(4, "不满意"))
    done = bring(office, tmp_path / "a.csv", *rows, rating(5, "非常不满意"))
    assert counts(done) == (5, 5, 0, 0, 0)
    assert kept(office) == (["4415-2"], [("4415-1", 5), ("4415-3", 2), ("4415-4", 2), ("4415-5", 1)])
    with office.database.read() as connection:
        heard = heard_in(connection, since=parse_instant("2026-11-01"), until=parse_instant("2026-12-01"))
    counted = ratings_counted(heard)
    assert counted == {"1": 1, "2": 2, "3": 0, "4": 1, "5": 1, "total": 5, "low": 3}
    (problem,) = concentrated(heard, load_concentrated_rules(rules_folder() / "concentrated.yml"))
    assert (problem.common, problem.name, problem.count) == (Common.LOW_RATING, LICENCE, 3)


def test_low_ratings_raise_one_alert_for_their_item_with_the_document(office: Office, tmp_path: Path) -> None:
    low = [rating(number, "非常不满意") for number in range(1, 7)]
    path = tmp_path / "a.csv"
    bring(office, path, rating(9, "不满意", "跑了三趟，电话13800138000"), *low, rating(8, "基本满意"))
    titles = [title for title, _ in raised(office)]
    assert titles == [f"差评1件：{LICENCE}", f"差评6件：{LICENCE}"]
    words, bare = (reasons for _, reasons in raised(office))
    assert words[0] == "2026-11-23 不满意（4415-9，许可科）：跑了三趟，电话138****8000。"
    assert bare[-2:] == [
        "另有1件。",
        "差评应当回访核实、督促整改并向评价人反馈。（国办发〔2019〕51号）",
    ]
    bring(office, path, *low)
    assert len(raised(office)) == 2, "the same ratings again ask for nothing"


def test_ratings_from_before_the_office_went_live_ask_for_nothing(office: Office, tmp_path: Path) -> None:
    before = office.law.go_live_on.replace(year=office.law.go_live_on.year - 1)
    done = bring(office, tmp_path / "a.csv", rating(1, "非常不满意", at=f"{before} 09:00:00"))
    assert counts(done)[1] == 1
    assert raised(office) == []


def test_repeats_changes_and_words_that_come_later_are_told_apart(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    bring(office, path, rating(1, "满意"), rating(2, "满意"), rating(3, "满意"))
    later = (rating(1, "满意"), rating(2, "不满意"), rating(3, "满意", "服务很好"))
    dry = bring(office, path, *later, wish=replace(WISH, dry_run=True))
    done = bring(office, path, *later)
    assert counts(dry) == counts(done) == (3, 1, 1, 1, 0)
    assert kept(office) == (["4415-3"], [("4415-1", 4), ("4415-2", 2)])


def test_undo_takes_ratings_back_and_rolls_changes_back(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    bring(office, path, rating(1, "满意"))
    done = bring(office, path, rating(1, "非常不满意"), rating(2, "满意"))
    assert done.import_id is not None
    with office.database.write() as connection:
        undone = undo_import(connection, office.law, done.import_id, actor="王", now=office.clock.now())
    assert undone == {"withdrawn": 1, "restored": 1}
    assert kept(office) == ([], [("4415-1", 4)])
