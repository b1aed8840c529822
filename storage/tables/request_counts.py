"""How often each program has asked lately."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, Table

from storage.tables.base import METADATA

request_counts = Table(
    "request_counts",
    METADATA,
    # `token/NUMBER`
    Column("owner", String(80), primary_key=True),
    # Minutes since 1970; one row for each minute in which something was asked.
    Column("minute", BigInteger, primary_key=True, autoincrement=False),
    Column("taken", Integer, nullable=False),
)
