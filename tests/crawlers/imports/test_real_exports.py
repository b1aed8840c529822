"""Genuine exports, where they are at hand: nothing in them may be lost."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.redact import Redactor
from core.vocabulary import ImportKind, Precision
from crawlers.imports.opening import Accepted, ReadingContext, open_file

DATA = Path(__file__).parents[3].parent / "shared" / "data"
CONTEXT = ReadingContext(datetime(2026, 11, 23, tzinfo=UTC), Redactor(b"a key of the tests"))

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.is_dir(), reason="the real exports are not on this machine"),
]


def accepted(path: str, kind: ImportKind) -> list[Accepted]:
    """The rows of a file in which every row is accepted, without a warning."""
    with (DATA / path).open("rb") as stream, open_file(stream, path, kind, CONTEXT) as opened:
        rows = list(opened.rows())
        assert len(rows) == opened.row_count
        assert opened.warnings == []
    good = [row for row in rows if isinstance(row, Accepted) and not row.warnings]
    assert len(good) == len(rows)
    return good


def test_every_answered_letter_is_read() -> None:
    records = [row.record for row in accepted("mailbox/replies-2011-2018.xlsx", ImportKind.MAILBOX)]
    assert len(records) == 1926
    assert len({record.native_id for record in records}) == 1926
    assert all(record.native_id.isdecimal() and not record.native_id_is_derived for record in records)
    replies = [reply for record in records for reply in record.replies]
    assert len(replies) == 1926
    assert sum(reply.precision is Precision.DAY for reply in replies) == 1
    assert all(reply.at is not None for reply in replies)
    assert not any(record.body[:1] in "\n\t\u3000\xa0" for record in records if record.body)


def test_text_date_and_datetime_cells_are_all_read() -> None:
    records = [row.record for row in accepted("mailbox/letters-to-2019-08.xlsx", ImportKind.MAILBOX)]
    assert len(records) == 2917
    assert sum(record.received_precision is Precision.DAY for record in records) == 7


@pytest.mark.parametrize(("part", "rows"), [("a", 518), ("b", 1149)])
def test_every_post_of_a_search_export_is_read(part: str, rows: int) -> None:
    posts = [row.record for row in accepted(f"weibo/search-export-{part}.csv", ImportKind.WEIBO_EXPORT)]
    assert len(posts) == len({post.native_id for post in posts}) == rows
    assert all(post.url and not post.native_id_is_derived and "." not in post.native_id for post in posts)
