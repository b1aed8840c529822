"""The facts that start and stop clocks; `core.vocabulary` hands them on with all others."""

from __future__ import annotations

from enum import StrEnum


class ClockStart(StrEnum):
    """The fact that starts a clock, or that a backwards limit is counted from."""

    RECEIVED = "received"
    EARLIEST_KNOWN = "earliest_known"
    LAST_PUBLICATION = "last_publication"
    ACCEPTED = "accepted"
    DECISION_ISSUED = "decision_issued"
    PLANNED_DATE = "planned_date"
    PRINTED = "printed"
    ORDERED = "ordered"
    CASE_DECIDED = "case_decided"
    REVIEW_ACCEPTED = "review_accepted"
    REEXAMINATION_ACCEPTED = "reexamination_accepted"
    APPEAL_RECEIVED = "appeal_received"
    LAWSUIT_RECEIVED = "lawsuit_received"
    LOOK_BACK_SET = "look_back_set"


class ClockStop(StrEnum):
    """The only fact that stops a clock; nothing else does."""

    STATEMENT_PUBLISHED = "statement_published"
    PRESS_CONFERENCE_HELD = "press_conference_held"
    RESPONSE_PUBLISHED = "response_published"
    UPDATE_PUBLISHED = "update_published"
    SUBSTANTIVE_REPLY = "substantive_reply"
    COMPLETE_ANSWER = "complete_answer"
    REGISTERED = "registered"
    ANSWERED = "answered"
    WRITTEN_NOTICE = "written_notice"
    FINISHED = "finished"
    DECISION_TOLD = "decision_told"
    MEDIATION_ENDED = "mediation_ended"
    CASE_DECIDED = "case_decided"
    ADOPTION_PUBLISHED = "adoption_published"
    FILED = "filed"
    PUBLISHED = "published"
    ORDER_ANSWERED = "order_answered"
    REPORTER_TOLD = "reporter_told"
    REVIEW_DECIDED = "review_decided"
    REEXAMINATION_DECIDED = "reexamination_decided"
    APPEAL_ANSWERED = "appeal_answered"
    LAWSUIT_ANSWERED = "lawsuit_answered"
    COMPLETION_ASKED = "completion_asked"
    HANDED_BACK = "handed_back"
    LOOKED_BACK = "looked_back"
