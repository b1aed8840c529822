"""A command that somebody sends by program: who they are, and the one transaction it is done in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from starlette.responses import Response

from alerts.actors import Actor
from alerts.steps import Act, Outcome
from api.idempotency import Answer, KeyHeader, Once, digest_of
from api.security.identity import Person, Wired, recognised, require_scope, script_sender, signed_in
from api.security.secrets import hashed
from api.services import Services
from api.signed import Signed
from core.errors import NotAllowed
from core.labels import label
from core.vocabulary import Role, Scope
from storage import tokens
from storage.database import Connection

Csrf = Annotated[str, Header(alias="X-CSRF-Token", description="登录时得到的 csrf_token。")]
_INTAKE_ROLES = (Role.PRESS, Role.DUTY, Role.MANAGER)


@dataclass(frozen=True, slots=True)
class Sent:
    """A write and its sender.

    Attributes:
        only_source: the one source the sender may push to; None for everybody else.
    """

    services: Services
    actor: Actor
    once: Once
    only_source: str | None = None

    @property
    def sees_only(self) -> str | None:
        """The section the sender is confined to; None for those who see the whole office."""
        return self.actor.section if self.actor.is_bound_to_section else None

    def act(self, seq: int | None = None) -> Act:
        """The sender's act, now; `seq` is the case's as the sender knows it."""
        return Act(self.actor, self.services.clock.now(), seq)

    def answer(self, effect: Callable[[Connection], dict[str, Any]], status: int = 200) -> Response:
        """Do the effect once and answer with what it returns."""
        return self.once.answer(lambda connection: Answer(status, effect(connection)))

    def give(self, effect: Callable[[Connection], Outcome]) -> Response:
        """Give a command to a case once, and answer with what came of it."""
        return self.answer(lambda connection: outcome_json(effect(connection)))


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """What came of a command, in the words of the interface."""
    return {
        "case": outcome.case_id,
        "state": outcome.state.value,
        "seq": outcome.seq,
        "facts": dict(outcome.facts),
    }


def sent_by_person(
    request: Request,
    services: Wired,
    digest: Annotated[str, Depends(digest_of)],
    key: KeyHeader = None,
    csrf: Csrf = "",
) -> Sent:
    """The write of somebody who has signed in.

    Raises:
        NotAllowed: a program sends it, or the request did not come from the person's own session.
        NotSignedIn: no valid session.
    """
    if request.headers.get("authorization") is not None:
        raise NotAllowed("接口令牌不能代人办理。", mend="请由本人登录后办理。", code="token.no_person")
    person = _person(request, services, csrf)
    actor = Actor(person.id, person.login, person.name, person.role, person.section)
    return Sent(services, actor, Once(services, f"person/{person.id}", key, digest))


def sent_in(
    request: Request,
    services: Wired,
    digest: Annotated[str, Depends(digest_of)],
    signed: Signed,
    key: KeyHeader = None,
    csrf: Csrf = "",
) -> Sent:
    """The write of a system that signed it, of a program that may take messages in, or of the desk.

    Raises:
        NotAllowed: a wrong signature, a token without the scope, or a person of another role.
        NotSignedIn: no signature, and no valid session or token.
    """
    if signed is not None:
        actor = Actor(None, signed.owner, signed.name, None, by_token=True)
        return Sent(services, actor, Once(services, signed.owner, signed.message_id, digest), signed.source)
    if request.headers.get("authorization") is None:
        return _of_the_desk(sent_by_person(request, services, digest, key, csrf))
    return _sent_by_token(request, services, Scope.INTAKE, key, digest)


def sent_to_respond(
    request: Request,
    services: Wired,
    digest: Annotated[str, Depends(digest_of)],
    key: KeyHeader = None,
    csrf: Csrf = "",
) -> Sent:
    """The write of a person who has signed in, or of a program that may tell what was answered elsewhere.

    Raises:
        NotAllowed: a token without the scope.
        NotSignedIn: no valid session or token.
    """
    if request.headers.get("authorization") is None:
        return sent_by_person(request, services, digest, key, csrf)
    return _sent_by_token(request, services, Scope.RESPOND, key, digest)


def _sent_by_token(request: Request, services: Services, scope: Scope, key: str | None, digest: str) -> Sent:
    require_scope(scope)(request, services)
    secret = request.headers["authorization"].partition(" ")[2].strip()
    with services.database.read() as connection:
        token = tokens.find(connection, hashed(secret), services.clock.now())
    if token is None:
        raise NotAllowed("接口令牌刚刚失效。", mend="请向管理员索取新的令牌。", code="token.invalid")
    owner = f"token/{token['id']}"
    actor = Actor(None, owner, token["name"], None, by_token=True)
    return Sent(services, actor, Once(services, owner, key, digest))


def _person(request: Request, services: Services, csrf: str) -> Person:
    person = signed_in(recognised(request, services))
    return script_sender(request, person, csrf)


def _of_the_desk(sent: Sent) -> Sent:
    if sent.actor.role not in _INTAKE_ROLES:
        names = "、".join(label(role) for role in _INTAKE_ROLES)
        raise NotAllowed("您的岗位不录入来文。", mend=f"请由{names}录入。", code="role.refused")
    return sent


ByPerson = Annotated[Sent, Depends(sent_by_person)]
BySender = Annotated[Sent, Depends(sent_to_respond)]
Intake = Annotated[Sent, Depends(sent_in)]
