"""The set-up of `huiying setup`, for the page that does the same."""

from __future__ import annotations

import io

from api.setting_up import SetupAnswer, SetupChange, SetupLogin, SetupProblem
from huiying.office import Office
from huiying.setup.applying import rehearse, require_nobody, set_up
from huiying.setup.plan import ACTIONS, KINDS
from huiying.setup.template import fill_template
from huiying.setup.wishes import read_wishes
from huiying.setup.workbook import rows_of


class OfficeSetup:
    """See `api.setting_up.Setup`."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def template(self) -> bytes:
        """The empty workbook."""
        file = io.BytesIO()
        fill_template(file)
        return file.getvalue()

    def read(self, content: bytes, name: str, *, actor: str, is_first: bool, write: bool) -> SetupAnswer:
        """Compare, and follow the plan unless it is only rehearsed or names a problem."""
        wishes = read_wishes(rows_of(content, name))
        if write:
            done = set_up(self._office, wishes, actor=actor, is_first=is_first)
        else:
            if is_first:
                with self._office.database.write() as connection:
                    require_nobody(connection)
            done = rehearse(self._office, wishes)
        plan = done.plan
        if plan.problems:
            return SetupAnswer(False, [SetupProblem(one.place, one.message) for one in plan.problems])
        return SetupAnswer(
            is_written=write,
            changes=[
                SetupChange(KINDS[one["kind"]], ACTIONS[one["action"]], one["name"], one["fields"])
                for one in plan.changes()
            ],
            notes=plan.notes,
            unlisted=plan.unlisted,
            logins=[SetupLogin(one.login, one.name, one.password) for one in done.logins],
        )
