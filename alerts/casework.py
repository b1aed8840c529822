"""Opening cases for messages: every rule that applies, one clock each, in the message's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from alerts.answers import Answer, JudgedReply, answer_of
from alerts.deadlines import DueTimes
from alerts.escalation import PlannedStep
from alerts.ladders import Ladders
from alerts.planning import action_rows, skipped_facts, steps_of
from alerts.procedures import NO_PROCEDURES, Procedures
from alerts.registering import concerns, started_at, stopped_by
from alerts.replies import HoldingPatterns, classify_reply
from alerts.review_rules import NOTHING_REVIEWED, ReviewRules
from core.clock import day_end, iso, local_day
from core.model import DueTime, MessageRecord, ReplyRecord
from core.rulebook import Rule, Rulebook
from core.vocabulary import CaseKind, CaseState, DeadlineState, Precision, ReplyKind, Tag
from storage import cases, deadlines, documents, events, explanations, planned_actions, responses, sections
from storage.database import Connection, Row, allocate_ids, insert_many
from storage.events import Draft, Head
from storage.messages import Stored
from storage.tables import cases as cases_table
from storage.tables import deadlines as deadlines_table
from storage.tables import events as events_table

ORDER_LIMIT = "hotline.order_limit"
RECEIVED = "received"
_RUNNING = DeadlineState.RUNNING.value


@dataclass(frozen=True)
class Law:
    """What applies in this office.

    Attributes:
        review: how drafts are reviewed before they go out.
        procedures: the steps of requests and tasks.
        go_live_on: what was received before this day is history: counted, but wakes nobody.
    """

    rulebook: Rulebook
    due_times: DueTimes
    holding: HoldingPatterns
    go_live_on: date
    ladders: Ladders
    review: ReviewRules = NOTHING_REVIEWED
    procedures: Procedures = NO_PROCEDURES


@dataclass(frozen=True, slots=True)
class Origin:
    """Who brings the messages: an import has a number, everything else a name."""

    import_id: int | None
    actor: str
    is_person: bool = False

    @property
    def actor_kind(self) -> str:
        """The word of the audit trail."""
        if self.is_person:
            return "human"
        return "import" if self.import_id is not None else "system"


class Registrar:
    """Opens cases for the messages of one import or one run; not to be used again after an error.

    Keeps the numbers of explanations it has met, since one explanation serves every message of a day.
    """

    def __init__(self, law: Law, origin: Origin) -> None:
        self.law = law
        self.origin = origin
        self._explanations: dict[tuple[str, str, date], int | None] = {}
        self._documents: Sequence[Row] | None = None
        # Message → the document it asks about.
        self._asked: dict[int, int] = {}

    def register(self, connection: Connection, stored: Sequence[Stored], now: datetime) -> None:
        """Open a case for each message whose channel owes a reply: clocks, replies, events."""
        owed = [
            self._with_owner(connection, one)
            for one in stored
            if self.law.rulebook.for_channel(one.record.channel)
        ]
        sections.ensure(connection, {one.record.section for one in owed}, now)
        batch = _Batch([], [], [], [], [])
        for case_id, one in zip(allocate_ids(connection, cases_table, len(owed)), owed, strict=True):
            self._open_case(connection, batch, case_id, one, now)
        heads: dict[int, Head] = {}
        trail = events.chain(batch.trail, heads, now)
        for row in batch.cases:
            row["seq"], row["chain_head"] = heads[row["id"]].seq, heads[row["id"]].hash
        cases.insert(connection, batch.cases)
        for row in batch.cases:
            if row["message_id"] in self._asked:
                documents.link(connection, row["id"], self._asked.pop(row["message_id"]), now)
        deadlines.insert(connection, batch.deadlines)
        _insert_planned(connection, batch.planned)
        responses.insert(connection, batch.responses)
        insert_many(connection, events_table, trail)

    def _with_owner(self, connection: Connection, one: Stored) -> Stored:
        """The message; where it has no section, handed to the one that drafted the document it names."""
        if self._documents is None:
            self._documents = documents.in_force(connection)
        named = documents.named_in(self._documents, f"{one.record.title}\n{one.record.body}")
        if named is None:
            return one
        self._asked[one.id] = named["id"]
        if one.record.section:
            return one
        return one._replace(record=one.record._replace(section=named["section"]))

    def _open_case(
        self, connection: Connection, batch: _Batch, case_id: int, one: Stored, now: datetime
    ) -> None:
        record = one.record
        replies = [reply_row(self.law, case_id, reply, self.origin, now) for reply in record.replies]
        answer = answer_of([judged(row) for row in replies])
        clocks = self.clock_rows(connection, case_id, record, answer, now)
        case = _case_row(self.law, case_id, one, clocks, answer, now)
        batch.cases.append(case)
        batch.responses += replies
        running = [] if case["is_history"] else [clock for clock in clocks if clock["state"] == _RUNNING]
        batch.deadlines += [clock for clock in clocks if clock not in running]
        planned = [(clock, steps_of(self.law.ladders, clock, now)) for clock in running]
        batch.planned += planned
        batch.trail.append(_registered(case_id, one, clocks, planned, self.origin))
        batch.trail += [reply_draft(row, self.origin, now) for row in replies]

    def clock_rows(
        self, connection: Connection, case_id: int, record: MessageRecord, answer: Answer, now: datetime
    ) -> list[dict[str, Any]]:
        """The clocks of one message, as they stand after its replies and the steps its export prints."""
        fixed = {"case_id": case_id, "cycle": 1, "registered_at": now}
        rows = []
        for key in self.law.rulebook.for_channel(record.channel):
            rule = self.law.rulebook.rule(key, local_day(record.received_at))
            since = started_at(rule, record) if concerns(rule, record) else None
            if since is None:
                continue
            if rule.starts.value != RECEIVED:
                rule = self.law.rulebook.rule(key, local_day(since))
            due = self._due(rule, record, since)
            if due is not None:
                rows.append(
                    {
                        **fixed,
                        "anchor": rule.starts.value,
                        "started_at": since,
                        **answer_columns(stopped_by(rule, record, answer, since)),
                        **_due_columns(rule, due),
                        "explanation_id": self._explanation_id(connection, rule, local_day(since), due),
                    }
                )
        return rows

    def _due(self, rule: Rule, record: MessageRecord, since: datetime) -> DueTime | None:
        """When the rule's clock runs out; None where the rule does not concern this message."""
        if rule.key == ORDER_LIMIT:
            return _printed_limit(record)
        # Whether a question is simple is judged later, by the analysis or by a person.
        return None if rule.applies_to.simple_only else self.law.due_times.due(rule, since)

    def _explanation_id(
        self, connection: Connection, rule: Rule, started_on: date, due: DueTime
    ) -> int | None:
        key = (rule.key, rule.version, started_on)
        if key not in self._explanations:
            self._explanations[key] = explanations.ensure(connection, due.explanation)
        return self._explanations[key]


