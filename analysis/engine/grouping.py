"""Puts what came in into groups of (nearly) the same words, batch by batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from analysis.duplicates import DuplicateGroups, Indexed, Placed, Print, prints_of, words_of
from core.clock import Clock
from storage import duplicates
from storage.database import Connection, Database
from storage.duplicates import Found, PlacedRow, Ungrouped
from storage.turns import Work, take_turn


def group_pending(database: Database, clock: Clock, batch: int = 500) -> int:
    """Group messages whose present revision has no place yet, until none is left; how many were grouped.

    A message is compared with what shares a key with it, so that the next one costs the same however many are
    stored. Nothing is compared twice; two processes take turns.
    """
    done = 0
    while True:
        with database.read() as connection:
            waiting = duplicates.waiting(connection, limit=batch)
        if not waiting:
            return done
        prints = prints_of([_words(one.title, one.body) for one in waiting])
        with database.write() as connection:
            take_turn(connection, Work.GROUPING)
            _group(connection, waiting, prints, clock.now())
        done += len(waiting)


def _group(connection: Connection, waiting: list[Ungrouped], prints: list[Print], now: datetime) -> None:
    ids = [one.message_id for one in waiting]
    # Another process may have been here between reading and our turn.
    still = set(duplicates.still_waiting(connection, ids))
    firsts = duplicates.firsts_of_groups(connection, ids)
    duplicates.forget_keys(connection, ids)
    keys = [key for print_ in prints for key in print_.keys]
    groups = DuplicateGroups(_indexed(one) for one in duplicates.found_by(connection, keys))
    revisions = {one.message_id: one.revision for one in waiting}
    batch = [(one, print_) for one, print_ in zip(ids, prints, strict=True) if one in still]
    duplicates.save(connection, [_row(one, revisions, firsts) for one in groups.place(batch)], now)


def _row(placed: Placed, revisions: Mapping[int, int], firsts: set[int]) -> PlacedRow:
    """A revised message that names a group with others in it goes on naming it."""
    number = placed.message_id
    group_id, similarity = (number, 1.0) if number in firsts else (placed.group_id, placed.similarity)
    return PlacedRow(number, revisions[number], group_id, similarity, placed.keys)


def _indexed(one: Found) -> Indexed:
    return Indexed(
        one.message_id, one.group_id, replace(words_of(_words(one.title, one.body)), keys=one.keys)
    )


def _words(title: str, body: str) -> str:
    """Title and body; a title that only repeats the beginning of the body is not counted twice."""
    return body if body.strip().startswith(title.strip()) else f"{title}\n{body}"
