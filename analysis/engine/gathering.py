"""Gives what came in its matter, batch by batch, and says of each matter how hot it is and how it stirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from analysis.heat import Heard, halves, heat_of
from analysis.lexicon import Lexicon
from analysis.matters import Matter, Matters, Voice, shortlist
from analysis.naming import name_of
from analysis.normalize import normalize
from analysis.places import Gazetteer, load_gazetteer
from analysis.signals import Moment, SignalRules, load_signal_rules, signals_of
from analysis.terms import TermStatistics, Wording, load_wording, statistics_of, vector
from core.clock import Clock, iso
from core.platform_counts import reach_of
from core.vocabulary import Precision, RiskLevel
from storage import matters
from storage.database import Connection, Database, Row
from storage.matters import Member, Unplaced
from storage.turns import Work, take_turn

_SAMPLE = 20_000
# The statistics are taken anew when there are so many times the messages of the last time.
_OUTGROWN = 1.25
# The name settles while a matter is small; people know it by then.
_NAMED_UP_TO = 12
# So much of a letter's beginning tells where.
_PLACED_BY = 200


@dataclass
class MatterGatherer:
    """Gives messages their matters; keeps the statistics of words between batches."""

    wording: Wording
    rules: SignalRules
    gazetteer: Gazetteer
    _statistics: TermStatistics | None = field(default=None, repr=False)
    _counted: int = 0

    def gather_pending(self, database: Database, clock: Clock, batch: int = 500) -> int:
        """Give every assessed and grouped message its matter; how many got one.

        A message is compared with the few matters that share its most telling words, so that the next one
        costs the same however many are stored. Matters that people joined or split stay so. Two processes
        take turns.
        """
        done = 0
        while True:
            with database.read() as connection:
                waiting = matters.waiting(connection, limit=batch)
            if not waiting:
                return done
            with database.write() as connection:
                take_turn(connection, Work.MATTERS)
                statistics = self._current(connection, clock.now())
                still = matters.still_waiting(connection, [one.message_id for one in waiting])
                fresh = [one for one in waiting if one.message_id in still]
                voices = [self._voice(one, statistics) for one in fresh]
                placed, touched = _place(connection, fresh, voices, clock.now())
                matters.put(connection, placed, clock.now())
                refresh(connection, touched, self.wording, self.rules, clock.now())
            done += len(waiting)

    def _voice(self, one: Unplaced, statistics: TermStatistics) -> Voice:
        terms = self.wording.terms(one.title, one.body)
        place = one.area or one.place or self._place(one)
        return Voice(one.message_id, one.received_at, vector(terms, statistics, self.wording), place)

    def _place(self, one: Unplaced) -> str:
        return self.gazetteer.find(normalize(f"{one.title} {one.body[:_PLACED_BY]}")).name

    def _current(self, connection: Connection, now: datetime) -> TermStatistics:
        count = matters.message_count(connection)
        if self._statistics is None:
            row = matters.statistics(connection)
            if row is not None:
                self._statistics = TermStatistics.from_bytes(row["texts"], row["packed"])
                self._counted = row["messages"]
        if self._statistics is None or count > _OUTGROWN * self._counted:
            texts = matters.newest_texts(connection, _SAMPLE)
            self._statistics, self._counted = statistics_of(texts, self.wording), count
            packed = self._statistics.to_bytes()
            matters.save_statistics(connection, texts=len(texts), count=count, packed=packed, now=now)
        return self._statistics


def open_gatherer(rules: Path, lexicon: Lexicon) -> MatterGatherer:
    """A gatherer by the files of a rules folder.

    Raises:
        RuleError: a file is missing or misshapen.
    """
    wording = load_wording(rules / "lexicon", lexicon)
    gazetteer = load_gazetteer(rules / "places")
    return MatterGatherer(wording, load_signal_rules(rules / "matters.yml"), gazetteer)


def _place(
    connection: Connection, waiting: Sequence[Unplaced], voices: Sequence[Voice], now: datetime
) -> tuple[list[tuple[int, int, int]], list[Matter]]:
    """Message, revision and matter of each message, and the matters that changed, which are stored."""
    firsts = matters.matters_of(connection, [one.first for one in waiting])
    by_term = matters.found_by(connection, [term for voice in voices for term in voice.keys])
    near = {number for voice in voices for number in shortlist(voice, by_term)} | set(firsts.values())
    at_hand = Matters(_matter(row) for row in matters.read(connection, near))
    placed = []
    for one, voice in zip(waiting, voices, strict=True):
        number = firsts.get(one.first)
        if number is not None and one.first != one.message_id:
            number = at_hand.standing(number)
            at_hand.join(number, voice)
        else:
            number = at_hand.place(voice)
        firsts[one.message_id] = number
        placed.append((one.message_id, one.revision, number))
    touched = [at_hand[number] for number in sorted(at_hand.touched)]
    _announce(connection, touched, now)
    for number in at_hand.absorbed:
        matters.absorb(connection, number, at_hand.standing(number))
    return [(one, revision, at_hand.standing(number)) for one, revision, number in placed], touched


def _announce(connection: Connection, touched: Iterable[Matter], now: datetime) -> None:
    """Rows that messages can point to; `refresh` says what is in them."""
    rows: list[dict[str, Any]] = [
        {
            "id": one.number,
            "name": "",
            "terms": {},
            "size": 0,
            "first_at": one.first_at,
            "last_at": one.last_at,
            "places": {},
            "voices": 0,
            "risky": 0,
            "heat": 0.0,
            "heat_reasons": [],
            "signals": [],
            "stirred_at": None,
            "updated_at": now,
        }
        for one in touched
    ]
    matters.add_missing(connection, rows)


def refresh(
    connection: Connection, touched: Sequence[Matter], wording: Wording, rules: SignalRules, now: datetime
) -> None:
    """Store what these matters are now: name, heat and signals from their messages as they stand."""
    members = matters.members(connection, {one.number: one.size for one in touched})
    names = {row["id"]: row["name"] for row in matters.read(connection, [one.number for one in touched])}
    rows = [_row(one, members[one.number], names[one.number], wording, rules, now) for one in touched]
    matters.save(connection, rows, {one.number: one.keys for one in touched})


def _row(
    matter: Matter, members: Sequence[Member], name: str, wording: Wording, rules: SignalRules, now: datetime
) -> dict[str, Any]:
    if not name or len(members) <= _NAMED_UP_TO:
        name = name_of([(one.title, one.body) for one in members], matter.terms, wording)
    times = [one.received_at for one in members]
    recent, before = halves(times)
    risky = sum(one.risk_level != RiskLevel.LOW.value for one in members)
    voices = len({_who(one) for one in members})
    channels = len({one.channel for one in members})
    reach = reach_of(one.extra for one in members)
    heat = heat_of(Heard(len(members), voices, channels, risky, recent, before, reach))
    moments = [Moment(one.received_at, _who(one), one.precision != Precision.DAY.value) for one in members]
    signals = signals_of(moments, rules)
    return {
        "id": matter.number,
        "name": name,
        "terms": {term: round(weight, 5) for term, weight in matter.terms.items()},
        "size": matter.size,
        "first_at": matter.first_at,
        "last_at": matter.last_at,
        "places": dict(matter.places),
        "voices": voices,
        "risky": risky,
        "heat": heat.score,
        "heat_reasons": list(heat.reasons),
        "signals": [{"kind": one.kind.value, "at": iso(one.at), "reason": one.reason} for one in signals],
        "stirred_at": max((one.at for one in signals), default=None),
        "updated_at": now,
    }


def _who(one: Member) -> str:
    return one.author_hash or str(one.message_id)


def _matter(row: Row | Mapping[str, Any]) -> Matter:
    places = Counter(row["places"])
    return Matter(
        row["id"],
        dict(row["terms"]),
        row["size"],
        row["first_at"],
        row["last_at"],
        places,
        is_kept=row["case_id"] is not None,
    )
