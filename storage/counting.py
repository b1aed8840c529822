"""Totals beside a list: exact up to a bound, so that a list costs the same however much there is."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

# Nobody pages through more; counting a million rows would take longer than everything else on the page.
MOST_COUNTED = 10_000


def bounded_total(connection: Connection, rows: sa.Select[Any]) -> int | None:
    """How many rows a query gives; None where there are more than `MOST_COUNTED`."""
    some = rows.limit(MOST_COUNTED + 1).subquery()
    found = connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()
    return found if found <= MOST_COUNTED else None
