"""Each test has a database of its own, and nothing is left of it."""

from __future__ import annotations

import psycopg
import pytest

from tests.postgres import PostgresServer

pytestmark = pytest.mark.postgres


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


def _create_table(url: str) -> None:
    with psycopg.connect(_plain(url)) as connection:
        connection.execute("CREATE TABLE letter (body text)")


def test_a_database_is_gone_after_its_block(postgres_server: PostgresServer) -> None:
    with postgres_server.fresh_database() as url:
        _create_table(url)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(_plain(url))


def test_copies_of_a_template_do_not_see_each_other(postgres_server: PostgresServer) -> None:
    template = postgres_server.template("letters", _create_table)
    with postgres_server.fresh_database(template) as one, postgres_server.fresh_database(template) as other:
        with psycopg.connect(_plain(one)) as connection:
            connection.execute("INSERT INTO letter VALUES ('路灯不亮')")
        with psycopg.connect(_plain(other)) as connection:
            assert connection.execute("SELECT count(*) FROM letter").fetchone() == (0,)


def test_a_template_is_prepared_once(postgres_server: PostgresServer) -> None:
    prepared: list[str] = []
    names = {postgres_server.template("once", prepared.append) for _ in range(3)}
    assert (len(names), len(prepared)) == (1, 1)
