"""Where a text says something happened: provinces down to streets, by our own table of names.

A name that several places bear is "ambiguous" unless the text, or the office's own region, tells which is
meant.
A name that is part of another word (朝阳产业, 市场) is no place.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import rjieba
from ahocorasick_rs import AhoCorasick, MatchKind

from core.errors import RuleError

# Not names: what statistics put where a level is missing.
_FILLERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "城区", "郊区", "矿区"})
_SHORTENED = re.compile(r"(?:特别行政区|(?:壮族|回族|维吾尔)?自治区|省|市|地区|盟)$")
# Cities whose short name is an ordinary word; with 市 they are found like any other.
_WORDS = frozenset(
    "朝阳 东方 安康 吉安 大同 长治 平凉 和平 保山 中卫 自贡 宜春 金华 常德 平安".split()  # noqa: SIM905 - easier read
)
# What makes of 市, 区 or 乡 the beginning of another word.
_GOES_ON = {"市": "场民值容面委", "区": "域别间块分划", "乡": "村亲下间", "县": "城", "镇": "静痛压"}
# After a short name: it names a road or a company, not where something is.
_NAMED_AFTER = "路街道大桥站"
_CLOSE = re.compile(r"[^，。,；;！!？?\n]{0,2}?([\u4e00-\u9fff]{2,5}?(?:村|社区|小区))")


@dataclass(frozen=True, slots=True)
class Division:
    """One administrative division; `code` begins with the code of what it lies in."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """What a text says of where.

    Attributes:
        divisions: the place from the province down; empty where there is none, or it is ambiguous.
        candidates: where an ambiguous name may be: one full name each; empty otherwise.
        village: village, community or estate named right after it; empty for none.
    """

    divisions: tuple[Division, ...] = ()
    candidates: tuple[str, ...] = ()
    village: str = ""

    @property
    def is_ambiguous(self) -> bool:
        """Whether a name was found that several places bear."""
        return bool(self.candidates)

    @property
    def name(self) -> str:
        """All names from the province down, written together; empty for no place."""
        return "".join(one.name for one in self.divisions if one.name not in _FILLERS) + self.village


_NOWHERE = PlaceFound()


class Gazetteer:
    """Names of divisions, ready for looking up; reading changes nothing."""

    def __init__(self, divisions: Iterable[Division]) -> None:
        self._by_code = {one.code: one for one in divisions}
        self._by_name: dict[str, list[str]] = {}
        for code, one in self._by_code.items():
            if one.name not in _FILLERS and len(one.name) > 1:
                self._by_name.setdefault(one.name, []).append(code)
        self._short: dict[str, list[str]] = {}
        for name, codes in self._by_name.items():
            short = _SHORTENED.sub("", name)
            if short != name and len(short) > 1 and short not in _WORDS:
                large = [code for code in codes if len(code) <= 4]
                if large:
                    self._short.setdefault(short, []).extend(large)

    @cached_property
    def _sought(self) -> tuple[AhoCorasick, list[str]]:
        names = sorted(self._by_name)
        return AhoCorasick(names, matchkind=MatchKind.LeftmostLongest), names

    def find(self, text: str, home: str = "") -> PlaceFound:
        """The deepest place the text names; of several the one named first.

        Args:
            text: normalized.
            home: code of the office's own region; what lies in it is meant where a name stands alone.
        """
        named = list(self._named(text))
        if not named:
            return _NOWHERE
        told = {code for _, _, codes in named for code in codes}
        settled = [(_settled(codes, told - set(codes), home), end) for _, end, codes in named]
        # The deepest; among equals the first.
        codes, end = max(settled, key=lambda one: len(one[0][0]))
        if len(codes) > 1:
            return PlaceFound(candidates=tuple(self._full(code) for code in codes))
        village = _CLOSE.match(text[end : end + 12])
        return PlaceFound(tuple(self._path(codes[0])), village=village.group(1) if village else "")

    def path_of(self, name: str, home: str = "") -> tuple[Division, ...]:
        """The divisions of a place from the province down, without fillers; empty where it is not clear."""
        return tuple(one for one in self.find(name, home).divisions if one.name not in _FILLERS)

    def inside(self, code: str) -> list[Division]:
        """The divisions right inside one, in order of code; those of a filler stand in for it."""
        longer = {len(one) for one in self._by_code if one.startswith(code)} - {len(code)}
        found: list[Division] = []
        for one in sorted(self._by_code) if longer else ():
            if len(one) == min(longer) and one.startswith(code):
                division = self._by_code[one]
                found += self.inside(one) if division.name in _FILLERS else [division]
        return found

    def name_of(self, code: str) -> str:
        """The name of a division, with those it lies in."""
        return self._full(code)

    def _named(self, text: str) -> Iterator[tuple[int, int, Sequence[str]]]:
        """Begin, end and the codes of each name in the text, in order."""
        automaton, names = self._sought
        found = [
            (begin, end, self._by_name[names[number]])
            for number, begin, end in automaton.find_matches_as_indexes(text)
            if text[end : end + 1] not in _GOES_ON.get(text[end - 1], "") or end == len(text)
        ]
        covered = {place for begin, end, _ in found for place in range(begin, end)}
        at = 0
        for word in rjieba.cut(text):
            begin, at = at, at + len(word)
            if word in self._short and begin not in covered and text[at : at + 1] not in tuple(_NAMED_AFTER):
                found.append((begin, at, self._short[word]))
        return iter(sorted(found))

    def _path(self, code: str) -> Iterator[Division]:
        for length in (2, 4, 6, 9):
            if length <= len(code) and code[:length] in self._by_code:
                yield self._by_code[code[:length]]

    def _full(self, code: str) -> str:
        return "".join(one.name for one in self._path(code) if one.name not in _FILLERS)


def _settled(codes: Sequence[str], others: set[str], home: str) -> list[str]:
    """Those of the places that bear one name which the rest of the text, or the region, allows."""
    held = [code for code in codes if any(_holds(other, code) or _holds(code, other) for other in others)]
    if held:
        # The nearest parent that is named decides.
        depth = {code: max((len(one) for one in others if _holds(one, code)), default=0) for code in held}
        nearest = max(depth.values())
        return [code for code in held if depth[code] == nearest]
    near = [code for code in codes if home and code.startswith(home)]
    return near or list(codes)


def _holds(outer: str, inner: str) -> bool:
    return len(outer) < len(inner) and inner.startswith(outer)


def load_gazetteer(folder: Path) -> Gazetteer:
    """The names in `folder` (`rules/places`).

    Raises:
        RuleError: a file is missing or misshapen.
    """
    divisions = [*_read(folder / "divisions.tsv"), *_read(folder / "streets.tsv.gz")]
    return Gazetteer(divisions)


def _read(path: Path) -> list[Division]:
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        rows = [line.split("\t") for line in raw.decode("utf-8").splitlines()]
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise RuleError(path, f"读不出行政区划名称（{error}）") from error
    if any(len(row) != 2 or not row[0].isdecimal() for row in rows):
        raise RuleError(path, "每行应是代码和名称")
    return [Division(code, name) for code, name in rows]


def region_of(gazetteer: Gazetteer, name: str) -> str:
    """The code of an office's own region by its name, for `Gazetteer.find`; empty where it is not clear."""
    found = gazetteer.find(name)
    return found.divisions[-1].code if found.divisions else ""
