"""What an administrator is told of a source: each kind of trouble, its beginning, and when it is another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.vocabulary import SourceTrouble, Verdict
from crawlers.catalog import Source, read_source, shipped_folder
from crawlers.health import troubles
from tests.crawlers.crawling import NOW

_HOUR = timedelta(hours=1)


def source(key: str = "example_mailbox") -> Source:
    return read_source(shipped_folder() / f"{key}.yml")


def state(**changes: Any) -> dict[str, Any]:
    """A source that did well an hour ago."""
    healthy: dict[str, Any] = {
        "failures": 0,
        "last_ok_at": NOW - _HOUR,
        "last_news_at": NOW - _HOUR,
        "credential": None,
        "credential_set_at": None,
        "credential_expires_at": None,
        "credential_refused_at": None,
    }
    return healthy | changes


def credential(**changes: Any) -> dict[str, Any]:
    return state(**{"credential": b"sealed", "credential_set_at": NOW - 30 * 24 * _HOUR, **changes})


def run(verdict: Verdict = Verdict.OK, read: int = 5, message: str = "") -> Any:
    return {"verdict": verdict.value, "read": read, "message": message}


def kinds(one: Source, remembered: dict[str, Any], last: Any) -> list[SourceTrouble]:
    return [trouble.kind for trouble in troubles(one, remembered, last, NOW - 500 * _HOUR, NOW)]


TOLD: list[tuple[str, str, dict[str, Any], Any, list[SourceTrouble]]] = [
    ("well", "example_mailbox", state(), run(), []),
    ("never run", "example_mailbox", state(last_ok_at=None, last_news_at=NOW), None, []),
    ("fewer than expected", "example_mailbox", state(), run(read=0), [SourceTrouble.TOO_FEW]),
    (
        "nothing, and the source says so",
        "example_mailbox",
        state(),
        run(Verdict.OK_EMPTY, 0),
        [SourceTrouble.TOO_FEW],
    ),
    (
        "silent though every run is well",
        "example_mailbox",
        state(last_news_at=NOW - 73 * _HOUR),
        run(),
        [SourceTrouble.SILENT],
    ),
    (
        "a wall, at once",
        "example_mailbox",
        state(failures=1),
        run(Verdict.BLOCKED_WAF),
        [SourceTrouble.FAILING],
    ),
    ("down for a moment", "example_mailbox", state(failures=2), run(Verdict.SERVER_ERROR), []),
    (
        "down three times",
        "example_mailbox",
        state(failures=3),
        run(Verdict.SERVER_ERROR),
        [SourceTrouble.FAILING],
    ),
    (
        "the credential ran out",
        "weibo_mentions",
        credential(credential_expires_at=NOW),
        run(),
        [SourceTrouble.CREDENTIAL_EXPIRED],
    ),
    (
        "the site takes the credential no more",
        "weibo_mentions",
        credential(credential_refused_at=NOW),
        run(),
        [SourceTrouble.CREDENTIAL_EXPIRED],
    ),
    (
        "the credential runs out within a week",
        "weibo_mentions",
        credential(credential_expires_at=NOW + 24 * _HOUR),
        run(),
        [SourceTrouble.CREDENTIAL_EXPIRES_SOON],
    ),
]


@pytest.mark.parametrize(
    ("key", "remembered", "last", "told"), [row[1:] for row in TOLD], ids=[row[0] for row in TOLD]
)
def test_each_trouble_is_told_when_it_is_one(
    key: str, remembered: dict[str, Any], last: Any, told: list[SourceTrouble]
) -> None:
    assert kinds(source(key), remembered, last) == told


def test_a_trouble_that_lasts_is_the_same_and_one_that_returns_is_another() -> None:
    def failing(**changes: Any) -> str:
        (one,) = troubles(source(), state(**changes), run(Verdict.FORMAT_CHANGED), None, NOW)
        return one.since

    assert failing(failures=1) == failing(failures=7)
    assert failing(failures=1) != failing(failures=1, last_ok_at=NOW)
