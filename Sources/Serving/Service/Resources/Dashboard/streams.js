import { get } from "./api.js";
import { DataChart } from "./charts.js";
import { element, hint, table, tableRow, updateChildren } from "./dom.js";
import { count, counted, decimal, minute, percent } from "./format.js";
import { Panel } from "./panel.js";

/** What ratings come from beside requests, what is kept in step with them, and how each is. */
export function sourcesPanel() {
  const columns = [
    { title: "Source", cell: (row) => row.name },
    { title: "State", cell: (row) => state(row) },
    { title: "Taken", number: true, cell: (row) => count(row.taken) },
    { title: "Per second", number: true, cell: (row) => decimal(row.rate, 1) },
    { title: "Waiting", number: true, cell: (row) => known(row.lag) },
    { title: "Rejected", number: true, cell: (row) => count(row.rejected) },
  ];
  const sinkColumns = [
    { title: "Sink", cell: (row) => row.name },
    { title: "State", cell: (row) => state(row) },
    { title: "Changes behind", number: true, cell: (row) => known(row.entries_behind) },
    { title: "Seconds behind", number: true, cell: (row) => known(row.seconds_behind) },
    { title: "Documents", number: true, cell: (row) => count(row.documents.reduce((sum, { done }) => sum + done, 0)) },
    { title: "Rejected", number: true, cell: (row) => count(row.dead_letters) },
  ];
  const list = element("div", { class: "scroll" }, table("Sources of ratings", columns));
  const sinkList = element("div", { class: "scroll" }, table("Sinks", sinkColumns));
  const trouble = element("div");
  const panel = new Panel("sources", {
    load: () => Promise.all(["/sources", "/sinks"].map(async (path) => (await get(path)).items)),
    show([sources, sinks]) {
      updateChildren(list.querySelector("tbody"), sources, JSON.stringify, (row) => tableRow(columns, row));
      updateChildren(sinkList.querySelector("tbody"), sinks, JSON.stringify, (row) => tableRow(sinkColumns, row));
      list.hidden = sources.length === 0;
      sinkList.hidden = sinks.length === 0;
      const all = [...sources, ...sinks];
      trouble.replaceChildren(
        ...all.filter((row) => row.last_error).map((row) => hint(`${row.name}: ${row.last_error}`)));
      return all.length > 0;
    },
    none: "Ratings come by requests alone. Start the service with --kafka or --watch for others.",
  });
  panel.body.append(list, sinkList, trouble);
  return panel;
}

const known = (number) => number === null ? "–" : count(number);

function state(row) {
  return element("span", { class: "source-state", "data-state": row.state }, row.state);
}

/** RMSE of each model over the last hour, minute by minute, each rating predicted before it counted. */
export function streamErrorPanel() {
  let chart, remark;
  return new Panel("stream-error", {
    load: () => get("/stream/error", { minutes: 60 }),
    show({ minutes, newest, window, drifts }, { body }) {
      const rows = minutes.filter((row) => row.users === "all" && row.rmse !== null);
      if (rows.length === 0) return false;
      chart ??= new DataChart(body, {
        kind: "line", x: "minute", y: "RMSE", isCount: false,
        columns: [
          { title: "Minute", cell: (row) => minute(row.minute) },
          { title: "Model", cell: (row) => row.model },
          { title: "RMSE", number: true, cell: (row) => decimal(row.rmse, 4) },
          { title: "Ratings", number: true, cell: (row) => count(row.ratings) },
        ],
      });
      if (!remark) body.append(remark = element("div"));
      const times = [...new Set(rows.map((row) => row.minute))];
      const models = [...new Set(rows.map((row) => row.model))];
      const valueOf = (time, model) => rows.find((row) => row.minute === time && row.model === model)?.rmse ?? null;
      const figures = newest.filter((row) => row.rmse !== null);
      chart.update({
        labels: times.map(minute),
        series: models.map((name) => ({ name, values: times.map((time) => valueOf(time, name)) })),
        gist: `Over ${counted(Math.min(window, figures[0]?.ratings ?? 0), "new rating")}: ${told(figures, "all")}.`,
        rows: rows.toReversed(),
      });
      const fresh = figures.filter((row) => row.users === "new");
      const lists = newest.filter((row) => row.users === "all" && row.hit_rate !== null);
      remark.replaceChildren(...[
        fresh.length > 0 && hint(`Users with fewer than ten ratings: ${told(fresh, "new")}.`),
        lists.length > 0
          && hint(`Hit rate@10: ${lists.map((row) => `${row.model} ${percent(row.hit_rate)}`).join(", ")}.`),
        drifts.length > 0 && hint(`The error has changed: ${drifts.slice(-3).map(change).join("; ")}.`),
        hint("Each rating is predicted before it counts: not to be compared with held-out figures."),
      ].filter(Boolean));
      return true;
    },
    none: "No new rating has come in the last hour.",
  });
}

const told = (rows, users) =>
  rows.filter((row) => row.users === users).map((row) => `${row.model} ${decimal(row.rmse, 4)}`).join(", ");

const change = (row) => `${row.model} from ${decimal(row.before, 2)} to ${decimal(row.after, 2)}`
  + ` after ${counted(row.ratings, "rating")}`;
