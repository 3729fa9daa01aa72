import { get, pathTo } from "./api.js";
import { bar, element, hint, updateChildren } from "./dom.js";
import { count, counted, decimal } from "./format.js";
import { tint } from "./palette.js";
import { Pager } from "./pager.js";
import { Panel } from "./panel.js";
import { userLink } from "./route.js";

const perPage = 12;
const members = 24;

/** Each community with what sets it apart. */
export class CommunitiesPanel extends Panel {
  #cards = element("div", { class: "cards" });
  #pager = new Pager("communities", () => this.refresh());

  constructor() {
    super("communities", {
      load: () => get("/communities", { page: this.#pager.page, per_page: perPage }),
      show: (page) => this.#show(page),
      none: "No community was found.",
    });
    this.body.append(this.#cards, this.#pager.element);
  }

  #show(page) {
    const largest = Math.max(...page.items.map((item) => item.size));
    updateChildren(this.#cards, page.items, JSON.stringify, (item) => card(item, item.size / largest));
    this.#pager.show(page);
    return page.items.length > 0;
  }
}

function card(item, share) {
  return tint(element("article", { class: "card", "aria-label": `Community ${item.community}` },
    element("h4", {}, `Community ${item.community}`, element("span", { class: "aside" }, counted(item.size, "user"))),
    bar(share),
    element("p", { class: "aside" },
      `mean rating ${decimal(item.mean_rating)} · conductance ${decimal(item.conductance)}`),
    profile("Liked more than elsewhere", item.top_items.slice(0, 5)),
    profile("Genres", item.top_genres.slice(0, 4)),
    profile("Who they are", item.top_attributes.slice(0, 4)),
    memberList(item.community)), item.community);
}

/** What is more common in the community than outside, by how many times. */
function profile(title, entries) {
  if (entries.length === 0) return null;
  return [element("h5", {}, title), element("ul", { class: "profile" }, entries.map((entry) =>
    entry.lift === null ? element("li", {}, element("span", {}, entry.name))
      : element("li", { title: `${count(entry.count)} users` },
        element("span", {}, entry.name), element("span", { class: "lift" }, `× ${decimal(entry.lift, 1)}`))))];
}

/** The best-connected members, loaded when they are asked for. */
function memberList(community) {
  const list = element("div");
  return element("details", {
    class: "behind",
    async ontoggle(event) {
      if (!event.target.open || list.hasChildNodes()) return;
      try {
        const { items, total } = await get(pathTo("communities", community), { per_page: members });
        if (total === 0 || items.some((item) => item.user_id === null)) {
          return list.replaceChildren(hint("Only administrators see who the members are."));
        }
        list.replaceChildren(element("p", { class: "members" }, items.flatMap((item) => [userLink(item.user_id), " "])),
          total > items.length ? hint(`and ${count(total - items.length)} more`) : "");
      } catch (problem) {
        list.replaceChildren(hint(problem.message));
      }
    },
  }, element("summary", {}, "Members"), list);
}
