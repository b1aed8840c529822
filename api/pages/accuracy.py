"""研判准确率: how often the machine was right where people looked, by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.pages.contexts import PageContext
from api.pages.rendering import render
from api.security.identity import Person, Wired, require_role
from core.vocabulary import Role
from reports.checked import accuracy_of_machine
from reports.machine_accuracy import FIELDS, MonthlyAccuracy

router = APIRouter(prefix="/accuracy")

_Reads = Annotated[Person, Depends(require_role(Role.PRESS, Role.DUTY, Role.MANAGER, Role.ADMIN))]


@dataclass(frozen=True)
class AccuracyPage(PageContext):
    """The monthly accuracy, the newest month first; `names` gives each field its Chinese name."""

    rows: Sequence[MonthlyAccuracy]
    names: dict[str, str]


@router.get("")
def show(request: Request, services: Wired, person: _Reads) -> Response:  # noqa: ARG001 - for these roles
    """Every month in which somebody corrected or confirmed something."""
    with services.database.read() as connection:
        rows = accuracy_of_machine(connection)
    names = {field: name for field, (name, _) in FIELDS.items()}
    return render(request, "accuracy.html", AccuracyPage(rows, names))
