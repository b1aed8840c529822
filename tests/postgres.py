"""A PostgreSQL server for tests: fresh databases, made from templates and dropped afterwards."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

URL_VARIABLE = "HUIYING_TEST_POSTGRES_URL"
POOLED_VARIABLE = "HUIYING_TEST_POOLED_URL"


@dataclass
class PostgresServer:
    """A running server on which we may make and drop databases.

    Attributes:
        address: an existing database of the server, in SQLAlchemy's form.
        pooled: the same behind a pooler, for the databases that tests use; None for the server itself.
    """

    address: URL
    pooled: URL | None = None
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _templates: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def fresh_database(self, template: str = "template0") -> Iterator[str]:
        """The URL of a new database, a copy of `template`; it is dropped when the block ends.

        `template0` is empty; `template` may also be a name that `template()` returned.
        """
        name = self._create(template)
        try:
            yield self._url(name)
        finally:
            self._drop(name)

    def template(self, key: str, prepare: Callable[[str], None]) -> str:
        """The name of a database that `prepare(url)` filled once in this run; copies of it are cheap.

        `prepare` must close every connection it opened: PostgreSQL copies only a database nobody uses.
        """
        if key not in self._templates:
            name = self._create("template0")
            prepare(self._direct(name))
            self._templates[key] = name
        return self._templates[key]

    def drop_templates(self) -> None:
        """Remove what `template` made."""
        while self._templates:
            self._drop(self._templates.popitem()[1])

    def _create(self, template: str) -> str:
        # The process number keeps two runs on one server apart.
        name = f"huiying_test_{os.getpid()}_{next(self._numbers)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def _drop(self, name: str) -> None:
        # Forced: a test that failed may have left connections open.
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, statement: sql.Composed) -> None:
        plain = self.address.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement)

    def _direct(self, name: str) -> str:
        return self.address.set(database=name).render_as_string(hide_password=False)

    def _url(self, name: str) -> str:
        chosen = self.pooled or self.address
        return chosen.set(database=name).render_as_string(hide_password=False)


def server_from_environment() -> PostgresServer | None:
    """The server named in `HUIYING_TEST_POSTGRES_URL`, or None when it names none.

    `HUIYING_TEST_POOLED_URL`, which `tests.pooler` sets, names a pooler before it.
    """
    url, pooled = os.environ.get(URL_VARIABLE), os.environ.get(POOLED_VARIABLE)
    return PostgresServer(make_url(url), make_url(pooled) if pooled else None) if url else None
