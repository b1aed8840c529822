"""Charts of papers as PNG pictures that show Chinese."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING

from reports.papers.paper import Chart

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

# What machines of offices have: Noto on Linux, the others with Windows, macOS, WPS and Kylin.
_FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "SimHei",
    "Microsoft YaHei",
    "PingFang SC",
)
_WIDE_INCHES, _HIGH_INCHES, _DOTS_PER_INCH = 6.1, 2.6, 200
_INK, _BAR = "#333333", "#9b2c2c"


@cache
def chinese_font() -> FontProperties | None:
    """A font of this machine that has Chinese characters, or None."""
    # Drawing costs a second to load; only what draws should pay for it.
    from matplotlib import font_manager

    known = {font.name: font.fname for font in font_manager.fontManager.ttflist}
    for family in _FAMILIES:
        if family in known:
            return font_manager.FontProperties(family=family, fname=known[family], size=9)
    return None


def chart_png(chart: Chart) -> bytes | None:
    """The chart as a picture 6.1 inches wide; None where this machine has no font for it."""
    font = chinese_font()
    if font is None:
        return None
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(_WIDE_INCHES, _HIGH_INCHES), dpi=_DOTS_PER_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    places = range(len(chart.values))
    if chart.is_line:
        axes.plot(places, chart.values, color=_BAR, marker="o", markersize=3, linewidth=1.5)
    else:
        axes.bar(places, chart.values, color=_BAR, width=0.55)
    for place, value in zip(places, chart.values, strict=True):
        axes.annotate(
            f"{value:,}", (place, value), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=8
        )
    axes.set_xticks(list(places), chart.labels, fontproperties=font, color=_INK, rotation=_tilt(chart))
    axes.set_ylim(0, max(chart.values, default=0) * 1.18 or 1)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.tick_params(axis="y", labelsize=8, colors=_INK)
    axes.spines[["top", "right"]].set_visible(False)
    picture = io.BytesIO()
    # Without the program's name and date the same chart is the same bytes.
    figure.savefig(picture, format="png", metadata={"Software": None})
    return picture.getvalue()


def _tilt(chart: Chart) -> int:
    """Degrees: long or many labels stand aslant so that none covers its neighbour."""
    return 30 if sum(len(text) for text in chart.labels) > 48 else 0
