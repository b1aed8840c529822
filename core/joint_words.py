"""The words of handling a case together; `core.vocabulary` hands them on with all others."""

from __future__ import annotations

from enum import StrEnum


class CommentKind(StrEnum):
    """What is said inside the office about a case."""

    COMMENT = "comment"
    INSTRUCTION = "instruction"


class DraftKind(StrEnum):
    """What is drafted."""

    REPLY = "reply"
    STATEMENT = "statement"


class DraftState(StrEnum):
    """Where a draft stands."""

    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    REPLACED = "replaced"


class ReviewVerdict(StrEnum):
    """What a reviewer says of a draft."""

    PASSED = "passed"
    SENT_BACK = "sent_back"


class ExtensionState(StrEnum):
    """Where a request for a longer limit stands."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


class LinkKind(StrEnum):
    """How two cases belong together."""

    MERGED = "merged"
    SPLIT = "split"


class OpinionVerdict(StrEnum):
    """What becomes of an opinion on a draft decision."""

    ADOPTED = "adopted"
    PARTLY = "partly"
    NOT_ADOPTED = "not_adopted"
