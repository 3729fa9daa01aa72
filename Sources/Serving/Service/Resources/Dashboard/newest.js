import { get } from "./api.js";
import { element, table, tableRow, updateChildren } from "./dom.js";
import { moment, rating } from "./format.js";
import { Panel } from "./panel.js";
import { filmLink, userLink } from "./route.js";

const shown = 12;

const columns = [
  { title: "User", cell: (row) => userLink(row.user_id) },
  { title: "Film", cell: (row) => filmLink(row.item_id, row.title) },
  { title: "Rating", number: true, cell: (row) => rating(row.rating) },
  { title: "When", number: true, cell: (row) => element("time", {}, moment(row.timestamp)) },
];

/** The newest ratings, where those which the server tells of stand at once. */
export class NewestPanel extends Panel {
  #rows = [];
  #onRatings;
  #table = element("div", { class: "scroll" }, table("Newest ratings, the newest first", columns));

  /** @param onRatings told the ratings which are shown, the newest first */
  constructor(onRatings) {
    super("newest", {
      load: async () => (await get("/ratings", { count: shown })).items,
      show: (ratings) => this.#show(ratings),
      none: "There are no ratings yet.",
    });
    this.#onRatings = onRatings;
    this.body.append(this.#table);
  }

  /** Puts ratings, oldest first, before all that are shown; a rating which replaces another takes its place away. */
  add(ratings) {
    const newest = ratings.toReversed();
    const replaced = new Set(newest.map(pair));
    const stays = (row) => row.user_id === null || !replaced.has(pair(row));
    this.present([...newest, ...this.#rows.filter(stays)].slice(0, shown));
  }

  #show(ratings) {
    const isFirst = this.#rows.length === 0;
    this.#rows = ratings;
    updateChildren(this.#table.querySelector("tbody"), ratings, key, (row) => {
      const made = tableRow(columns, row);
      made.classList.toggle("arrived", !isFirst);
      return made;
    });
    this.#onRatings(ratings);
    return ratings.length > 0;
  }
}

const pair = (row) => JSON.stringify([row.user_id, row.item_id]);
const key = (row) => JSON.stringify([row.user_id, row.item_id, row.rating, row.timestamp]);
