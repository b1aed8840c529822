"""The shape of the demo's three files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from core.rule_files import RuleFileModel, read_rule_file
from core.vocabulary import Role

_FOLDER = Path(__file__).resolve().parent


class Person(RuleFileModel):
    """Somebody who signs in; `look` says what this role should look at first."""

    login: str = Field(pattern="^[a-z]+$")
    name: str
    role: Role
    section: str
    look: str


class Letter(RuleFileModel):
    """A letter to the director; moments are written as `bureau.yml` explains."""

    from_: str = Field(alias="from")
    kind: str
    title: str
    body: str
    received: str
    phone: str = ""
    section: str = ""
    reply: str = ""
    replied: str = ""


class Order(Letter):
    """An order of the 12345 hotline."""

    called: str
    area: str = ""
    address: str = ""
    limit: str = ""
    satisfied: str = ""


class _BureauFile(RuleFileModel):
    name: str
    go_live: str
    sections: tuple[str, ...]
    people: tuple[Person, ...]


class _LettersFile(RuleFileModel):
    letters: tuple[Letter, ...]


class _OrdersFile(RuleFileModel):
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class Bureau:
    """The fictional office.

    Attributes:
        go_live: the day it went live, as a relative moment.
    """

    name: str
    go_live: str
    sections: tuple[str, ...]
    people: tuple[Person, ...]
    letters: tuple[Letter, ...]
    orders: tuple[Order, ...]


def read_bureau() -> Bureau:
    """The bureau that ships with the program."""
    office = read_rule_file(_FOLDER / "bureau.yml", _BureauFile)
    letters = read_rule_file(_FOLDER / "mailbox.yml", _LettersFile).letters
    orders = read_rule_file(_FOLDER / "hotline.yml", _OrdersFile).orders
    return Bureau(office.name, office.go_live, office.sections, office.people, letters, orders)