@dataclass(slots=True)
class _Batch:
    """The rows of many cases, so that each table is written once."""

    cases: list[dict[str, Any]]
    deadlines: list[dict[str, Any]]
    # Clocks that run in a live case, with what their ladders will do.
    planned: list[tuple[dict[str, Any], list[PlannedStep]]]
    responses: list[dict[str, Any]]
    trail: list[Draft]


def _case_row(
    law: Law, case_id: int, one: Stored, clocks: Sequence[dict[str, Any]], answer: Answer, now: datetime
) -> dict[str, Any]:
    record = one.record
    is_done = answer.is_answered or (bool(clocks) and all(clock["state"] != _RUNNING for clock in clocks))
    return {
        "id": case_id,
        "kind": _kind_of(law, record).value,
        "message_id": one.id,
        "channel": record.channel.value,
        "section": record.section,
        "title": record.title,
        "state": state_of(is_done, record.section).value,
        "cycle": 1,
        "is_history": local_day(record.received_at) < law.go_live_on,
        "received_at": record.received_at,
        "registered_at": now,
    }


def _kind_of(law: Law, record: MessageRecord) -> CaseKind:
    """A message is a request where any rule of its channel is for requests, else a letter."""
    on = local_day(record.received_at)
    keys = law.rulebook.for_channel(record.channel)
    kinds = {law.rulebook.rule(key, on).applies_to.kind for key in keys}
    return CaseKind.REQUEST if CaseKind.REQUEST in kinds else CaseKind.MESSAGE


