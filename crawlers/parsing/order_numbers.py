"""What order numbers of hotlines say: the day of the order, and the order it is a part of."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from core.clock import SHANGHAI
from core.vocabulary import Precision
from crawlers.parsing.dates import Moment

# Each form with the layout of its date digits; the first that fits the whole number is read.
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(\d{12})\d{6}"), "%y%m%d%H%M%S"),
    (re.compile(r"(\d{6})\d{9}(?:-\d{2})?"), "%y%m%d"),
    (re.compile(r"FZ(\d{6})\d{5}"), "%y%m%d"),
    (re.compile(r"\d{6}0{7}(\d{8})\d{4}"), "%Y%m%d"),
    (re.compile(r"[A-Z]{0,2}(20\d{6})\d+"), "%Y%m%d"),
)
_PART = re.compile(r"(.*\d)-\d{2}")
_PETITION = re.compile(r"信访编号[:\uff1a]\s*([A-Za-z0-9-]{4,})")


def moment_in(number: str) -> Moment | None:
    """The day (or second) coded in an order number; None where it holds no valid one, never a guess."""
    for form, layout in _FORMS:
        if found := form.fullmatch(number):
            return _read(found.group(1), layout)
    return None


def parent_of(number: str) -> str | None:
    """The order of which a number such as `250331170700109-01` is a part; None for a whole one."""
    found = _PART.fullmatch(number) if number[-3:-2] == "-" else None
    return found.group(1) if found else None


def petition_in(body: str) -> str | None:
    """The petition's own number where it was forwarded into an order (「信访编号:…」)."""
    found = _PETITION.search(body) if "信访编号" in body else None
    return found.group(1) if found else None


def _read(digits: str, layout: str) -> Moment | None:
    try:
        local = datetime.strptime(digits, layout).replace(tzinfo=SHANGHAI)
    except ValueError:
        return None
    return Moment(local.astimezone(UTC), Precision.SECOND if "%S" in layout else Precision.DAY)
