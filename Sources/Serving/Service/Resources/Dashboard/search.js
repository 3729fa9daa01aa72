import { get, pathTo } from "./api.js";
import { suggestFilms } from "./combobox.js";
import { bar, element, examples, hint } from "./dom.js";
import { count, counted, decimal, percent } from "./format.js";
import { communityMark, tint } from "./palette.js";
import { Panel, part } from "./panel.js";
import { filmLink, goTo, reveal } from "./route.js";

const shown = 10;

/** A film: who likes it, what they like too and why, and the films which are rated alike. */
export class SearchPanel extends Panel {
  #field = document.getElementById("search-field");
  #wanted = null;

  constructor() {
    super("search", {
      load: () => loadFilm(this.#wanted),
      show: (content) => this.#show(content),
      none: "Search for a film to see what those who like it like too.",
    });
    const { close } = suggestFilms(this.#field, (film) => goTo("film", film.id));
    this.section.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      close();
      this.#look({ title: this.#field.value.trim() });
    });
    this.present(null);
  }

  /** Shows the film with this id. */
  async lookUp(id) {
    await this.#look({ id });
    const title = this.body.querySelector("h4")?.textContent;
    if (title && this.section.dataset.state === "ready") this.#field.value = title;
    reveal(this);
  }

  /** Offers films to begin with, before any is looked up. */
  suggest(films) {
    if (!this.body.hasChildNodes()) this.body.append(examples(films.map((film) => filmLink(film.id, film.title))));
  }

  /** Shows the same film again, from a new snapshot. */
  refreshIfShown() {
    if (this.#wanted) this.refresh();
  }

  async #look(wanted) {
    if (wanted.title === "") return;
    this.#wanted = wanted;
    await this.refresh();
  }

  #show(content) {
    if (content) this.body.replaceChildren(content);
    return content !== null;
  }
}

/** The film, for `{ id }` or for a title as it was typed. */
async function loadFilm({ id, title }) {
  const chosen = id === undefined ? null : await get(pathTo("movies", id));
  const answer = get("/recommendations", { ...(id === undefined ? { title } : { item_id: id }), count: shown });
  const film = chosen ?? (await answer).movie;
  const [liked, recommended, alike] = await Promise.all([
    part(get(pathTo("movies", film.id, "fans"), { per_page: 1 }), fans),
    part(answer, recommendations),
    part(get(pathTo("movies", film.id, "similar"), { count: shown }), similar),
  ]);
  return element("div", { class: "subject-beside" },
    element("div", {}, filmHead(film), liked), element("div", { class: "beside" }, recommended, alike));
}

function filmHead(film) {
  const facts = [film.genres.join(", "), counted(film.ratings, "rating"), `mean ${decimal(film.mean_rating)}`];
  return element("header", { class: "subject" },
    element("h4", {}, film.title ?? film.id), element("p", { class: "aside" }, facts.filter(Boolean).join(" · ")));
}

/** In which communities the film is liked most. */
function fans({ communities }) {
  const ranked = communities.toSorted((one, other) => other.share - one.share).slice(0, 8);
  return element("div", {}, element("h5", {}, "Who likes it"), element("ul", { class: "shares" }, ranked.map((row) =>
    tint(element("li", {}, communityMark(row.community), bar(row.share),
      element("span", { class: "aside" }, `${percent(row.share, 0)} of ${count(row.size)}`)), row.community))));
}

function recommendations({ fans, items }) {
  return element("div", { class: "recommendations" },
    element("h5", {}, "Recommended"),
    hint(`What the ${counted(fans, "user")} who like it like too.`),
    element("ol", { class: "films" }, items.map((item) => element("li", {},
      filmLink(item.id, item.title), element("span", { class: "reason" }, item.reason)))));
}

function similar({ items }) {
  return element("div", { class: "similar" },
    element("h5", {}, "Similar films"),
    hint("Rated alike by the same users."),
    element("ol", { class: "films" }, items.map((item) => element("li", {},
      filmLink(item.id, item.title),
      element("span", { class: "reason" },
        bar(item.similarity), ` ${decimal(item.similarity)}, ${counted(item.support, "user")}`)))));
}