def _registered(
    case_id: int,
    one: Stored,
    clocks: Sequence[dict[str, Any]],
    planned: Sequence[tuple[dict[str, Any], list[PlannedStep]]],
    origin: Origin,
) -> Draft:
    facts = {"message": one.id, "channel": one.record.channel.value, "clocks": clock_facts(clocks)}
    left_out = [fact for clock, steps in planned for fact in skipped_facts(clock, steps)]
    if left_out:
        facts["left_out"] = left_out
    return Draft(case_id, Tag.CASE_REGISTERED, origin.actor_kind, origin.actor, one.record.received_at, facts)


def _insert_planned(
    connection: Connection, planned: Sequence[tuple[dict[str, Any], list[PlannedStep]]]
) -> None:
    """Clocks that their plans refer to, and so need their numbers before they are stored."""
    rows: list[dict[str, Any]] = []
    clocks: list[dict[str, Any]] = []
    ids = allocate_ids(connection, deadlines_table, len(planned))
    for number, (clock, steps) in zip(ids, planned, strict=True):
        numbered = {**clock, "id": number}
        clocks.append(numbered)
        rows += action_rows(numbered, steps, 1)
    deadlines.insert(connection, clocks)
    planned_actions.insert(connection, rows)


def _due_columns(rule: Rule, due: DueTime) -> dict[str, Any]:
    return {
        "rule_key": rule.key,
        "rule_version": rule.version,
        "calendar_version": due.calendar_version,
        "due_at": due.due_at,
        "is_provisional": due.provisional,
    }


def _printed_limit(record: MessageRecord) -> DueTime | None:
    """The limit the order itself prints, as a deadline of its own; None where it prints none."""
    if record.order_due_at is not None:
        return DueTime(record.order_due_at, local_day(record.order_due_at), False, "", ())
    if record.order_due_on is not None:
        return DueTime(day_end(record.order_due_on), record.order_due_on, False, "", ())
    return None


def answer_columns(answer: Answer) -> dict[str, Any]:
    """What an answer writes into a clock."""
    return {
        "state": (DeadlineState.MET if answer.is_answered else DeadlineState.RUNNING).value,
        "met_at": answer.met_at,
        "met_precision": answer.met_precision.value if answer.met_precision else None,
        "met_known_at": answer.met_known_at,
        "is_time_unknown": answer.is_time_unknown,
        "holding_at": answer.holding_at,
        "has_holding_reply": answer.has_holding_reply,
    }


def state_of(is_answered: bool, section: str) -> CaseState:
    """Where a case stands that nobody of the office has touched yet."""
    if is_answered:
        return CaseState.REPLIED
    return CaseState.ASSIGNED if section else CaseState.NEW


def reply_row(law: Law, case_id: int, reply: ReplyRecord, origin: Origin, now: datetime) -> dict[str, Any]:
    """A reply that came with a message, judged by its text."""
    verdict = classify_reply(reply.text, law.holding)
    return {
        "case_id": case_id,
        "cycle": 1,
        "kind": verdict.kind.value,
        "is_doubtful": verdict.doubtful,
        "text": reply.text,
        "org": reply.org,
        "occurred_at": reply.at,
        "precision": reply.precision.value,
        "recorded_at": now,
        "import_id": origin.import_id,
    }


def judged(row: dict[str, Any]) -> JudgedReply:
    """A reply's row as the value that decides about the clocks.

    History that came with an import counts from its own time; everything else from when it was recorded.
    """
    at = row["occurred_at"]
    from_import = row["import_id"] is not None
    return JudgedReply(
        ReplyKind(row["kind"]),
        at,
        Precision(row["precision"]),
        at if from_import and at else row["recorded_at"],
    )


def reply_draft(row: dict[str, Any], origin: Origin, now: datetime) -> Draft:
    """The event of a reply."""
    holding = row["kind"] == ReplyKind.HOLDING.value
    return Draft(
        row["case_id"],
        Tag.CASE_HOLDING_REPLIED if holding else Tag.CASE_REPLIED,
        origin.actor_kind,
        origin.actor,
        row["occurred_at"] or now,
        {"is_time_unknown": row["occurred_at"] is None, "precision": row["precision"], "org": row["org"]},
    )


def clock_facts(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the audit trail says about clocks that were started."""
    return [
        {"rule": row["rule_key"], "version": row["rule_version"], "due_at": iso(row["due_at"])}
        for row in rows
    ]
