"""An office of any size on PostgreSQL: composed messages, a tenth of them with a clock that runs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bench.composed import CHANNELS, texts
from core.vocabulary import Role
from storage import people, sections
from storage.database import Database
from tests.api.office import _CHEAP_HASH

LOGINS = {Role.PRESS: "press", Role.HANDLER: "handler"}
_YEAR = timedelta(days=365)
_COPY = """COPY messages (id, source_id, native_id, native_id_is_derived, channel, title, body, received_at,
  received_precision, received_from, author_display, section, area, category, kind_src, status_src, extra,
  content_hash, revision, first_seen_at) FROM STDIN"""
# A third of the messages have a case: a tenth with a clock that runs, the others answered.
_REST = """
INSERT INTO sources (id, key, channel, created_at)
  SELECT n, 'source' || n, 'hotline_12345', now() FROM generate_series(1, 12) n;
INSERT INTO assessments (message_id, revision, model, sentiment_words, polarity, kind, is_simple, topic,
  suggested_section, keywords, risk_level, risk_score, reasons, assessed_at)
  SELECT id, 1, 'bench', '[]', (ARRAY['negative','unsure','positive'])[1 + id % 3], 'complaint', false,
  'topic' || id % 30, '', '[]', (ARRAY['low','low','low','raised','high'])[1 + id % 5], 0.1, '{}', now()
  FROM messages;
INSERT INTO cases (id, kind, message_id, channel, section, title, state, cycle, is_history, received_at,
  registered_at, seq, chain_head)
  SELECT id, 'message', id, channel, section, title, CASE WHEN id % 10 = 1 THEN 'assigned' ELSE 'closed' END,
  1, false, received_at, received_at, 0, repeat('0', 64) FROM messages WHERE id % 10 IN (1, 4, 7);
INSERT INTO deadlines (id, case_id, rule_key, rule_version, calendar_version, cycle, anchor, started_at,
  due_at, is_provisional, state, met_at, is_time_unknown, has_holding_reply, registered_at)
  SELECT id, id, 'message.first_reply', '', '', 1, 'received', received_at,
  CASE WHEN id % 10 = 1 THEN now() + interval '1 minute' * (id % 14400 - 500)
    ELSE received_at + interval '5 days' END,
  false, CASE WHEN id % 10 = 1 THEN 'running' ELSE 'met' END,
  CASE WHEN id % 10 = 1 THEN NULL ELSE received_at + interval '3 days' END, false, false, received_at
  FROM cases;
INSERT INTO planned_actions (case_id, deadline_id, plan_no, n, kind, audience, priority, planned_at, state,
  error_count) SELECT id, id, 1, 1, 'due', 'section', 1, now() + interval '30 days', 'planned', 0
  FROM cases WHERE id % 10 = 1
"""


def fill(database: Database, folder_sentences: list[str], count: int, now: datetime) -> None:
    """Put `count` messages with their cases and clocks into a migrated, empty database, and let it settle."""
    with database.write() as connection:
        # Without the triggers: the search index is built at once afterwards, as by `huiying index rebuild`.
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        _copy(connection, _rows(folder_sentences, count, now))
        for statement in _REST.split(";"):
            connection.execute(sa.text(statement))
        _go_on_counting(connection)
        _staff(connection, now)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))


def _copy(connection: Connection, rows: Iterator[tuple[object, ...]]) -> None:
    cursor = connection.connection.cursor()
    with cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row(row)


def _rows(known: list[str], count: int, now: datetime) -> Iterator[tuple[object, ...]]:
    chance = random.Random(12)  # noqa: S311 - not for secrets
    for number, text in enumerate(texts(known, count), 1):
        # In the order they came in, as in a real office: the number grows with the time.
        at = now - _YEAR + _YEAR * (number / count)
        channel = chance.choices(CHANNELS, (50, 25, 10, 10, 5))[0]
        yield (
            *(number, 1 + number % 12, f"N{number}", False, channel, text[:16], text, at, "second", "source"),
            *("", f"section{chance.randrange(20)}", f"area{chance.randrange(100)}", "", "", "", "{}"),
            *("0" * 64, 1, at),
        )


def _go_on_counting(connection: Connection) -> None:
    for table in ("messages", "cases", "deadlines", "sources"):
        connection.execute(
            sa.text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
        )


def _staff(connection: Connection, now: datetime) -> None:
    sections.ensure(connection, [f"section{one}" for one in range(20)], now)
    for role, login in LOGINS.items():
        people.add(
            connection,
            login=login,
            name="张三",
            role=role,
            section="section3" if role is Role.HANDLER else "",
            password_hash=_CHEAP_HASH,
            must_change_password=False,
            now=now,
        )
