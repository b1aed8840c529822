"""Every table, by subject. `METADATA` is what the migrations must build (tested)."""

from __future__ import annotations

from storage.tables.assessment import assessments, corrections
from storage.tables.attachments import attachments
from storage.tables.audit import events
from storage.tables.base import METADATA
from storage.tables.casework import cases, deadlines, explanations, responses, saved_copies
from storage.tables.channel_state import channel_buckets, channel_health
from storage.tables.deliveries import paper_deliveries, paper_schedules
from storage.tables.duplicates import duplicate_groups, duplicate_keys
from storage.tables.engine import (
    channels,
    delivery_attempts,
    idempotency,
    leases,
    notices,
    outbox,
    person_channels,
    planned_actions,
)
from storage.tables.gathering import (
    crawl_pages,
    crawl_quarantine,
    crawl_rows,
    crawl_runs,
    hot_words,
    source_states,
)
from storage.tables.incidents import acknowledgements, alerts, incident_messages, incidents
from storage.tables.intake import imports, message_revisions, messages, quarantine, sources
from storage.tables.joint import (
    assisting_sections,
    comment_reads,
    comments,
    draft_reviews,
    drafts,
    supervision_orders,
)
from storage.tables.matters import matter_messages, matter_terms, matters, term_statistics
from storage.tables.mutes import alert_mutes
from storage.tables.office import engine_state, people, sections, sessions, sign_in_failures, tokens
from storage.tables.papers import paper_versions, papers
from storage.tables.ratings import ratings
from storage.tables.report_periods import report_periods, restatements
from storage.tables.request_counts import request_counts
from storage.tables.roster import (
    absences,
    duty_posts,
    handovers,
    roll_calls,
    shift_overrides,
    shifts,
)
from storage.tables.search import search_changes
from storage.tables.senders import push_senders
from storage.tables.tasks import (
    case_documents,
    opinions,
    plan_rejects,
    policy_documents,
    task_plans,
    tasks,
)
from storage.tables.timing import case_links, deadline_pauses, extensions
from storage.tables.uploads import uploads
from storage.tables.watches import watch_hits, watches

__all__ = [
    "METADATA",
    "absences",
    "acknowledgements",
    "alert_mutes",
    "alerts",
    "assessments",
    "assisting_sections",
    "attachments",
    "case_documents",
    "case_links",
    "cases",
    "channel_buckets",
    "channel_health",
    "channels",
    "comment_reads",
    "comments",
    "corrections",
    "crawl_pages",
    "crawl_quarantine",
    "crawl_rows",
    "crawl_runs",
    "deadline_pauses",
    "deadlines",
    "delivery_attempts",
    "draft_reviews",
    "drafts",
    "duplicate_groups",
    "duplicate_keys",
    "duty_posts",
    "engine_state",
    "events",
    "explanations",
    "extensions",
    "handovers",
    "hot_words",
    "idempotency",
    "imports",
    "incident_messages",
    "incidents",
    "leases",
    "matter_messages",
    "matter_terms",
    "matters",
    "message_revisions",
    "messages",
    "notices",
    "opinions",
    "outbox",
    "paper_deliveries",
    "paper_schedules",
    "paper_versions",
    "papers",
    "people",
    "person_channels",
    "plan_rejects",
    "planned_actions",
    "policy_documents",
    "push_senders",
    "quarantine",
    "ratings",
    "report_periods",
    "request_counts",
    "responses",
    "restatements",
    "roll_calls",
    "saved_copies",
    "search_changes",
    "sections",
    "sessions",
    "shift_overrides",
    "shifts",
    "sign_in_failures",
    "source_states",
    "sources",
    "supervision_orders",
    "task_plans",
    "tasks",
    "term_statistics",
    "tokens",
    "uploads",
    "watch_hits",
    "watches",
]
