import { CommunitiesPanel } from "./communities.js";
import { startDownloads } from "./download.js";
import { listen } from "./events.js";
import { TopFilmsPanel } from "./films.js";
import { GraphPanel } from "./graph.js";
import { HeatmapPanel } from "./heatmap.js";
import { startForgetButton } from "./key.js";
import { comparePanel, generatedPanel, rmsePanel } from "./models.js";
import { NewestPanel } from "./newest.js";
import { RatePanel } from "./rate.js";
import { distributionPanel, perMinutePanel, volumePanel } from "./rating-charts.js";
import { startRouting } from "./route.js";
import { SearchPanel } from "./search.js";
import { sourcesPanel, streamErrorPanel } from "./streams.js";
import { SummaryPanel } from "./summary.js";
import { startThemeButton } from "./theme.js";
import { UserPanel } from "./user.js";

const pollInterval = 4_000;

startThemeButton(document.getElementById("theme"));
startForgetButton();
startDownloads();

const search = new SearchPanel();
const user = new UserPanel();
const newest = new NewestPanel((ratings) => {
  user.suggest([...new Set(ratings.map((rating) => rating.user_id))].filter((id) => id !== null).slice(0, 3));
});
const topFilms = new TopFilmsPanel((films) => search.suggest(films.slice(0, 3)));
const perMinute = perMinutePanel();
const rate = new RatePanel();
const compare = comparePanel();
const summary = new SummaryPanel(follow);

const sources = sourcesPanel();
const ofRatings = [newest, distributionPanel(), volumePanel(), topFilms, streamErrorPanel()];
const ofGraph = [new HeatmapPanel(), new GraphPanel(), new CommunitiesPanel()];
const ofSnapshot = [...ofGraph, rmsePanel(), generatedPanel()];
/** Milliseconds between two looks at the graph, which follows ratings at once and is large to draw. */
const graphInterval = 15_000;

let ingested = null;
let run = null;

/**
 * Refreshes what a new summary shows to be old.
 *
 * All changes arrive this way, whether an event has told of them first or, where the connection is lost, the next
 * poll does. And only what can be answered is asked: before there is a snapshot, nothing that needs one.
 */
function follow(now) {
  perMinute.present(now.newest_minutes);
  rate.present(now.scale);
  // Both numbers, since a rating that replaces another leaves the first as it was, and an import the second.
  const ratings = `${now.ratings} ${now.ratings_ingested}`;
  if (ratings !== ingested) ofRatings.forEach((panel) => ingested === null ? panel.refresh() : panel.refreshSoon());
  if (now.snapshot === null) ofSnapshot.forEach((panel) => panel.wait("Waiting for the first snapshot."));
  else if (now.snapshot.run !== run) {
    ofSnapshot.forEach((panel) => panel.refresh());
    [search, user].forEach((panel) => panel.refreshIfShown());
    if (now.comparison) compare.refresh();
    else compare.present(null);
  }
  else if (ratings !== ingested) followGraph();
  sources.refresh();
  ingested = ratings;
  run = now.snapshot?.run ?? null;
}

let graphTimer = null;

function followGraph() {
  graphTimer ??= setTimeout(() => {
    graphTimer = null;
    ofGraph.forEach((panel) => panel.refresh());
  }, graphInterval);
}

const connection = document.getElementById("connection");

function showConnection(state, seconds) {
  connection.dataset.state = state;
  connection.textContent = state === "live" ? "Live" : `Connecting again in ${seconds} s`;
  if (state === "live") summary.refresh();
  // What happens meanwhile is not told, so that all has to be asked again.
  else ingested = run = null;
}

await summary.refresh();
startRouting({ film: (id) => search.lookUp(id), user: (id) => user.lookUp(id) });
setInterval(() => document.hidden || summary.refresh(), pollInterval);
document.addEventListener("visibilitychange", () => document.hidden || summary.refresh());

listen("/events", {
  ratings({ items }) {
    newest.add(items);
    summary.refreshSoon();
  },
  progress: (progress) => summary.showProgress(progress),
  refresh: () => summary.refresh(),
}, showConnection);
