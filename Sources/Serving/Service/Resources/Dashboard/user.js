import { get, pathTo } from "./api.js";
import { bar, element, examples, hint, table } from "./dom.js";
import { count, counted, decimal, listed, moment, rating } from "./format.js";
import { communityMark } from "./palette.js";
import { Panel, part } from "./panel.js";
import { filmLink, goTo, reveal, userLink } from "./route.js";

const shown = 10;
const names = { als: "ALS", knn: "KNN" };

/** A user: what is known, who is alike, and the lists of two models side by side. */
export class UserPanel extends Panel {
  #field = document.getElementById("user-field");
  #id = null;

  constructor() {
    super("user", {
      load: () => loadUser(this.#id),
      show: (content) => this.#show(content),
      none: "Look a user up to see who is alike and what they would like.",
    });
    this.section.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      goTo("user", this.#field.value.trim());
    });
    this.present(null);
  }

  /** Shows the user with this id. */
  async lookUp(id) {
    this.#id = id;
    this.#field.value = id;
    await this.refresh();
    reveal(this);
  }

  /** Offers users to begin with, before any is looked up. */
  suggest(ids) {
    if (!this.body.hasChildNodes()) this.body.append(examples(ids.map(userLink)));
  }

  /** Shows the same user again, from a new snapshot. */
  refreshIfShown() {
    if (this.#id !== null) this.refresh();
  }

  #show(content) {
    if (content) this.body.replaceChildren(content);
    return content !== null;
  }
}

async function loadUser(id) {
  const [user, beside, nearest] = await Promise.all([
    get(pathTo("users", id)),
    part(get(pathTo("users", id, "recommendations"), { model: "both", explain: true, count: shown }), lists),
    part(get(pathTo("users", id, "neighbors"), { count: shown }), neighbors),
  ]);
  return element("div", { class: "subject-beside" }, element("div", {}, userHead(user), nearest, newest(user)), beside);
}

function userHead(user) {
  const attributes = Object.entries(user.attributes).map(([name, value]) => `${name} ${value}`);
  const facts = [counted(user.ratings, "rating"), `mean ${decimal(user.mean_rating)}`, ...attributes];
  return element("header", { class: "subject" },
    element("h4", {}, `User ${user.id} `, user.community !== null && communityMark(user.community)),
    element("p", { class: "aside" }, facts.join(" · ")));
}

/** Two lists beside each other, where each film says whether the other list has it too. */
function lists({ lists }) {
  const inLists = new Map();
  for (const { id } of lists.flatMap((list) => list.items)) inLists.set(id, (inLists.get(id) ?? 0) + 1);
  const isShared = (item) => inLists.get(item.id) > 1;
  return element("div", { class: "beside" }, lists.map((list) => {
    const name = names[list.model] ?? list.model;
    return element("section", { "aria-label": name, "data-model": list.model },
      element("h5", {}, name),
      hint(`${list.items.filter(isShared).length} of ${list.items.length} are in both lists.`),
      element("ol", { class: "films" }, list.items.map((item) => listItem(item, name, isShared(item)))));
  }));
}

function listItem(item, model, isShared) {
  return element("li", { "data-mark": isShared ? "both" : "one" },
    filmLink(item.id, item.title),
    element("span", { class: "aside" }, listed(item)),
    element("span", { class: "mark" }, isShared ? "● in both" : `○ only ${model}`),
    (item.reasons ?? []).map((reason) => element("span", { class: "reason" }, reason)));
}

function neighbors({ items }) {
  const columns = [
    { title: "User", cell: (row) => userLink(row.user_id) },
    {
      title: "Similarity",
      cell: (row) => element("span", { class: "measured" }, decimal(row.similarity), bar(row.similarity)),
    },
    { title: "Films shared", number: true, cell: (row) => count(row.support) },
    { title: "Community", cell: (row) => communityMark(row.community) },
  ];
  return element("div", { class: "neighbors" }, element("h5", {}, "Nearest neighbors"),
    items.length ? table("Nearest neighbors, the most similar first", columns, items)
      : hint("Nobody is similar enough."));
}

function newest({ newest }) {
  const columns = [
    { title: "Film", cell: (row) => filmLink(row.item_id, row.title) },
    { title: "Rating", number: true, cell: (row) => rating(row.rating) },
    { title: "When", number: true, cell: (row) => moment(row.timestamp) },
  ];
  return element("details", { class: "behind" }, element("summary", {}, "Newest ratings of this user"),
    table("Newest ratings of this user", columns, newest));
}
