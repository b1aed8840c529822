"""What follows from the actions that fired: an event each, and one notice per person and clock."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from alerts import notices as text
from alerts.ladders import Ladders
from alerts.recipients import Resolved, resolve
from alerts.roster import EMPTY, Roster
from alerts.spreading import off_peak
from core.clock import iso, shanghai
from core.labels import label
from core.rulebook import Rulebook
from core.vocabulary import ActionKind, Audience, CaseKind, Tag
from core.working_days import WorkCalendar
from storage.channels import Reachable
from storage.database import Row
from storage.events import Draft

# A call for a signature when one was given: others on the level have to sign, too, or it was long ago.
COUNTERSIGN, REMIND_AGAIN = "countersign", "remind_again"
_URGENT = 0
_DIGEST_PRIORITY = 3
# From this priority on a few minutes do not matter.
_ROUTINE = 2
_TAGS = {
    ActionKind.WARN: Tag.DEADLINE_WARNED,
    ActionKind.DUE: Tag.DEADLINE_BREACHED,
    ActionKind.ESCALATE: Tag.DEADLINE_ESCALATED,
    ActionKind.REMIND: Tag.DEADLINE_REMINDED,
}
# Of several steps of one clock that fire together, the notice speaks of the gravest.
_GRAVITY = {ActionKind.WARN: 0, ActionKind.REMIND: 1, ActionKind.DUE: 2, ActionKind.ESCALATE: 3}

# The actions of one clock that concern one person, and as whom each.
_Actions = Sequence[tuple[Row, Resolved]]


@dataclass(slots=True)
class Letter:
    """One notice about to be stored, with where it goes.

    Attributes:
        next_after: how long the person has to acknowledge before each further channel; nothing: all at once.
    """

    row: dict[str, Any]
    addresses: tuple[tuple[int, str], ...]
    priority: int
    send_at: datetime
    next_after: timedelta = timedelta(0)

    @classmethod
    def to(
        cls,
        person: Reachable,
        words: text.Words,
        dedupe_key: str,
        kind: str,
        now: datetime,
        *,
        case_id: int | None = None,
        deadline_id: int | None = None,
        resolved: Sequence[dict[str, Any]] = (),
        priority: int = _URGENT,
        send_at: datetime | None = None,
        next_after: timedelta = timedelta(0),
    ) -> Letter:
        """A notice to one person, on each of their channels."""
        row = {
            "case_id": case_id,
            "deadline_id": deadline_id,
            "kind": kind,
            "person_id": person.id,
            "subject": words.subject,
            "body": words.body,
            "resolved": list(resolved),
            "dedupe_key": dedupe_key,
            "created_at": now,
        }
        return cls(row, person.addresses, priority, send_at or now, next_after)

    def outbox_rows(self, new: dict[str, int]) -> Iterable[dict[str, Any]]:
        """Its rows of the outbox, when the notice was stored just now; none when it stood already."""
        notice_id = new.get(self.row["dedupe_key"])
        if notice_id is None:
            return
        for place, (channel_id, address) in enumerate(self.addresses):
            yield {
                "notice_id": notice_id,
                "channel_id": channel_id,
                "address": address,
                "priority": self.priority,
                "place": place,
                "next_at": self.send_at + place * self.next_after,
            }


@dataclass(frozen=True)
class Surroundings:
    """The office as it is at the moment of a tick.

    Attributes:
        signed: case → person → when they signed in its present cycle.
    """

    everybody: Sequence[Reachable]
    roster: Roster = EMPTY
    signed: Mapping[int, Mapping[int, datetime]] = field(default_factory=dict)


class Desk:
    """Collects the actions that fired: an event each, and one notice per person and clock."""

    def __init__(
        self,
        ladders: Ladders,
        rulebook: Rulebook,
        calendar: WorkCalendar,
        office: Surroundings,
        now: datetime,
    ) -> None:
        self.drafts: list[Draft] = []
        self._ladders = ladders
        self._rulebook = rulebook
        self._calendar = calendar
        self._office = office
        self._now = now
        self._people: dict[int, Reachable] = {}
        self._resolved: dict[tuple[Audience, str], Resolved] = {}
        self._for_person: dict[tuple[int, int], list[tuple[Row, Resolved]]] = {}
        self._alarms: dict[str, Letter] = {}

    def take(self, row: Row) -> None:
        """One action that fired."""
        who = self._who(row)
        self.drafts.append(_fired(row, who, self._now))
        if who.is_redirected:
            self.drafts.append(_redirected(row, who, self._now))
            self._alarm(row, who)
        for person in who.people:
            if self._kind(row, who) == COUNTERSIGN and person.id in self._signed(row["case_id"]):
                continue
            self._people[person.id] = person
            self._for_person.setdefault((person.id, row["deadline_id"]), []).append((row, who))

    def awaits_others(self, row: Row) -> bool:
        """Whether everybody on the level of this step has to sign, and somebody has not."""
        if row["kind"] != ActionKind.REMIND.value:
            return False
        who, signed = self._who(row), self._signed(row["case_id"])
        return who.needs_all and any(person.id not in signed for person in who.people)

    def acknowledged_until(self, case_id: int) -> datetime | None:
        """How long the newest signature for a case counts; None where nobody has signed."""
        newest = max(self._office.signed.get(case_id, {}).values(), default=None)
        lasts = timedelta(minutes=self._ladders.delivery.acknowledgement_lasts_minutes)
        return None if newest is None else newest + lasts

    def _signed(self, case_id: int) -> Mapping[int, datetime]:
        return self._office.signed.get(case_id, {})

    def _who(self, row: Row) -> Resolved:
        """The people of a step; asked once for all the actions of a batch."""
        audience, section, office = Audience(row["audience"]), row["section"], self._office
        found = self._resolved.get((audience, section))
        if found is None:
            fallback = self._ladders.delivery.fallback
            found = resolve(audience, section, office.everybody, fallback, office.roster, self._now)
            self._resolved[audience, section] = found
        return found

    def _kind(self, row: Row, who: Resolved) -> str:
        """The kind of notice: a call for a signature after one was given says what is wanted now."""
        kind: str = row["kind"]
        if kind != ActionKind.REMIND.value or not self._signed(row["case_id"]):
            return kind
        return COUNTERSIGN if who.needs_all else REMIND_AGAIN

    def letters(self) -> list[Letter]:
        """The notices; of a person who would get too many at once, one digest and the urgent ones."""
        by_person: dict[int, list[_Actions]] = {}
        for (person_id, _), actions in self._for_person.items():
            by_person.setdefault(person_id, []).append(actions)
        kept = [
            one
            for person, clocks in by_person.items()
            for one in self._letters_to(self._people[person], clocks)
        ]
        return [*self._alarms.values(), *kept]

    def _letters_to(self, person: Reachable, clocks: Sequence[_Actions]) -> list[Letter]:
        routine = [actions for actions in clocks if _gravest(actions)["priority"] > _URGENT]
        if len(routine) <= self._ladders.delivery.digest_above:
            return [self._letter(person, actions) for actions in clocks]
        urgent = [actions for actions in clocks if _gravest(actions)["priority"] == _URGENT]
        return [*(self._letter(person, actions) for actions in urgent), self._digest(person, routine)]

    def _letter(self, person: Reachable, actions: _Actions) -> Letter:
        top = _gravest(actions)
        kind = next(self._kind(row, who) for row, who in actions if row is top)
        key = f"{top['case_id']}/{top['deadline_id']}/{top['plan_no']}/{top['n']}/{person.id}"
        return Letter.to(
            person,
            self._words(top, kind, {label(one.asked): None for _, one in actions}),
            key,
            kind,
            self._now,
            case_id=top["case_id"],
            deadline_id=top["deadline_id"],
            resolved=[{**_why(row, one), "via": one.via[person.id]} for row, one in actions],
            priority=top["priority"],
            send_at=self._send_at(top, key),
            next_after=timedelta(minutes=self._ladders.delivery.next_channel_after_minutes[top["priority"]]),
        )

    def _send_at(self, row: Row, key: str) -> datetime:
        """At once or when the office opens; what is not pressing keeps off the full and half hours."""
        at = self._ladders.send_at(row["rule_key"], self._now, self._calendar)
        quiet = self._ladders.delivery.off_peak
        if row["priority"] < _ROUTINE:
            return at
        return off_peak(
            at, key, timedelta(minutes=quiet.guard_minutes), timedelta(minutes=quiet.spread_minutes)
        )

    def _words(self, row: Row, kind: str, asked: Collection[str]) -> text.Words:
        rule = self._rulebook.find(row["rule_key"], row["rule_version"])
        facts = {
            "rule": rule.label if rule else row["rule_key"],
            "kind": label(CaseKind(row["case_kind"])),
            "case": str(row["case_id"]),
            "title": row["title"],
            "section": row["section"] or "未分办",
            "due": text.due_text(row["due_at"]),
            "remaining": text.remaining_text(row["due_at"], self._now),
        }
        lag = self._now - row["planned_at"]
        is_late = lag >= timedelta(seconds=self._ladders.delivery.late_after_seconds)
        words = text.words(kind, facts, lag if is_late else None)
        if len(asked) > 1:
            return text.Words(words.subject, f"{words.body}\n您同时以{'、'.join(asked)}的身份收到。")
        return words

    def _digest(self, person: Reachable, clocks: Sequence[_Actions]) -> Letter:
        tops = [_gravest(actions) for actions in clocks]
        # Named after what it counts: two of one hour are two, and the same steps told again are one.
        steps = ",".join(sorted(f"{row['deadline_id']}/{row['plan_no']}/{row['n']}" for row in tops))
        key = f"digest/{person.id}/{hashlib.sha256(steps.encode()).hexdigest()[:24]}"
        return Letter.to(
            person,
            text.words("digest", {"count": str(len(tops))}),
            key,
            "digest",
            self._now,
            resolved=[{"clocks": [row["deadline_id"] for row in tops]}],
            priority=_DIGEST_PRIORITY,
            send_at=min(self._send_at(row, key) for row in tops),
        )

    def _alarm(self, row: Row, who: Resolved) -> None:
        """Tell the administrators, once a day, that an audience has nobody."""
        fallback = self._ladders.delivery.fallback
        reached = label(who.reached) if who.reached else "无人"
        facts = {
            "audience": label(who.asked),
            "reached": reached,
            "case": str(row["case_id"]),
            "kind": label(CaseKind(row["case_kind"])),
        }
        for admin in resolve(Audience.ADMIN, "", self._office.everybody, fallback).people:
            key = f"nobody/{who.asked.value}/{row['section']}/{shanghai(self._now):%Y-%m-%d}/{admin.id}"
            words = text.words("nobody", facts)
            self._alarms[key] = Letter.to(admin, words, key, "nobody", self._now, priority=_DIGEST_PRIORITY)


def _gravest(actions: _Actions) -> Row:
    """Of the actions of one clock the one the notice speaks of."""
    return max((row for row, _ in actions), key=lambda row: (_GRAVITY[ActionKind(row["kind"])], row["n"]))


def action_facts(row: Row, now: datetime) -> dict[str, Any]:
    """What the audit trail says of one action."""
    return {
        "deadline": row["deadline_id"],
        "rule": row["rule_key"],
        "plan": row["plan_no"],
        "n": row["n"],
        "due_at": iso(row["due_at"]),
        "planned_at": iso(row["planned_at"]),
        "lag_seconds": round((now - row["planned_at"]).total_seconds(), 3),
    }


def action_draft(tag: Tag, row: Row, facts: dict[str, Any]) -> Draft:
    """The event of one action; its key lets the database refuse a second one."""
    key = f"action/{row['id']}/{tag.value}"
    # The planned instant is when it happened; how much later we noticed is the lag.
    return Draft(row["case_id"], tag, "system", "engine", row["planned_at"], facts, key)


def _fired(row: Row, who: Resolved, now: datetime) -> Draft:
    told = {
        "people": [person.id for person in who.people],
        "via": {str(key): why for key, why in who.via.items()},
    }
    facts = {**action_facts(row, now), **_why(row, who), **told}
    return action_draft(_TAGS[ActionKind(row["kind"])], row, facts)


def _redirected(row: Row, who: Resolved, now: datetime) -> Draft:
    return action_draft(Tag.NOTICE_REDIRECTED, row, {**action_facts(row, now), **_why(row, who)})


def _why(row: Row, who: Resolved) -> dict[str, Any]:
    return {"n": row["n"], "audience": who.asked.value, "reached": who.reached.value if who.reached else None}
