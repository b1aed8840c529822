"""What kind of group repeated messages are: read from the store, judged by the analysis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from alerts.incident_rules import load_incident_rules
from analysis.group_kinds import GROUP_NAMES, GroupKind, GroupMember, group_kind, is_repost, load_group_rules
from core.rule_files import rules_folder
from core.vocabulary import Channel
from storage import duplicates, group_members
from storage.database import Connection, Row


@dataclass(frozen=True, slots=True)
class Repeated:
    """A group of two or more messages in (nearly) the same words.

    Attributes:
        reason: a Chinese sentence with the numbers.
    """

    group_id: int
    size: int
    authors: int
    kind: GroupKind
    reason: str

    @property
    def name(self) -> str:
        """The kind in Chinese."""
        return GROUP_NAMES[self.kind]

    def as_json(self) -> dict[str, object]:
        """In the shape of the interface."""
        return {"id": self.group_id, "size": self.size, "kind": self.kind.value, "reason": self.reason}


def repeats_of(connection: Connection, message_ids: Iterable[int]) -> dict[int, Repeated]:
    """Message → its group and what kind it is, for those that are not alone in it."""
    groups = duplicates.groups_of(connection, list(message_ids))
    read = group_members.of_groups(connection, {one.group_id for one in groups.values()})
    folder = rules_folder()
    rules, public = load_group_rules(folder / "groups.yml"), load_incident_rules(folder / "incidents.yml")
    kinds = {
        number: group_kind([_member(row, public.public_channels) for row in rows], rules)
        for number, rows in read.items()
    }
    return {
        message: Repeated(one.group_id, one.size, one.authors, *kinds[one.group_id])
        for message, one in groups.items()
    }


def _member(row: Row, public: frozenset[Channel]) -> GroupMember:
    return GroupMember(
        author=row["author_hash"] or "",
        received_at=row["received_at"],
        length=len(row["body"]),
        is_repost=is_repost(row["body"], row["kind_src"], list(row["extra"] or {})),
        is_public=Channel(row["channel"]) in public,
    )
