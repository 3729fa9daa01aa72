import { post } from "./api.js";
import { suggestFilms } from "./combobox.js";
import { element } from "./dom.js";
import { rating } from "./format.js";
import { Panel } from "./panel.js";

/** A form which posts one rating. */
export class RatePanel extends Panel {
  #form = document.querySelector("#rate form");
  #user = document.getElementById("rate-user");
  #field = document.getElementById("rate-film");
  #value = document.getElementById("rate-value");
  #status = element("p", { class: "hint", role: "status" });
  #film = null;
  #pending = null;

  constructor() {
    super("rate", { load: () => {}, show: (scale) => this.#setScale(scale) });
    this.body.append(this.#status);
    suggestFilms(this.#field, (film) => { this.#film = film; });
    this.#field.addEventListener("input", () => { this.#film = null; });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  #setScale({ minimum, maximum, step }) {
    this.#value.min = minimum;
    this.#value.max = maximum;
    this.#value.step = step ?? "any";
    this.#value.placeholder = `${rating(minimum)} to ${rating(maximum)}`;
    return true;
  }

  async #submit() {
    if (this.#film === null) {
      this.#status.textContent = "Please choose a film from the list.";
      this.#field.focus();
      return;
    }
    const { id, title } = this.#film;
    const rated = { user_id: this.#user.value.trim(), item_id: id, rating: Number(this.#value.value) };
    try {
      await post("/ratings", rated, { "Idempotency-Key": this.#keyOf(rated) });
      this.#pending = null;
      this.#status.textContent = `Stored: ${title ?? id}, ${rating(rated.rating)}.`;
    } catch (problem) {
      this.#status.textContent = `Not stored: ${problem.message}.`;
    }
  }

  /** The same key for the same rating until it is stored, so that one whose answer was lost is not stored twice. */
  #keyOf(rated) {
    const text = JSON.stringify(rated);
    if (this.#pending?.text !== text) this.#pending = { text, key: newKey() };
    return this.#pending.key;
  }
}

/** A random key; `crypto.randomUUID` is there for https only. */
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
