"""The errors of the domain: one root, few families, each with a stable code.

An error carries one Chinese sentence that says what is wrong (`message`) and one that says what to do
(`mend`). It knows nothing of HTTP or of exit codes: `api.problems` and `huiying.cli` translate it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any


class HuiyingError(Exception):
    """Root of every error we raise on purpose.

    Attributes:
        code: stable machine word, `noun.adjective`; scripts of the office may compare it.
        message: one Chinese sentence, what is wrong.
        mend: one Chinese sentence, what the reader can do about it.
    """

    code = "error"

    def __init__(self, message: str, *, mend: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return f"{self.message}{self.mend}"

    def __reduce__(self) -> tuple[Any, ...]:
        # An error may come from another process, whatever arguments its family is made with.
        return _again, (type(self), self.args, self.__dict__)


def _again(family: type[HuiyingError], arguments: tuple[Any, ...], state: dict[str, Any]) -> HuiyingError:
    """The error as it was in the process that raised it."""
    error = family.__new__(family, *arguments)
    error.__dict__.update(state)
    return error


class NotFound(HuiyingError):
    """Nothing with that name or number exists, or it is not the asker's to see."""

    code = "not_found"


class NotAllowed(HuiyingError):
    """The person's role or section does not permit the command."""

    code = "not_allowed"


class NotSignedIn(HuiyingError):
    """No valid session or token came with the request."""

    code = "not_signed_in"


class TooManyAttempts(HuiyingError):
    """Somebody tried too often in a short time; the same request may succeed later.

    Attributes:
        retry_after_seconds: how long to wait, at least 1.
    """

    code = "too_many_attempts"

    def __init__(
        self, message: str, *, retry_after_seconds: int, mend: str = "", code: str | None = None
    ) -> None:
        super().__init__(message, mend=mend, code=code)
        self.retry_after_seconds = retry_after_seconds


class InvalidInput(HuiyingError):
    """A value given by a person or a program cannot be used.

    Attributes:
        field: the name of the offending field, or None when the input as a whole is wrong.
    """

    code = "invalid_input"

    def __init__(
        self, message: str, *, mend: str = "", code: str | None = None, field: str | None = None
    ) -> None:
        super().__init__(message, mend=mend, code=code)
        self.field = field


class Conflict(HuiyingError):
    """The command does not fit the present state, or somebody was first.

    Attributes:
        status: the present state.
        command: the command that was refused.
        allowed: the commands that are possible now.
    """

    code = "conflict"

    def __init__(
        self,
        message: str,
        *,
        mend: str = "",
        code: str | None = None,
        status: str | None = None,
        command: str | None = None,
        allowed: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message, mend=mend, code=code)
        self.status = status
        self.command = command
        self.allowed = allowed


class RuleError(HuiyingError):
    """A file under `rules/` cannot be trusted; start is refused.

    Attributes:
        path: the file.
        key: the rule or entry inside it, or None for the file as a whole.
        reason: what is wrong with it.
    """

    code = "rule.invalid"

    def __init__(self, path: Path | str, reason: str, *, key: str | None = None) -> None:
        where = f"{path}" + (f" 中的 {key}" if key else "")
        super().__init__(f"规则文件 {where} 有误：{reason}。", mend="请改正该文件后再试。")
        self.path = Path(path)
        self.key = key
        self.reason = reason


class SettingsError(HuiyingError):
    """The configuration file or an environment variable is wrong."""

    code = "settings.invalid"


class FileRefused(HuiyingError):
    """A file as a whole cannot be imported: nothing of it was stored, unless its import stopped half-way.

    Attributes:
        file: name of the file.
    """

    code = "file.refused"

    def __init__(self, file: str, message: str, *, mend: str, code: str) -> None:
        super().__init__(message, mend=mend, code=code)
        self.file = file


class StorageError(HuiyingError):
    """The database cannot be used as it is (locked, from a newer version, not reachable)."""

    code = "storage.failed"


class ModelError(HuiyingError):
    """A model of the analysis is missing, damaged, or not the one its figures were proved on."""

    code = "model.unusable"


class DeliveryError(HuiyingError):
    """A channel did not take a notice.

    Attributes:
        permanent: trying again cannot help.
    """

    code = "delivery.failed"

    def __init__(self, message: str, *, permanent: bool, mend: str = "", code: str | None = None) -> None:
        super().__init__(message, mend=mend, code=code)
        self.permanent = permanent
