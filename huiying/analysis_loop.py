"""Assessing new messages and judging what they mean together, in one process at a time.

Every few seconds a job is asked for: messages nobody has assessed are assessed in batches, then triage looks
at the window before now. Both may be run as often as one likes; what was done is not done again.
"""

from __future__ import annotations

from apscheduler.schedulers.background import BackgroundScheduler

from alerts.actors import program
from alerts.attention import watch
from alerts.incident_rules import load_incident_rules
from alerts.simple_questions import follow_analysis
from alerts.steps import Act
from alerts.triage import load_triage_rules
from alerts.watches import look
from analysis.assessment import Analyser
from analysis.engine import assess_pending, group_pending, open_gatherer
from analysis.lexicon import load_lexicon
from core.jobs import Job, JobName, JobRunner
from core.rule_files import rules_folder
from huiying.analyser import open_analyser
from huiying.office import Office

_EVERY_SECONDS = 5
# One look at a time on all machines; while one waits, another is not added.
_LOOK = Job(JobName.ANALYSE, {}, lock="analyse", key="analyse")


class AnalysisLoop:
    """Assesses and triages until it is stopped."""

    def __init__(self, office: Office) -> None:
        folder = rules_folder()
        self._office = office
        self._triage_rules = load_triage_rules(folder / "triage.yml")
        self._incident_rules = load_incident_rules(folder / "incidents.yml")
        self._lexicon = load_lexicon(folder / "lexicon")
        self._gatherer = open_gatherer(folder, self._lexicon)
        self._analyser: Analyser | None = None
        self._scheduler = BackgroundScheduler(timezone="UTC")

    def once(self) -> tuple[int, int]:
        """Assess what waits and do what triage decides; how many messages, how many decisions."""
        if (
            self._analyser is None
        ):  # building the tables takes seconds on the first day; the web need not wait
            self._analyser = open_analyser(self._office.settings)
        office = self._office
        assessed = assess_pending(office.database, self._analyser, office.clock)
        group_pending(office.database, office.clock)
        self._gatherer.gather_pending(office.database, office.clock)
        act = Act(program("triage"), office.clock.now())
        follow_analysis(office.database, office.law, act)
        decided = watch(office.database, office.law, self._triage_rules, self._incident_rules, act)
        decided += look(office.database, act.now)
        return assessed, decided

    def start(self, jobs: JobRunner) -> None:
        """Begin to ask for a look every few seconds, and return."""
        self._scheduler.add_job(
            lambda: jobs.add(_LOOK),
            "interval",
            seconds=_EVERY_SECONDS,
            id="assess",
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        self._scheduler.start()

    def stop(self) -> None:
        """Ask no more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
