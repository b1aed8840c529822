"""Who is on duty when: posts, shifts, overrides, absences, hand-overs and roll-calls."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, CheckConstraint, Column, ForeignKey, Index, String, Table, Text

from storage.tables.base import METADATA
from storage.types import Id, Instant

duty_posts = Table(
    "duty_posts",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("key", String(60), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    # The audience of the ladders that this post answers: duty, section_head, manager …
    Column("audience", String(30), nullable=False),
    # Key of the section whose post it is; empty for the whole office.
    Column("section", Text, nullable=False),
    # Everybody on this post has to sign, not just the first.
    Column("needs_all", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("closed_at", Instant),
)

shifts = Table(
    "shifts",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("post_id", ForeignKey("duty_posts.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    # Half-open.
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("cancelled_at", Instant),
    CheckConstraint("since < until", name="a_shift_ends_after_it_begins"),
    Index("ix_shifts_post_until", "post_id", "until"),
)

shift_overrides = Table(
    "shift_overrides",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("post_id", ForeignKey("duty_posts.id"), nullable=False),
    # Who is relieved; NULL for everybody on the post.
    Column("person_id", ForeignKey("people.id")),
    Column("stand_in_id", ForeignKey("people.id"), nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("cancelled_at", Instant),
    CheckConstraint("since < until", name="an_override_ends_after_it_begins"),
    Index("ix_shift_overrides_post_until", "post_id", "until"),
)

absences = Table(
    "absences",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    # Gets what the absent person would get.
    Column("delegate_id", ForeignKey("people.id"), nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("cancelled_at", Instant),
    CheckConstraint("since < until", name="an_absence_ends_after_it_begins"),
    CheckConstraint("person_id <> delegate_id", name="nobody_stands_in_for_themselves"),
)

handovers = Table(
    "handovers",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("post_id", ForeignKey("duty_posts.id"), nullable=False, index=True),
    Column("from_person", ForeignKey("people.id"), nullable=False),
    Column("to_person", ForeignKey("people.id"), nullable=False),
    Column("note", Text, nullable=False),
    # The open clocks as they stood when the note was written.
    Column("clocks", JSON, nullable=False),
    # Writing it is the first signature.
    Column("written_at", Instant, nullable=False),
    Column("taken_at", Instant),
    CheckConstraint("from_person <> to_person", name="a_handover_has_two_people"),
)

roll_calls = Table(
    "roll_calls",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("post_id", ForeignKey("duty_posts.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("called_at", Instant, nullable=False),
    Column("called_by", Text, nullable=False),
    Column("answered_at", Instant),
)
