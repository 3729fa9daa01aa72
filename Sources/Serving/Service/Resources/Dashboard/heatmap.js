import { get } from "./api.js";
import { element, table, tableBehind } from "./dom.js";
import { decimal } from "./format.js";
import { communityMark, communityProperty } from "./palette.js";
import { Panel } from "./panel.js";
import { goTo, userLink } from "./route.js";
import { color, onThemeChange } from "./theme.js";

/** The width of the bands which show the communities, and the gap after them, in CSS pixels. */
const band = 6;
const gap = 3;
const legendSteps = 48;

/** How similar each user is to each other one, ordered by community; a bounded sample of them. */
export class HeatmapPanel extends Panel {
  #canvas = element("canvas", { tabindex: "0", role: "application" });
  #cursor = element("div", { class: "cursor", hidden: true });
  #readout = element("p", { class: "readout", role: "status" });
  #legend = element("div", { class: "legend" });
  #tables = element("div");
  #size = element("select", { id: "heatmap-size", onchange: () => this.refresh() },
    [60, 100, 200].map((size) => element("option", { value: size }, `${size} users`)));
  #map = null;
  #place = { row: 0, column: 1 };

  constructor() {
    super("heatmap", {
      load: () => get("/graph/heatmap", { count: this.#size.value }),
      show: (map) => this.#show(map),
      none: "There are no similarities yet.",
    });
    this.body.append(
      element("div", { class: "tools" }, this.#legend,
        element("label", { class: "visually-hidden", for: "heatmap-size" }, "Users shown"), this.#size),
      element("div", { class: "square" }, this.#canvas, this.#cursor),
      this.#readout, tableBehind("Show the numbers", this.#tables));
    this.#followPointer();
    this.#followKeys();
    new ResizeObserver(() => this.#draw()).observe(this.#canvas);
    onThemeChange(() => this.#draw());
  }

  #show(map) {
    const { users, communities, similarities } = map;
    if (users.length < 2) return false;
    const pairs = d3.merge(users.map((_, row) => d3.range(row + 1, users.length).map((column) =>
      ({ row, column, similarity: similarities[row][column], isInside: communities[row] === communities[column] }))));
    this.#map = { ...map, pairs };
    const inside = d3.mean(pairs.filter((pair) => pair.isInside), (pair) => pair.similarity);
    const outside = d3.mean(pairs.filter((pair) => !pair.isInside), (pair) => pair.similarity);
    const gist = `${users.length} users of ${new Set(communities).size} communities: `
      + `on average ${decimal(inside)} similar within a community, ${decimal(outside)} across.`;
    this.#canvas.setAttribute("aria-label",
      `Heat map. ${gist} Arrow keys go from pair to pair, Enter looks the user of the row up.`);
    this.#readout.textContent = gist;
    this.#cursor.hidden = true;
    this.#tables.replaceChildren(this.#communityTable(), this.#pairTable());
    this.#draw();
    return true;
  }

  /** Draws one pixel per pair and scales the image up, which is quick for any number of users. */
  #draw() {
    const width = this.#canvas.clientWidth;
    if (this.#map === null || width === 0) return;
    const { users, communities, similarities } = this.#map;
    const scale = this.#colorScale();
    const image = new ImageData(users.length, users.length);
    similarities.flat().forEach((similarity, index) => {
      const { r, g, b } = d3.rgb(scale(similarity));
      image.data.set([r, g, b, 255], 4 * index);
    });
    const small = element("canvas", { width: users.length, height: users.length });
    small.getContext("2d").putImageData(image, 0, 0);

    const context = this.#canvas.getContext("2d");
    this.#canvas.width = this.#canvas.height = width * devicePixelRatio;
    context.scale(devicePixelRatio, devicePixelRatio);
    context.imageSmoothingEnabled = false;
    const { start, cell } = this.#geometry();
    context.drawImage(small, start, start, cell * users.length, cell * users.length);
    communities.forEach((community, index) => {
      context.fillStyle = color(communityProperty(community));
      context.fillRect(start + index * cell, 0, cell + 0.5, band);
      context.fillRect(0, start + index * cell, band, cell + 0.5);
    });
    this.#drawLegend(scale);
  }

  /** From the surface at no similarity to full color at the 98th percentile, so that twins do not fade the rest. */
  #colorScale() {
    const sizes = this.#map.pairs.map((pair) => Math.abs(pair.similarity)).sort(d3.ascending);
    const most = d3.quantile(sizes, 0.98) || 1;
    return d3.scaleLinear().domain([-most, 0, most]).clamp(true).interpolate(d3.interpolateLab)
      .range([color("--negative"), color("--surface"), color("--positive")]);
  }

  #drawLegend(scale) {
    const most = scale.domain()[2];
    const least = Math.max(-most, Math.min(0, d3.min(this.#map.pairs, (pair) => pair.similarity)));
    const svg = d3.create("svg").attr("viewBox", `0 0 ${legendSteps} 4`)
      .attr("preserveAspectRatio", "none").attr("aria-hidden", "true");
    svg.selectAll("rect").data(d3.range(legendSteps)).join("rect")
      .attr("x", (step) => step).attr("width", 1.05).attr("height", 4)
      .attr("fill", (step) => scale(least + (most - least) * step / (legendSteps - 1)));
    this.#legend.replaceChildren(
      element("span", {}, decimal(least)), svg.node(), element("span", {}, `${decimal(most)} and more`));
  }

  #geometry() {
    const start = band + gap;
    return { start, cell: (this.#canvas.clientWidth - start) / this.#map.users.length };
  }

  #followPointer() {
    this.#canvas.addEventListener("pointermove", (event) => {
      if (this.#map === null) return;
      const { start, cell } = this.#geometry();
      this.#point(Math.floor((event.offsetY - start) / cell), Math.floor((event.offsetX - start) / cell));
    });
    this.#canvas.addEventListener("pointerleave", () => { this.#cursor.hidden = true; });
  }

  #followKeys() {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    this.#canvas.addEventListener("keydown", (event) => {
      if (this.#map === null) return;
      if (event.key === "Enter") this.#open(this.#place.row);
      if (!(event.key in steps)) return;
      event.preventDefault();
      const [down, right] = steps[event.key];
      this.#point(this.#place.row + down, this.#place.column + right);
    });
  }

  /** Marks a pair and says who they are and how similar. */
  #point(row, column) {
    const { named, users, communities, similarities } = this.#map;
    if (!(row in users) || !(column in users)) return;
    this.#place = { row, column };
    const { start, cell } = this.#geometry();
    Object.assign(this.#cursor.style, {
      left: `${start + column * cell}px`, top: `${start + row * cell}px`, width: `${cell}px`, height: `${cell}px`,
    });
    this.#cursor.hidden = false;
    const name = (index) => `${named ? `user ${users[index]}` : users[index]} (community ${communities[index]})`;
    const text = row === column ? name(row)
      : `${name(row)} and ${name(column)}: ${decimal(similarities[row][column], 3)}`;
    this.#readout.textContent = text[0].toUpperCase() + text.slice(1);
  }

  #open(row) {
    if (this.#map.named) goTo("user", this.#map.users[row]);
  }

  #communityTable() {
    const { communities, pairs } = this.#map;
    const distinct = [...new Set(communities)];
    const key = (one, other) => d3.extent([one, other]).join(" ");
    const means = d3.nest().key((pair) => key(communities[pair.row], communities[pair.column]))
      .rollup((group) => d3.mean(group, (pair) => pair.similarity)).object(pairs);
    return table("Mean similarity of communities", [
      { title: "Mean similarity", cell: (row) => communityMark(row) },
      ...distinct.map((other) =>
        ({ title: communityMark(other), number: true, cell: (row) => decimal(means[key(row, other)]) })),
    ], distinct);
  }

  #pairTable() {
    const { named, users, pairs } = this.#map;
    const user = (index) => named ? userLink(users[index]) : users[index];
    const nearest = pairs.toSorted((one, other) => other.similarity - one.similarity).slice(0, 10);
    return table("The most similar pairs", [
      { title: "User", cell: (pair) => user(pair.row) },
      { title: "User", cell: (pair) => user(pair.column) },
      { title: "Similarity", number: true, cell: (pair) => decimal(pair.similarity, 3) },
    ], nearest);
  }
}
