"""Duties that no citizen's message began: plans and their tasks, opinions on a decision; policy documents."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from storage.tables.base import METADATA
from storage.types import Id, Instant

task_plans = Table(
    "task_plans",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("title", Text, nullable=False, unique=True),
    Column("printed_on", Date, nullable=False),
    Column("entered_by", ForeignKey("people.id"), nullable=False),
    Column("entered_at", Instant, nullable=False),
)

tasks = Table(
    "tasks",
    METADATA,
    Column("case_id", ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    # Key of its procedure: plan, decision, open_day, work_plan, rectification.
    Column("procedure", String(40), nullable=False),
    Column("plan_id", ForeignKey("task_plans.id"), index=True),
    # Its number in the plan, as the plan writes it.
    Column("number", String(40)),
    # What is to be done, and who of the leaders answers for it.
    Column("content", Text, nullable=False),
    Column("leader", Text, nullable=False),
    # The day an activity is planned for, or a paper was printed on.
    Column("planned_on", Date),
    # The concentrated problem that a rectification follows from: what it has in common, and its name.
    Column("problem", Text),
    UniqueConstraint("plan_id", "number"),
)

opinions = Table(
    "opinions",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    # Masked, as everything a citizen gives.
    Column("author", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    # adopted | partly | not_adopted; NULL while nobody has judged it.
    Column("verdict", String(20)),
    Column("reason", Text),
    Column("judged_by", ForeignKey("people.id")),
    Column("judged_at", Instant),
)

policy_documents = Table(
    "policy_documents",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("title", Text, nullable=False, unique=True),
    Column("number", Text, nullable=False),
    # The drafting section: it owns the questions on its document.
    Column("section", Text, nullable=False),
    Column("issued_on", Date),
    Column("url", Text),
    Column("entered_at", Instant, nullable=False),
    # From then on no question is handed to it any more.
    Column("repealed_at", Instant),
)

case_documents = Table(
    "case_documents",
    METADATA,
    Column("case_id", ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("document_id", ForeignKey("policy_documents.id"), primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
)

plan_rejects = Table(
    "plan_rejects",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("plan_id", ForeignKey("task_plans.id"), nullable=False, index=True),
    Column("sheet", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("column", Text, nullable=False),
    Column("reason", Text, nullable=False),
    # A plan is the office's own paper; nothing of a citizen stands in it.
    Column("cells", JSON, nullable=False),
    Column("at", Instant, nullable=False),
)
