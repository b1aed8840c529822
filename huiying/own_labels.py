"""What officials said of messages, as labels to train the office's own models on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

import typer

from analysis.labelled import FromChannel
from analysis.labelled_topics import LabelledMessage
from core.errors import InvalidInput
from core.vocabulary import Polarity
from huiying.office import open_office
from storage.database import Connection
from storage.human_words import standing

FromCorrections = Annotated[
    bool, typer.Option("--from-corrections", help="用工作人员更正和确认过的研判作标注，可与数据文件合用。")
]

_Row = TypeVar("_Row")
_LABELS = {Polarity.NEGATIVE.value: 0, Polarity.POSITIVE.value: 1}


def labelled_polarities(connection: Connection) -> list[FromChannel]:
    """Every message whose polarity a person corrected or confirmed; those called unsure are left out."""
    said = standing(connection, ["polarity"])
    return [
        (_LABELS[one.value], f"{one.title}\n{one.body}".strip(), one.channel)
        for one in said
        if one.value in _LABELS
    ]


def labelled_topics(connection: Connection) -> list[LabelledMessage]:
    """Every message whose topic a person corrected or confirmed."""
    said = standing(connection, ["topic"])
    return [LabelledMessage(one.title, one.body, one.value) for one in said if one.value]


def corrected(read: Callable[[Connection], list[_Row]], *, wanted: bool, is_alone: bool) -> list[_Row]:
    """The labels that officials gave, where they are asked for.

    Raises:
        InvalidInput: there is nothing to train on.
    """
    if not wanted:
        if is_alone:
            mend = "请给出数据文件，或加 --from-corrections。"
            raise InvalidInput("没有可用来训练的标注。", mend=mend, field="data")
        return []
    with open_office() as office, office.database.read() as connection:
        return read(connection)
