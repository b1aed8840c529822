"""Pages of what was found, and the word that leads from one to the next.

By time, the word is the place of the last hit. By relevance there is no such place: scores move with every
message that is indexed. So the best hits are fixed on the first page, and the word carries the rest of them.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import InvalidInput
from storage.search.port import Filters, Order, SearchIndex
from storage.search.query import Query

# Who has not found it among so many asks more precisely; the word for the next page stays below a kilobyte.
MOST_RELEVANT = 200
_LARGEST_PLACE = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Attributes:
        ids: in the order asked for.
        total: how many were found in all.
        next: what asks for the next page, or None.
    """

    ids: Sequence[int]
    total: int
    next: str | None


def page(
    index: SearchIndex, query: Query, filters: Filters, order: Order, *, limit: int, cursor: str | None
) -> Page:
    """At most `limit` hits behind `cursor`.

    Raises:
        InvalidInput: the cursor is not one of ours.
        SearchUnavailable: the engine does not answer.
    """
    if order is Order.RELEVANCE:
        return _by_relevance(index, query, filters, limit, cursor)
    before = None if not cursor else _place(cursor)
    hits = index.find(query, filters, order, limit + 1, before)
    is_last = len(hits.ids) <= limit
    return Page(hits.ids[:limit], hits.total, None if is_last else f"t{hits.places[limit - 1]:x}")


def _by_relevance(index: SearchIndex, query: Query, filters: Filters, limit: int, cursor: str | None) -> Page:
    if cursor:
        ids, total = _rest(cursor)
    else:
        hits = index.find(query, filters, Order.RELEVANCE, MOST_RELEVANT)
        ids, total = list(hits.ids), hits.total
    rest = ids[limit:]
    return Page(ids[:limit], total, _word(rest, total) if rest else None)


def _place(cursor: str) -> int:
    try:
        place = int(cursor.removeprefix("t"), 16)
    except ValueError as error:
        raise _refused() from error
    if not cursor.startswith("t") or not 0 <= place <= _LARGEST_PLACE:
        raise _refused()
    return place


def _word(ids: Sequence[int], total: int) -> str:
    packed = b"".join(_packed(number) for number in (total, *ids))
    return "r" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _packed(number: int) -> bytes:
    """Seven bits to a byte, the lowest first; the last byte's high bit is clear."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _rest(cursor: str) -> tuple[list[int], int]:
    try:
        text = cursor.removeprefix("r")
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise _refused() from error
    numbers, number, shift = [], 0, 0
    for byte in packed:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(number)
            number, shift = 0, 0
    sound = cursor.startswith("r") and 1 < len(numbers) <= MOST_RELEVANT + 1 and shift == 0
    if not sound or max(numbers) > _LARGEST_PLACE:
        raise _refused()
    return numbers[1:], numbers[0]


def _refused() -> InvalidInput:
    return InvalidInput("翻页位置看不懂。", mend="请从第一页重新开始。", field="cursor")
