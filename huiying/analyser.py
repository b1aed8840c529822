"""The analyser of an office, as its settings and its model folder say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from analysis.assessment import Analyser
from analysis.lexicon import Lexicon, load_lexicon
from analysis.places import load_gazetteer, region_of
from analysis.sentiment.models import open_default
from analysis.topic_model import TopicJudge, office_judge
from core.errors import SettingsError
from core.rule_files import rules_folder
from core.settings import Settings

_SHIPPED = "topic_classes.yml"
_FIELDS, _HOT = "领域", "热点"
# Name of a scheme that ships → its subset of the file; empty for all classes.
_CLASSES = {"十五类": "", "七类": "七类"}


def models_folder(settings: Settings) -> Path:
    """Where the model tables are kept and built at first use."""
    return settings.data_dir / "models"


def open_analyser(settings: Settings) -> Analyser:
    """Everything the assessment of a message needs, ready for use.

    Raises:
        ModelError: a model of the office cannot be used.
        RuleError: a file of the rules cannot be used.
        SettingsError: there is no such topic scheme.
    """
    rules, models = rules_folder(), models_folder(settings)
    gazetteer = load_gazetteer(rules / "places")
    return Analyser(
        open_default(models),
        _lexicon(settings),
        topic_judge(settings),
        gazetteer,
        region_of(gazetteer, settings.office.name),
    )


def topic_judge(settings: Settings) -> TopicJudge | None:
    """The judge of the topic scheme in the settings; None for the lexicon's fields without a model."""
    models, chosen = models_folder(settings), settings.analysis.topics
    shipped = rules_folder() / "lexicon" / _SHIPPED
    if chosen in (_FIELDS, _HOT):
        return office_judge(models, shipped)
    if chosen in _CLASSES:
        return office_judge(models, shipped, _CLASSES[chosen], is_scheme=True)
    if not Path(chosen).is_file():
        names = "、".join((_FIELDS, _HOT, *_CLASSES))
        mend = f"analysis.topics 可填{names}，或方案文件的路径(形如 rules/lexicon/{_SHIPPED})。"
        raise SettingsError(f"没有领域方案“{chosen}”。", mend=mend)
    return office_judge(models, Path(chosen), is_scheme=True)


def _lexicon(settings: Settings) -> Lexicon:
    lexicon = load_lexicon(rules_folder() / "lexicon")
    if settings.analysis.topics != _HOT:
        return lexicon
    return replace(lexicon, topics=tuple(one for one in lexicon.topics if one.hot))
