"""The verbs that move clocks, and that make one case of two or two of one, as forms ask for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from alerts import extending, merging, pausing
from alerts.steps import Outcome
from api.pages.calls import Call
from core.vocabulary import Command

TIMING_VERBS: Mapping[Command, Callable[[Call], Outcome]] = {
    Command.PAUSE: lambda c: pausing.pause(
        *c.where(), c.law, reason=c.given["reason"], authority=c.given["authority"]
    ),
    Command.RESUME: lambda c: pausing.resume(*c.where(), c.law, reason=c.given["reason"]),
    Command.EXTEND: lambda c: extending.ask_extension(
        *c.where(), c.law, deadline_id=c.given.number("deadline"), reason=c.given["reason"]
    ),
    Command.GRANT_EXTENSION: lambda c: extending.grant_extension(
        *c.where(), c.law, extension_id=c.given.number("extension")
    ),
    Command.REFUSE_EXTENSION: lambda c: extending.refuse_extension(
        *c.where(), extension_id=c.given.number("extension"), reason=c.given["reason"]
    ),
    Command.MERGE: lambda c: merging.merge(
        *c.where(), c.law, into=c.given.number("into"), reason=c.given["reason"]
    ),
    Command.SPLIT: lambda c: merging.split(
        *c.where(),
        c.law,
        c.services.incident_rules,
        message_ids=c.given.numbers("messages"),
        title=c.given["title"],
        reason=c.given["reason"],
    ),
}
