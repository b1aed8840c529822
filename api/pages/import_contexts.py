"""What the pages about importing files show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.pages.contexts import Option, PageContext


@dataclass(frozen=True)
class UploadLine:
    """One upload in the list; the counts are None before its import began."""

    id: int
    file: str
    kind: str
    sent_by: str
    at: datetime
    state: str
    stored: int | None
    quarantined: int | None


@dataclass(frozen=True)
class ImportsPage(PageContext):
    """导入: the form and what was uploaded before.

    Attributes:
        kinds: the forms of file.
        typed: what stands in the form.
        error: why the last attempt was refused, or None.
    """

    kinds: Sequence[Option]
    uploads: Sequence[UploadLine]
    typed: Mapping[str, str]
    error: str | None


@dataclass(frozen=True)
class RegisterPage(PageContext):
    """登记来文: a call, a letter or a visitor, typed in.

    Attributes:
        ways: 来电, 来信, 来访.
        channels: by whose rules the message is handled.
        sections: who may be made responsible at once.
        typed: what stands in the form.
        is_done: a message without a clock was just stored.
        error, error_field: why the last attempt was refused, and in which field, or None.
    """

    ways: Sequence[Option]
    channels: Sequence[Option]
    sections: Sequence[Option]
    typed: Mapping[str, str]
    is_done: bool
    error: str | None
    error_field: str | None


@dataclass(frozen=True)
class Rejection:
    """A row that could not be read: where it stands, and what is wrong with it."""

    sheet: str
    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class UploadPage(PageContext):
    """One upload, from its preview to its undoing.

    Attributes:
        state: a word of `storage.uploads`, and its Chinese in `state_label`.
        is_moving: the page looks again by itself.
        percent: of the rows that are done, 0 to 100.
        counts: Chinese word and number, in the order of the sum; empty before the file was looked through.
        columns: what we call a field, and the header it was found under.
        rows: the first rows of the file as they would be stored.
        rejections: the first rows in quarantine; `quarantined` is how many there are.
        error: why the file, or the last command, was refused, or None.
    """

    id: int
    file: str
    kind: str
    source: str
    sent_by: str
    at: datetime
    state: str
    state_label: str
    is_moving: bool
    percent: int
    row_count: int | None
    counts: Sequence[tuple[str, int]]
    columns: Sequence[tuple[str, str]]
    unmapped: Sequence[str]
    notes: Sequence[str]
    rows: Sequence[Mapping[str, Any]]
    import_id: int | None
    is_undone: bool
    quarantined: int
    rejections: Sequence[Rejection]
    error: str | None
