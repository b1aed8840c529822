"""Where messages speak of as a plain grid: a row for each region, a tile for each division in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.places import Division, Gazetteer

UNLISTED = "区划表里没有的地名"
_ITSELF = "（未写明下级）"
_ROWS, _TILES = 4, 12
# A tile is dark from this share of the fullest one on.
_DARK = 0.5


@dataclass(frozen=True, slots=True)
class Tile:
    """A division with how many messages name it, or a place in it.

    Attributes:
        shade: 0 for none, 1 for few, 2 for at least half as many as the fullest tile.
    """

    name: str
    count: int
    shade: int


@dataclass(frozen=True, slots=True)
class GridRow:
    """A region and its tiles, by code so that each keeps its seat; `more` messages are not shown."""

    name: str
    tiles: Sequence[Tile]
    count: int
    more: int


def place_grid(places: Iterable[tuple[str, int]], gazetteer: Gazetteer, home: str) -> list[GridRow]:
    """The rows: the office's own region with all its divisions, others by count, then names no table has.

    Empty where no message names a place. Every message stands in one tile, or among `more` of its row.

    Args:
        places: name and count; a name may hold its parents.
        home: code of the office's own region; empty for none.
    """
    seats: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for name, count in places:
        region, seat = _seat(gazetteer.path_of(name, home), name, home)
        seats[region][seat] += count
    if not seats:
        return []
    highest = max(max(row.values()) for row in seats.values())
    own = seats.pop(home, Counter()) if home else Counter()
    unlisted = seats.pop(UNLISTED, Counter())
    others = sorted(seats.items(), key=lambda one: (-one[1].total(), one[0]))
    rows = [_row(name, row, highest) for name, row in others[:_ROWS]]
    rest = Counter({(name, name): row.total() for name, row in others[_ROWS:]})
    if home:
        every = Counter({(one.code, one.name): 0 for one in gazetteer.inside(home)})
        every.update(own)
        rows.insert(0, _row(gazetteer.name_of(home), every, highest, most=len(every)))
    return rows + [
        _row(name, row, highest) for name, row in (("其他地区", rest), (UNLISTED, unlisted)) if row
    ]


def _seat(path: Sequence[Division], name: str, home: str) -> tuple[str, tuple[str, str]]:
    """The row of a place, and the code and name of its tile."""
    if not path:
        return UNLISTED, (name, name)
    below = [one for one in path if home and one.code.startswith(home) and one.code != home]
    if below:
        return home, (below[0].code, below[0].name)
    if path[-1].code == home:
        return home, ("", path[-1].name + _ITSELF)
    county = [one for one in path if len(one.code) <= 6]
    region = "".join(one.name for one in county[:-1]) or "全国"
    return region, (county[-1].code, county[-1].name)


def _row(name: str, row: Counter[tuple[str, str]], highest: int, most: int = _TILES) -> GridRow:
    kept = sorted(sorted(row, key=lambda seat: (-row[seat], seat))[:most])
    tiles = [Tile(seat[1], row[seat], _shade(row[seat], highest)) for seat in kept]
    return GridRow(name, tiles, row.total(), row.total() - sum(one.count for one in tiles))


def _shade(count: int, highest: int) -> int:
    return 0 if not count else 2 if count >= highest * _DARK else 1
