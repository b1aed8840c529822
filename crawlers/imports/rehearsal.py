"""A dry run: what an import would store, without storing it."""

from __future__ import annotations

from itertools import islice

from crawlers.imports.opening import Accepted, OpenedFile, Rejected
from storage import messages, ratings, sources
from storage.database import Connection
from storage.imports import Counts

_SLICE = 1000


def rehearse(connection: Connection, opened: OpenedFile, source_key: str) -> Counts:
    """The counts an import of this file would end with; nothing is written."""
    source = sources.find(connection, source_key)
    # What the file itself has said so far under each number, since a later row revises an earlier one.
    said: dict[str, str] = {}
    total = Counts()
    rows = opened.rows()
    while some := list(islice(rows, _SLICE)):
        accepted = [one for one in some if isinstance(one, Accepted)]
        if source is not None:
            new = [one.record.native_id for one in accepted if one.record.native_id not in said]
            known = messages.find_known(connection, source.id, new)
            bare = [one.record.native_id for one in accepted if ratings.is_bare(one.record)]
            known = ratings.find_known(connection, source.id, [n for n in bare if n not in said]) | known
            said.update({native_id: one.content_hash for native_id, one in known.items()})
        quarantined = sum(isinstance(one, Rejected) for one in some)
        counts = Counts(
            read=quarantined,
            quarantined=quarantined,
            ignored=len(some) - len(accepted) - quarantined,
            warnings=sum(len(one.warnings) for one in accepted),
        )
        total = total.plus(counts)
        for one in accepted:
            total = total.plus(_ending(said, one))
    return total


def _ending(said: dict[str, str], one: Accepted) -> Counts:
    before = said.get(one.record.native_id)
    said[one.record.native_id] = one.record.content_hash
    if before is None:
        return Counts(read=1, stored=1)
    if before == one.record.content_hash:
        return Counts(read=1, duplicate=1)
    return Counts(read=1, revised=1)
