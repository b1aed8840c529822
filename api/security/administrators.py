"""Who may look after the installation: a person who is an administrator, or a program with that scope."""

from __future__ import annotations

from fastapi import Request

from api.security.identity import Wired, recognised, require_role, require_scope, signed_in
from core.vocabulary import Role, Scope


def administrator(request: Request, services: Wired) -> None:
    """Let an administrator pass.

    Raises:
        NotSignedIn: no valid session or token.
        NotAllowed: another role, or a token without the scope.
    """
    if request.headers.get("authorization") is not None:
        require_scope(Scope.ADMIN)(request, services)
    else:
        require_role(Role.ADMIN)(signed_in(recognised(request, services)))
