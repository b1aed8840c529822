"""Who looks at a draft before it goes out: as many steps as the office sets in `rules/review.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from core.rule_files import RuleFileModel, read_rule_file
from core.vocabulary import DraftKind, Role


class ReviewStep(RuleFileModel):
    """One review: its name, and the roles that may give it."""

    name: str = Field(min_length=1)
    roles: tuple[Role, ...] = Field(min_length=1)


class ReviewOf(RuleFileModel):
    """The reviews of one kind of draft.

    Attributes:
        required: nothing goes out without a draft that has passed every step.
        steps: in order; each by another person, none by the author.
    """

    required: bool
    steps: tuple[ReviewStep, ...]


class ReviewRules(RuleFileModel):
    """The reviews of every kind of draft."""

    reply: ReviewOf
    statement: ReviewOf

    def of(self, kind: DraftKind) -> ReviewOf:
        """The reviews of one kind."""
        chosen: Mapping[DraftKind, ReviewOf] = {
            DraftKind.REPLY: self.reply,
            DraftKind.STATEMENT: self.statement,
        }
        return chosen[kind]


NOTHING_REVIEWED = ReviewRules(
    reply=ReviewOf(required=False, steps=()), statement=ReviewOf(required=False, steps=())
)


def load_review_rules(path: Path) -> ReviewRules:
    """The rules of a file, usually `rules/review.yml`.

    Raises:
        RuleError: it has not the right shape.
    """
    return read_rule_file(path, ReviewRules)
