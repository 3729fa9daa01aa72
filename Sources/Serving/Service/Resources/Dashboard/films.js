import { get } from "./api.js";
import { element, table, tableRow, updateChildren } from "./dom.js";
import { count, decimal } from "./format.js";
import { Panel } from "./panel.js";
import { filmLink } from "./route.js";

const shown = 12;

const columns = [
  { title: "", cell: (film) => String(film.rank) },
  { title: "Film", cell: (film) => filmLink(film.id, film.title) },
  { title: "Average", number: true, cell: (film) => decimal(film.average) },
  { title: "Ratings", number: true, cell: (film) => count(film.ratings) },
];

/** The films which are rated best, where few ratings count for little. */
export class TopFilmsPanel extends Panel {
  #table = element("div", { class: "scroll" }, table("Films by Bayesian average, the best first", columns));

  /** @param onFilms told the films which are shown, the best first */
  constructor(onFilms) {
    super("top-films", {
      load: async () => (await get("/analytics/top_items_bayesian", { limit: shown })).rows,
      show: (rows) => this.#show(rows, onFilms),
      none: "There are no ratings yet.",
    });
    this.body.append(this.#table);
  }

  #show(rows, onFilms) {
    const films = rows.map(([id, title, ratings, average], place) =>
      ({ rank: place + 1, id, title, ratings, average }));
    updateChildren(this.#table.querySelector("tbody"), films, JSON.stringify, (film) => tableRow(columns, film));
    onFilms(films);
    return films.length > 0;
  }
}
