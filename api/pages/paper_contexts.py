"""What the pages of papers show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.pages.contexts import Option, PageContext
from core.vocabulary import PaperKind, PaperState
from reports.papers.paper import Block, Paper


@dataclass(frozen=True)
class PaperLine:
    """One paper of the list."""

    id: int
    kind: PaperKind
    title: str
    state: PaperState
    issue: int | None
    version: int
    created_at: datetime
    signed_at: datetime | None
    signer: str | None


@dataclass(frozen=True)
class PapersPage(PageContext):
    """公文: what was drafted and signed, and a form for a new one.

    Attributes:
        kinds, case_kinds: what can be drafted about a period, and about a case.
        may_write: whether the person may draft.
        error: what was wrong with the last wish, or None.
    """

    lines: Sequence[PaperLine]
    kinds: Sequence[Option]
    case_kinds: Sequence[Option]
    since: str
    until: str
    case: str
    may_write: bool
    error: str | None
    next_href: str | None


@dataclass(frozen=True)
class VersionLine:
    """One version of a paper."""

    version: int
    edited_at: datetime
    editor: str
    sha256: str


@dataclass(frozen=True)
class PaperPage(PageContext):
    """One paper as it will print, with the text to edit.

    Attributes:
        blocks: each block with the number of a heading, or nothing.
        version: the version shown; `newest` is the last there is.
        text, title: what stands in the form, as typed where it was refused.
        may_edit, may_sign: what the person may do with it now.
    """

    id: int
    paper: Paper
    state: PaperState
    blocks: Sequence[tuple[Block, str]]
    version: int
    newest: int
    versions: Sequence[VersionLine]
    title: str
    text: str
    may_edit: bool
    may_sign: bool
    error: str | None
    file_sha256: str | None
