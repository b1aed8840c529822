"""What each kind of job does, on whichever machine it is run.

Whoever finds something to do adds a job for it; the rows in SQL say whether it still is to be done, so that a
job that comes twice does nothing the second time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from core.errors import HuiyingError
from core.jobs import Job, JobName
from huiying.analysis_loop import AnalysisLoop
from huiying.gathering_loop import GatheringLoop
from huiying.intake.loop import IntakeLoop
from huiying.job_commands import run_command

_log = logging.getLogger(__name__)


class Work:
    """Does the jobs of one office.

    Args:
        analysis, gathering, intake: who know what a run, an upload and a batch of messages are.
    """

    def __init__(self, analysis: AnalysisLoop, gathering: GatheringLoop, intake: IntakeLoop) -> None:
        self._analysis, self._gathering, self._intake = analysis, gathering, intake

    def __call__(self, job: Job) -> None:
        """Do one job; a refusal we can explain is written down, anything else is raised to be tried again."""
        try:
            self._doer(job)()
        except HuiyingError as error:
            _log.warning("job.refused %s %s", job.name.value, error.code)

    def _doer(self, job: Job) -> Callable[[], object]:
        match job.name:
            case JobName.ANALYSE:
                return self._analysis.once
            case JobName.CRAWL if "run" in job.values:
                run_id = int(job.values["run"] or 0)
                return lambda: self._gathering.carry_out(run_id)
            case JobName.IMPORT if "upload" in job.values:
                upload_id = int(job.values["upload"] or 0)
                return lambda: self._intake.bring_in(upload_id)
            case _:
                return lambda: run_command(job)
