import { get } from "./api.js";
import { DataChart } from "./charts.js";
import { element, hint, table, tableRow, updateChildren } from "./dom.js";
import { count, decimal, listed, moment } from "./format.js";
import { Pager } from "./pager.js";
import { Panel } from "./panel.js";
import { filmLink, userLink } from "./route.js";

/** How well each model predicts, run after run. */
export function rmsePanel() {
  let chart;
  return new Panel("rmse", {
    load: async () => (await get("/runs", { per_page: 100 })).items.toReversed(),
    show(runs, { body }) {
      const measured = runs.filter((run) => run.comparison?.run === run.run && run.metrics.some(isError));
      if (measured.length === 0) return false;
      chart ??= new DataChart(body, {
        kind: "line", x: "run", y: "RMSE", isCount: false,
        columns: [
          { title: "Run", cell: (row) => String(row.run) },
          { title: "Model", cell: (row) => row.model },
          { title: "RMSE", number: true, cell: (row) => decimal(row.value, 4) },
          { title: "Started", number: true, cell: (row) => moment(row.started) },
        ],
      });
      const rows = measured.flatMap((run) => run.metrics.filter(isError).map((metric) => ({ ...run, ...metric })));
      const models = [...new Set(rows.map((row) => row.model))].sort();
      const valueOf = (run, model) =>
        run.metrics.find((metric) => isError(metric) && metric.model === model)?.value ?? null;
      const last = measured.at(-1);
      const ranked = last.metrics.filter(isError).toSorted((one, other) => one.value - other.value);
      chart.update({
        labels: measured.map((run) => String(run.run)),
        series: models.map((model) => ({ name: model || "all", values: measured.map((run) => valueOf(run, model)) })),
        gist: `In run ${last.run}, lower is better: `
          + `${ranked.map((metric) => `${metric.model} ${decimal(metric.value, 4)}`).join(", ")}.`,
        rows: rows.toReversed(),
      });
      return true;
    },
    none: "No run has measured its models yet.",
  });
}

const isError = (metric) => metric.metric === "rmse";

/** The recommendations that the newest run made for all users. */
export function generatedPanel() {
  const columns = [
    { title: "User", cell: (row) => userLink(row.user_id) },
    { title: "Rank", number: true, cell: (row) => String(row.rank) },
    { title: "Film", cell: (row) => filmLink(row.item_id, row.title) },
    { title: "Model", cell: (row) => row.model },
    { title: "Rating or score", number: true, cell: (row) => listed(row) },
    { title: "Why", cell: (row) => (row.reasons ?? [])[0] ?? "–" },
  ];
  const list = element("div", { class: "scroll" }, table("Recommendations by the newest run", columns));
  const pager = new Pager("generated recommendations", () => panel.refresh());
  const panel = new Panel("generated", {
    load: () => get("/recommendations/generated", { page: pager.page, per_page: 10 }),
    show(page) {
      updateChildren(list.querySelector("tbody"), page.items, JSON.stringify, (row) => tableRow(columns, row));
      pager.show(page);
      return page.items.length > 0;
    },
    none: "The newest run has kept none.",
  });
  panel.body.append(list, pager.element);
  return panel;
}

/** What the newest run has found on held-out ratings: each model's metrics. */
export function comparePanel() {
  const metrics = [
    ["rmse", "RMSE", Math.min], ["mae", "MAE", Math.min],
    ["ndcg@10", "nDCG@10", Math.max], ["recall@10", "Recall@10", Math.max],
    ["coverage@10", "Coverage@10", Math.max], ["novelty@10", "Novelty@10", Math.max],
    ["fit_seconds", "Fit, s", Math.min],
  ];
  return new Panel("compare", {
    load: async () => {
      const [report, runs] = await Promise.all([get("/compare"), get("/runs", { per_page: 1 })]);
      return report && { report, run: runs.items[0] };
    },
    show(found, { body }) {
      if (found === null) return false;
      const { report, run } = found;
      const best = new Map(metrics.map(([name, , choose]) =>
        [name, choose(...report.models.map((row) => row.mean[name]).filter(Number.isFinite))]));
      const columns = [
        { title: "Model", cell: (row) => row.model },
        ...metrics.map(([name, title]) =>
          ({ title, number: true, cell: (row) => score(row.mean[name], best.get(name)) })),
      ];
      body.replaceChildren(
        element("div", { class: "scroll" }, table("Each model on held-out ratings", columns, report.models)),
        hint(`On a tenth of the ratings, held out; ● marks the best of a column.${origin(run)}`),
        hint(`Run ${run.run} took ${decimal(run.seconds, 1)} s${longest(run)}.`));
      return true;
    },
    none: "The newest run has compared no models.",
  });
}

/** Whose comparison a run keeps, where it has not made its own. */
function origin({ run, comparison }) {
  if (!comparison || comparison.run === run) return "";
  return ` Kept from run ${comparison.run}; ${count(comparison.changed_ratings)} ratings have changed since.`;
}

/** The stages that took longest. */
function longest({ stages }) {
  const first = stages.toSorted((one, other) => other.seconds - one.seconds).slice(0, 4);
  return first.length === 0 ? "" : `: ${first.map((row) => `${row.stage} ${decimal(row.seconds, 1)} s`).join(", ")}, …`;
}

function score(value, best) {
  if (value !== best) return decimal(value, 3);
  return element("strong", {}, element("span", { role: "img", "aria-label": "best" }, "● "), decimal(value, 3));
}
