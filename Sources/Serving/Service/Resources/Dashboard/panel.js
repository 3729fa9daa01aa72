import { element, hint } from "./dom.js";

const pause = 1_000;

/**
 * One section of the page, which loads what it shows and keeps it when loading fails.
 *
 * `data-state` on the section is `loading` until something is known, then `ready`, `empty` or `failed`.
 */
export class Panel {
  #load;
  #show;
  #none;
  #running = null;
  #isStale = false;
  #timer = null;
  #notice = element("p", { class: "notice", role: "status", hidden: true });

  /**
   * @param load resolves to the data
   * @param show puts the data into `panel.body`, in place, and returns whether there was any
   * @param none what to say where there was none
   */
  constructor(id, { load, show, none = "Nothing yet." }) {
    this.section = document.getElementById(id);
    this.body = this.section.querySelector(".body");
    this.#load = load;
    this.#show = show;
    this.#none = none;
    this.body.before(this.#notice);
  }

  /** Loads and shows. While a load is under way, any number of calls lead to one more after it. */
  refresh() {
    this.#isStale = true;
    this.#running ??= this.#run().finally(() => { this.#running = null; });
    return this.#running;
  }

  /** Refreshes a while after the first of many calls in a row. */
  refreshSoon() {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.refresh();
    }, pause);
  }

  /** Shows data which came without being asked for. */
  present(data) {
    const hasContent = this.#show(data, this);
    this.section.dataset.state = hasContent ? "ready" : "empty";
    if (hasContent) this.#say();
    else this.#say(this.#none);
  }

  /** Says that the data has to be waited for, where none is shown yet. */
  wait(reason) {
    if (this.section.dataset.state === "loading") this.#say(reason);
  }

  async #run() {
    while (this.#isStale) {
      this.#isStale = false;
      this.section.setAttribute("aria-busy", "true");
      try {
        this.present(await this.#load());
      } catch (problem) {
        this.#fail(problem);
      }
      this.section.removeAttribute("aria-busy");
    }
  }

  #fail(problem) {
    this.section.dataset.state = "failed";
    this.#say(`Could not be loaded: ${problem.message}. `,
      element("button", { type: "button", onclick: () => this.refresh() }, "Try again"));
  }

  #say(...content) {
    this.#notice.hidden = content.length === 0;
    // The same again would be read out again.
    const text = content.map((part) => part.textContent ?? part).join("");
    if (this.#notice.textContent !== text) this.#notice.replaceChildren(...content);
  }
}

/** A part of a panel which may be missing without the rest: the element, or why it is not there. */
export async function part(data, show) {
  try {
    return show(await data);
  } catch (problem) {
    return hint(problem.message);
  }
}
