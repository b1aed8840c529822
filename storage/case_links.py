"""Which cases went into another one, and which came out of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import LinkKind
from storage.tables import case_links, cases


def add(connection: Connection, *, from_case: int, to_case: int, kind: LinkKind, at: datetime) -> None:
    """Remember that two cases belong together; the caller holds the locks of both."""
    values = {"from_case": from_case, "to_case": to_case, "kind": kind.value, "at": at}
    connection.execute(case_links.insert().values(values))


def of_case(connection: Connection, case_id: int) -> Sequence[RowMapping]:
    """The links of a case with `other`, the number of the other case, and its title; oldest first."""
    other = sa.case((case_links.c.from_case == case_id, case_links.c.to_case), else_=case_links.c.from_case)
    query = (
        sa.select(case_links, cases.c.id.label("other"), cases.c.title, cases.c.kind.label("case_kind"))
        .join(cases, cases.c.id == other)
        .where(sa.or_(case_links.c.from_case == case_id, case_links.c.to_case == case_id))
        .order_by(case_links.c.id)
    )
    return connection.execute(query).mappings().all()
