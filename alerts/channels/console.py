"""The channel every office has: one line per notice in the data folder's `notices.log`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from alerts.channels import Outcome, Payload
from core.clock import iso
from core.vocabulary import DeliveryOutcome

FILE = "notices.log"


class ConsoleChannel:
    """Appends to the file and, where a terminal is watching, shows the same line.

    Args:
        folder: the data folder.
        show: what to do with the line beside writing it.
    """

    def __init__(self, folder: Path, show: Callable[[str], None] | None = None) -> None:
        self._path = folder / FILE
        self._show = show

    def send(self, payload: Payload) -> Outcome:
        """Write the line; one write, so that lines of several processes do not mix."""
        text = payload.body.replace("\n", " ")
        line = f"{iso(payload.at)}\t{payload.key}\t{payload.address}\t{payload.subject}\t{text}\n"
        try:
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(file, line.encode())
            finally:
                os.close(file)
        except OSError as error:
            return Outcome(DeliveryOutcome.TEMPORARY, f"写不进 {FILE}：{error.strerror}")
        if self._show is not None:
            self._show(line.rstrip("\n"))
        return Outcome(DeliveryOutcome.ACCEPTED)
