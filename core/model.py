"""The frozen values that pass between the packages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple

from core.vocabulary import Channel, DayKind, LimitUnit, Precision, Trust


@dataclass(frozen=True, slots=True)
class Citation:
    """The clause behind a rule.

    Attributes:
        document: title of the document, in Chinese.
        number: its official number (文号), or None where it has none.
        section: section or article, as the document counts them.
        quote: the clause, verbatim, in the script of the source.
        trust: how well the wording is established; shown beside the quote.
        reading: the quote in Simplified characters where the source is Traditional, else None.
        text: name of the file under `rules/texts/` that holds the quote, for `trust: seed`; else None.
    """

    document: str
    number: str | None
    section: str
    quote: str
    trust: Trust
    reading: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a clock runs.

    Attributes:
        amount: how many units; None where the order itself prints its limit (`hotline.order_limit`).
        unit: what is counted.
        backwards: counted back from the anchor ("3 working days before").
    """

    amount: int | None
    unit: LimitUnit
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class ExplainedDay:
    """One line of the explanation of a deadline.

    Attributes:
        day: the day, on the office's calendar.
        kind: what it is.
        number: 1…n on counted days, None on all others.
        name: the holiday's name, or None.
    """

    day: date
    kind: DayKind
    number: int | None
    name: str | None


@dataclass(frozen=True, slots=True)
class DueTime:
    """When a clock runs out, and why.

    Attributes:
        due_at: the instant, aware, UTC. For day limits the midnight that ends `due_day`.
        due_day: the last day, None for hour limits.
        provisional: the count touched a year whose official table is not published yet.
        calendar_version: the calendar tables used, for example `2026.1`; empty for hour limits.
        explanation: each day from day zero to the last, in counting order; empty for hour limits.
    """

    due_at: datetime
    due_day: date | None
    provisional: bool
    calendar_version: str
    explanation: tuple[ExplainedDay, ...]


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch during which a clock stood still; half-open, `until` None while it still does."""

    since: datetime
    until: datetime | None


_NOTHING: Mapping[str, str] = MappingProxyType({})


# Tuples, because an import makes hundreds of thousands: three times as quick to make and to pass to another
# process as a frozen dataclass.
class ReplyRecord(NamedTuple):
    """One answer that came with a message from its source.

    Attributes:
        text: masked plain text, never empty.
        at: aware instant, or None when the source gives no time.
        precision: how exactly `at` is known.
        org: the unit that answered, as the source names it; may be empty.
    """

    text: str
    at: datetime | None
    precision: Precision
    org: str = ""


class MessageRecord(NamedTuple):
    """One message as an import or a spider yields it: already masked, plain text, aware instants.

    Attributes:
        channel: the channel it came through.
        native_id: the source's own number as text, or a derived hash.
        native_id_is_derived: the source gave no number; `native_id` is a hash of channel, time, title, body.
        title, body: plain text, NFC, white space collapsed.
        received_at: when this office got it.
        received_precision: how exactly that is known.
        received_from: our field the time was taken from: `dispatched_at` or `created_at`.
        created_at: when the citizen sent it, where the source says so beside a dispatch time.
        author_display: masked name; may be empty.
        author_hash: keyed hash of the author's number or name, or None.
        section: the responsible section as the source names it; may be empty.
        area, category, kind_src, status_src: the source's own words; may be empty.
        url: public address, or None.
        replies: in the order of the source; may be empty.
        order_due_on: the limit printed on the order, as a day; None where there is none.
        order_due_at: the same as an instant, where the order prints a time of day.
        extra: every other column, by its header, masked.
        content_hash: hex sha256 of what a reader would see change (title, body, status, replies, limit).
    """

    channel: Channel
    native_id: str
    native_id_is_derived: bool
    title: str
    body: str
    received_at: datetime
    received_precision: Precision
    received_from: str
    content_hash: str
    created_at: datetime | None = None
    author_display: str = ""
    author_hash: str | None = None
    section: str = ""
    area: str = ""
    category: str = ""
    kind_src: str = ""
    status_src: str = ""
    url: str | None = None
    replies: tuple[ReplyRecord, ...] = ()
    order_due_on: date | None = None
    order_due_at: datetime | None = None
    extra: Mapping[str, str] = _NOTHING
