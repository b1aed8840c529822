"""What somebody who is confined to a section may see: everything else is not there."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path

from core.errors import NotFound
from core.vocabulary import DeadlineState
from storage import cases, deadlines, joint
from storage.database import Connection, Row

# The largest number both databases keep; a larger one in an address is refused before it reaches them.
LARGEST_ID = 2**63 - 1
Number = Annotated[int, Path(ge=1, le=LARGEST_ID)]


def get_visible_deadline(
    connection: Connection, deadline_id: int, as_of: datetime, sees_only: str | None
) -> Row:
    """One clock with its case and message, as it stands at `as_of`.

    Raises:
        NotFound: there is none with this number, it was superseded, or it belongs to another section.
    """
    row = deadlines.get(connection, deadline_id, as_of)
    is_gone = row is not None and row["state"] == DeadlineState.SUPERSEDED.value
    if row is None or is_gone or (sees_only is not None and row["section"] != sees_only):
        raise NotFound(
            f"没有编号为 {deadline_id} 的时限。", mend="请从值班台进入。", code="deadline.not_found"
        )
    return row


def get_visible_case(connection: Connection, case_id: int, sees_only: str | None) -> Row:
    """One case as it stands.

    Raises:
        NotFound: there is none with this number, or it belongs to another section.
    """
    row = cases.get(connection, case_id)
    is_theirs = sees_only is None or row["section"] == sees_only
    if not is_theirs and sees_only not in joint.sections_of(connection, case_id):
        raise cases.no_such(case_id)
    return row
