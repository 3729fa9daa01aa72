import { element } from "./dom.js";
import { count } from "./format.js";

/** Buttons that go through the pages of a list. */
export class Pager {
  page = 1;
  #previous = element("button", { type: "button", onclick: () => this.#turn(-1) }, "Previous");
  #next = element("button", { type: "button", onclick: () => this.#turn(1) }, "Next");
  #place = element("span", { class: "aside", role: "status" });
  #onTurn;

  /** @param what is listed, for the name of the navigation */
  constructor(what, onTurn) {
    this.#onTurn = onTurn;
    this.element = element("nav", { class: "pager", "aria-label": `Pages of ${what}`, hidden: true },
      this.#previous, this.#place, this.#next);
  }

  /** Shows where in the list a page is. */
  show({ page, pages, total }) {
    // A newer list may have fewer pages than the one that was paged through.
    this.page = Math.max(1, Math.min(page, pages));
    this.element.hidden = pages <= 1;
    this.#previous.disabled = page <= 1;
    this.#next.disabled = page >= pages;
    this.#place.textContent = `page ${count(page)} of ${count(pages)}, ${count(total)} in all`;
  }

  #turn(step) {
    this.page += step;
    this.#onTurn();
  }
}
