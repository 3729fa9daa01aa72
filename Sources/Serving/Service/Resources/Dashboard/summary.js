import { get, post } from "./api.js";
import { element } from "./dom.js";
import { count, decimal, duration } from "./format.js";
import { Panel } from "./panel.js";

/** What there is, in one line; and the refresh of the snapshot: its progress, and a button that starts one. */
export class SummaryPanel extends Panel {
  #values = new Map();
  #stages = new Map();
  #list = element("dl", { class: "facts" });
  #bar = element("progress", { max: 1, "aria-label": "Progress of the refresh" });
  #stage = element("span", { role: "status" });
  #button = element("button", { type: "button", onclick: () => this.#startRefresh() }, "Refresh snapshot");
  #trouble = element("p", { class: "trouble", role: "alert", hidden: true });
  #progress = element("div", { class: "progress", hidden: true }, this.#bar);

  /** @param onSummary told each summary as it arrives */
  constructor(onSummary) {
    super("summary", {
      load: () => get("/summary"),
      show: (summary) => {
        this.#show(summary);
        onSummary(summary);
        return true;
      },
    });
    this.body.append(this.#list, this.#trouble, element("div", { class: "refresh" }, this.#stage, this.#progress, this.#button));
  }

  /** Shows how far a refresh has come: `{ stage: "als", share: 0.4 }`. Stages run side by side, and end with the share 1. */
  showProgress({ stage, share }) {
    if (share < 1) this.#stages.set(stage, share);
    else this.#stages.delete(stage);
    if (this.#stages.size === 0) return;
    this.#bar.value = Math.min(...this.#stages.values());
    this.#setRefreshing(true, `Refreshing: ${[...this.#stages.keys()].join(", ")}`);
  }

  #show({ version, users, items, ratings, models, snapshot, refreshing, recommendations_served: served, ...state }) {
    document.getElementById("version").textContent = `Kindred ${version}`;
    this.#set("Users", count(users));
    this.#set("Films", count(items));
    this.#set("Ratings", count(ratings));
    this.#set("Communities", snapshot ? count(snapshot.communities) : "–");
    this.#set("Modularity", snapshot ? decimal(snapshot.modularity, 3) : "–");
    this.#set("Snapshot", snapshot ? `${duration(snapshot.age_seconds)} old` : "none yet");
    this.#set("Lists served", count(served));
    this.#set("Models", models.join(", "));
    this.#showTrouble(state.read_only ? "Another service writes this store; this one only reads." : state.trouble);
    if (!refreshing) {
      this.#bar.removeAttribute("value");
      this.#stages.clear();
    }
    this.#setRefreshing(refreshing, refreshing ? this.#stage.textContent || "Refreshing" : "");
  }

  #showTrouble(text) {
    this.#trouble.hidden = !text;
    if (this.#trouble.textContent !== (text ?? "")) this.#trouble.textContent = text ?? "";
  }

  #set(name, text) {
    if (!this.#values.has(name)) {
      const value = element("dd");
      this.#list.append(element("div", {}, element("dt", {}, name), value));
      this.#values.set(name, value);
    }
    const value = this.#values.get(name);
    if (value.textContent !== text) value.textContent = text;
  }

  #setRefreshing(isRefreshing, text) {
    this.#progress.hidden = !isRefreshing;
    this.#button.disabled = isRefreshing;
    if (this.#stage.textContent !== text) this.#stage.textContent = text;
  }

  async #startRefresh() {
    this.#setRefreshing(true, "Refreshing");
    try {
      await post("/admin/refresh", {});
    } catch (problem) {
      this.#setRefreshing(false, problem.message);
    }
  }
}
