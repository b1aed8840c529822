// Draws the volume of an incident over time. The numbers stand in the page, too, for those who do not see this.

const place = document.querySelector("[data-volume]");

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function options() {
  const { steps, series } = JSON.parse(place.dataset.volume);
  const soft = colour("--ink-soft");
  const palette = ["--accent", "--overdue", "--met", "--provisional", "--due-soon", "--later"].map(colour);
  return {
    color: palette,
    animation: false,
    aria: { enabled: true },
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 36, right: 8, top: 32, bottom: 28 },
    legend: { top: 0, left: 0, textStyle: { color: soft }, itemWidth: 14, itemHeight: 10 },
    tooltip: { trigger: "axis", renderMode: "richText", confine: true },
    xAxis: { type: "category", data: steps, axisLabel: { color: soft, hideOverlap: true } },
    yAxis: {
      type: "value",
      minInterval: 1,
      axisLabel: { color: soft },
      splitLine: { lineStyle: { color: colour("--line") } },
    },
    series: Object.entries(series).map(([name, data]) => ({ name, data, type: "bar", stack: "all", barMaxWidth: 24 })),
  };
}

if (place && window.echarts) {
  const draw = () => {
    const chart = window.echarts.getInstanceByDom(place) ?? window.echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(options(), true);
    return chart;
  };
  const chart = draw();
  new ResizeObserver(() => chart.resize()).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}
