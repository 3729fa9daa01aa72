import { get } from "./api.js";
import { DataChart } from "./charts.js";
import { count, counted, decimal, minute, percent, rating } from "./format.js";
import { Panel } from "./panel.js";

/** More days than this are shown month by month. */
const mostDays = 366;

/** How often each value was given. */
export function distributionPanel() {
  let chart;
  return new Panel("distribution", {
    load: () => get("/analytics/rating_distribution"),
    show({ rows }, { body }) {
      if (rows.length === 0) return false;
      chart ??= new DataChart(body, {
        kind: "bar", x: "rating", y: "ratings",
        columns: [
          { title: "Rating", cell: ([value]) => rating(value) },
          { title: "Ratings", number: true, cell: ([, ratings]) => count(ratings) },
          { title: "Share", number: true, cell: ([, , share]) => percent(share) },
        ],
      });
      const [commonest, , share] = rows.reduce((most, row) => row[1] > most[1] ? row : most);
      const total = rows.reduce((sum, [, ratings]) => sum + ratings, 0);
      const mean = rows.reduce((sum, [value, ratings]) => sum + value * ratings, 0) / total;
      chart.update({
        labels: rows.map(([value]) => rating(value)),
        series: [{ name: "ratings", values: rows.map(([, ratings]) => ratings) }],
        gist: `${rating(commonest)} is given most often, by ${percent(share)} of ratings; `
          + `the mean is ${decimal(mean)}.`,
        rows,
      });
      return true;
    },
    none: "There are no ratings yet.",
  });
}

/** How many ratings came in through the service, minute by minute. */
export function perMinutePanel() {
  let chart;
  return new Panel("per-minute", {
    load: async () => (await get("/summary")).newest_minutes,
    show(minutes, { body }) {
      chart ??= new DataChart(body, {
        kind: "bar", x: "minute", y: "ratings",
        columns: [
          { title: "Minute", cell: (row) => minute(row.minute) },
          { title: "Ratings", number: true, cell: (row) => count(row.ratings) },
        ],
      });
      const total = minutes.reduce((sum, row) => sum + row.ratings, 0);
      const most = Math.max(0, ...minutes.map((row) => row.ratings));
      chart.update({
        labels: minutes.map((row) => minute(row.minute)),
        series: [{ name: "ratings", values: minutes.map((row) => row.ratings) }],
        gist: `${counted(total, "new rating")} in the last ${counted(minutes.length, "minute")}, `
          + `at most ${count(most)} in one.`,
        rows: minutes.toReversed(),
      });
      return true;
    },
  });
}

/** How many ratings each day saw, or each month where there are many days. */
export function volumePanel() {
  let chart;
  return new Panel("volume", {
    load: loadVolume,
    show({ period, rows }, { body }) {
      if (rows.length === 0) return false;
      chart ??= new DataChart(body, {
        kind: "bar", x: "days or months with ratings", y: "ratings",
        columns: [
          { title: "Period", cell: (row) => row.period },
          { title: "Ratings", number: true, cell: (row) => count(row.ratings) },
        ],
      });
      const most = rows.reduce((most, row) => row.ratings > most.ratings ? row : most);
      chart.update({
        labels: rows.map((row) => row.period),
        series: [{ name: "ratings", values: rows.map((row) => row.ratings) }],
        gist: `${counted(rows.length, period)} with ratings, from ${rows[0].period} to ${rows.at(-1).period}; `
          + `the most were ${count(most.ratings)}, in ${most.period}.`,
        rows: rows.toReversed(),
      });
      return true;
    },
    none: "No rating has a time.",
  });
}

async function loadVolume() {
  const days = await get("/analytics/ratings_per_day", { limit: mostDays, newest: true });
  if (!days.truncated) return { period: "day", rows: records(days, "day") };
  return { period: "month", rows: records(await get("/analytics/user_activity"), "month") };
}

/** The rows of a view, with the column of periods under one name. */
function records({ columns, rows }, period) {
  const place = columns.indexOf("ratings");
  return rows.map((row) => ({ period: row[columns.indexOf(period)], ratings: row[place] }));
}
