"""From a draft to a signed paper: every version is kept, and what was signed cannot change any more."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from alerts.actors import Actor
from core.clock import local_day
from core.errors import Conflict, InvalidInput, NotAllowed
from core.labels import label
from core.vocabulary import PaperKind, PaperState, Role, Tag
from reports.papers.paper import Paper
from reports.papers.stored import from_json, to_json
from reports.papers.text import from_text
from reports.render.paper_docx import paper_docx
from storage import events, papers
from storage.database import Connection, Row
from storage.events import OFFICE_STREAM, Draft

_WRITERS = frozenset({Role.PRESS, Role.DUTY, Role.MANAGER})
_TITLE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Filed:
    """A paper on file.

    Attributes:
        version: the version shown, from 1.
    """

    id: int
    state: PaperState
    version: int
    paper: Paper


def draft(
    connection: Connection, paper: Paper, actor: Actor, now: datetime, *, case_id: int | None = None
) -> int:
    """File a new paper as a draft; its id.

    Raises:
        NotAllowed: the person's role writes no papers.
    """
    _require_writer(actor)
    row = {"kind": paper.kind.value, "title": paper.title, "case_id": case_id, "created_at": now}
    paper_id = papers.add(connection, row)
    _store(connection, paper_id, paper, actor, Tag.PAPER_DRAFTED, now)
    return paper_id


def filed(connection: Connection, paper_id: int, version: int | None = None) -> Filed:
    """A paper as it stands, or as one of its versions stood.

    Raises:
        NotFound: no such paper or version.
    """
    row = papers.get(connection, paper_id, version)
    return Filed(paper_id, PaperState(row["state"]), version or row["version"], from_json(row["content"]))


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody typed.

    Attributes:
        text: see `reports.papers.text`.
        based_on: the version that was edited.
    """

    title: str
    text: str
    based_on: int


def edit(connection: Connection, paper_id: int, actor: Actor, now: datetime, typed: Edit) -> int:
    """Store an edited text as a new version; its number.

    Raises:
        Conflict: the paper is signed or withdrawn, or somebody else stored a version meanwhile.
        InvalidInput: a figure was changed, or the title is empty or too long.
        NotAllowed: the person's role writes no papers.
    """
    _require_writer(actor)
    row = _open_draft(connection, paper_id)
    if row["version"] != typed.based_on:
        raise Conflict(
            f"这份公文已有第 {row['version']} 版，您改的是第 {typed.based_on} 版。",
            mend="请复制您的文字，打开最新一版后再改。",
            code="paper.stale",
        )
    standing = filed(connection, paper_id).paper
    changed = replace(standing, title=_title(typed.title), blocks=from_text(standing, typed.text))
    return _store(connection, paper_id, changed, actor, Tag.PAPER_EDITED, now)


def sign(connection: Connection, paper_id: int, actor: Actor, now: datetime, *, version: int) -> int:
    """签发: give the paper its issue number and keep what was signed; the number.

    Args:
        version: the version that was read and is signed.

    Raises:
        Conflict: it is signed or withdrawn already, or `version` is not the newest.
        NotAllowed: only a manager signs.
    """
    if actor.role is not Role.MANAGER or actor.person_id is None:
        raise NotAllowed("公文由领导签发。", mend="请由领导登录后签发。", code="role.refused")
    row = _open_draft(connection, paper_id)
    if row["version"] != version:
        raise Conflict("这份公文又有改动。", mend="请看过最新一版后再签发。", code="paper.stale")
    kind, day = PaperKind(row["kind"]), local_day(now)
    issue = papers.next_issue(connection, kind, day.year)
    signed = filed(connection, paper_id).paper.signed(issue=issue, signer=actor.name, on=day)
    file_sha256 = hashlib.sha256(paper_docx(signed)).hexdigest()
    papers.update(
        connection,
        paper_id,
        state=PaperState.SIGNED.value,
        year=day.year,
        issue=issue,
        signed_at=now,
        signed_by=actor.person_id,
        file_sha256=file_sha256,
    )
    _store(connection, paper_id, signed, actor, Tag.PAPER_SIGNED, now, issue=issue, file=file_sha256)
    return issue


def withdraw(connection: Connection, paper_id: int, actor: Actor, now: datetime, *, reason: str) -> None:
    """作废: take a draft off the list; it stays on file.

    Raises:
        Conflict: it is signed or withdrawn already.
        InvalidInput: no reason is given.
        NotAllowed: the person's role writes no papers.
    """
    _require_writer(actor)
    if not reason.strip():
        raise InvalidInput("没有写明作废的理由。", mend="请填写理由。", field="reason")
    _open_draft(connection, paper_id)
    papers.update(connection, paper_id, state=PaperState.WITHDRAWN.value)
    _record(connection, Tag.PAPER_WITHDRAWN, actor, now, {"paper": paper_id, "reason": reason.strip()})


def _open_draft(connection: Connection, paper_id: int) -> Row:
    row = papers.lock(connection, paper_id)
    if row["state"] != PaperState.DRAFT.value:
        raise Conflict(
            f"这份公文{label(PaperState(row['state']))}，不能再改。",
            mend="如需更正，请另拟一份。",
            code="paper.closed",
        )
    return row


def _store(
    connection: Connection, paper_id: int, paper: Paper, actor: Actor, tag: Tag, now: datetime, **facts: Any
) -> int:
    content = to_json(paper)
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    version = papers.add_version(connection, paper_id, content, sha256, edited_by=actor.person_id, now=now)
    payload = {"paper": paper_id, "kind": paper.kind.value, "version": version, "sha256": sha256, **facts}
    _record(connection, tag, actor, now, payload)
    return version


def _record(connection: Connection, tag: Tag, actor: Actor, now: datetime, payload: dict[str, Any]) -> None:
    events.append(connection, [Draft(OFFICE_STREAM, tag, actor.kind, actor.name, now, payload)], now)


def _require_writer(actor: Actor) -> None:
    if actor.role is not None and actor.role not in _WRITERS:
        raise NotAllowed(
            f"您的角色是{label(actor.role)}，不能拟稿。",
            mend="请由新闻宣传科、值班员或领导办理。",
            code="role.refused",
        )


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not 0 < len(title) <= _TITLE_LENGTH:
        raise InvalidInput(f"标题为空，或超过 {_TITLE_LENGTH} 个字。", mend="请改正标题。", field="title")
    return title
