import { element, table, tableBehind } from "./dom.js";
import { decimal, shortCount } from "./format.js";
import { color, onThemeChange } from "./theme.js";

/**
 * A bar or line chart with its gist in words for those who do not see it, and its numbers as a table behind it.
 *
 * It is made once and then updated in place.
 */
export class DataChart {
  #chart;
  #canvas = element("canvas", { role: "img" });
  #table = element("div");
  #columns;

  /**
   * @param kind `"bar"` or `"line"`
   * @param columns of the table behind the chart, as for `table`
   * @param x, y what the axes measure
   * @param isCount whether the vertical axis begins at zero and has whole numbers
   */
  constructor(body, { kind, columns, x, y, isCount = true }) {
    this.#columns = columns;
    body.append(element("div", { class: "chart" }, this.#canvas), tableBehind("Show the numbers", this.#table));
    this.#chart = new Chart(this.#canvas, {
      type: kind,
      data: { labels: [], datasets: [] },
      options: {
        maintainAspectRatio: false,
        // Chart.js 3 forgets a change of size which comes at the end of an animation.
        animation: false,
        interaction: { mode: "index", intersect: false },
        scales: { x: axis(x, { display: false }), y: { ...axis(y), ...(isCount ? counts : measures) } },
        plugins: { legend: { ...legend }, tooltip },
      },
    });
    onThemeChange(() => this.#chart.update("none"));
  }

  /**
   * @param labels along the horizontal axis
   * @param series `[{ name, values }]`; where there is more than one, a legend tells them apart
   * @param gist the chart in one or two sentences
   * @param rows of the table
   */
  update({ labels, series, gist, rows }) {
    const { data, options } = this.#chart;
    data.labels = labels;
    data.datasets.length = series.length;
    series.forEach(({ name, values }, index) => {
      data.datasets[index] ??= seriesStyle(index, this.#chart.config.type);
      Object.assign(data.datasets[index], { label: name, data: values });
    });
    options.plugins.legend.display = series.length > 1;
    this.#chart.update();
    this.#canvas.setAttribute("aria-label", gist);
    this.#table.replaceChildren(table(gist, this.#columns, rows));
  }
}

// Colors are functions, so that they are read again after a change of theme.
const ticks = { color: () => color("--muted"), font: { size: 11 }, maxRotation: 0, autoSkipPadding: 16, padding: 6 };

const counts = {
  beginAtZero: true, suggestedMax: 4, ticks: { ...ticks, maxTicksLimit: 5, precision: 0, callback: shortCount },
};

const measures = { ticks: { ...ticks, maxTicksLimit: 5, callback: (value) => decimal(value, 3) } };

const axis = (title, grid = {}) => ({
  grid: { color: () => color("--line"), drawBorder: false, drawTicks: false, ...grid },
  ticks,
  title: { display: true, text: title, color: () => color("--muted"), font: { size: 11 } },
});

const legend = {
  display: false, position: "bottom", labels: { usePointStyle: true, boxHeight: 6, color: () => color("--ink") },
};

const tooltip = {
  backgroundColor: () => color("--ink"), titleColor: () => color("--surface"), bodyColor: () => color("--surface"),
  cornerRadius: 4, padding: 8, usePointStyle: true, boxWidth: 8, boxHeight: 8,
};

const shapes = ["circle", "rect", "triangle", "rectRot", "crossRot", "star"];
const dashes = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

/** Series differ by color, shape of points and dashes, so that none of them alone has to be told. */
function seriesStyle(index, kind) {
  const stroke = () => color(kind === "bar" ? "--accent" : `--series-${index % shapes.length}`);
  return {
    backgroundColor: stroke, borderColor: stroke, hoverBackgroundColor: () => color("--ink"),
    borderWidth: kind === "bar" ? 0 : 2, borderDash: dashes[index % dashes.length], borderRadius: 2,
    pointStyle: shapes[index % shapes.length], pointRadius: 4, pointHoverRadius: 6, tension: 0,
    categoryPercentage: 0.9, barPercentage: 0.95, minBarLength: 1,
  };
}
