"""Opinions on a decision, and the policy document a case asks about, as forms ask for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from alerts.consulting import NewOpinion, add_opinions, judge_opinion
from alerts.documents import link_document
from alerts.steps import Outcome
from api.pages.calls import Call
from api.pages.form_parts import More
from core.errors import InvalidInput
from core.vocabulary import Command, OpinionVerdict
from storage import documents
from storage.database import Connection


def _add(call: Call) -> Outcome:
    new = NewOpinion(call.given["text"], call.given["author"])
    return add_opinions(*call.where(), call.services.redactor, [new])


def _judge(call: Call) -> Outcome:
    given = call.given
    if given["verdict"] not in set(OpinionVerdict):
        raise InvalidInput("没有选择采纳与否。", mend="请选择。", field="verdict")
    return judge_opinion(
        *call.where(),
        opinion_id=given.number("opinion"),
        verdict=OpinionVerdict(given["verdict"]),
        reason=given["reason"],
    )


TASK_VERBS: Mapping[Command, Callable[[Call], Outcome]] = {
    Command.ADD_OPINION: _add,
    Command.JUDGE_OPINION: _judge,
    Command.LINK_DOCUMENT: lambda c: link_document(*c.where(), document_id=c.given.number("document")),
}


def document_choices(connection: Connection) -> More:
    """The documents a case can be handed to the drafting section of."""
    names = {str(row["id"]): f"《{row['title']}》" for row in documents.in_force(connection)}
    pointless = frozenset[Command]() if names else frozenset({Command.LINK_DOCUMENT})
    return More({"document": {"": "请选择", **names}}, pointless)
