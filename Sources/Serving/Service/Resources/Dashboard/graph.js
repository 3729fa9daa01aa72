import { get } from "./api.js";
import { element, hint, table, tableBehind } from "./dom.js";
import { count, counted } from "./format.js";
import { communityMark, tint } from "./palette.js";
import { Panel } from "./panel.js";
import { goTo, userLink } from "./route.js";

const shown = 150;
const ticks = 300;
const width = 760;
const height = 520;
const margin = 24;

/** The best-connected users of the largest communities, each near those who are alike. */
export class GraphPanel extends Panel {
  #svg = d3.create("svg").attr("viewBox", `0 0 ${width} ${height}`)
    .attr("class", "network").attr("role", "application").attr("tabindex", 0);
  #stage = this.#svg.append("g");
  #links = this.#stage.append("g").attr("class", "links");
  #circles = this.#stage.append("g").attr("class", "nodes");
  #labels = this.#stage.append("g").attr("class", "labels").attr("aria-hidden", "true");
  #zoom = d3.zoom().scaleExtent([0.6, 8]).filter(isMeantAsZoom);
  #readout = element("p", { class: "readout", role: "status" });
  #table = element("div");
  #nodes = [];
  /** Whether nodes have ids of users; else labels, which lead nowhere. */
  #named = true;
  #active = null;
  #gist = "";

  constructor() {
    super("graph", {
      load: () => get("/graph/core", { count: shown }),
      show: (graph) => this.#show(graph),
      none: "The graph has no users yet.",
    });
    const button = (name, title, act) =>
      element("button", { type: "button", "aria-label": title, title, onclick: act }, name);
    this.body.append(
      element("div", { class: "tools" },
        hint("Drag to move, pinch or Ctrl and wheel to zoom; click looks a user up."),
        element("div", { class: "buttons" },
          button("+", "Zoom in", () => this.#zoomBy(1.5)), button("−", "Zoom out", () => this.#zoomBy(1 / 1.5)),
          button("Reset", "Show the whole graph", () => this.#svg.call(this.#zoom.transform, d3.zoomIdentity)))),
      this.#svg.node(), this.#readout, tableBehind("Show as a table", this.#table));
    this.#svg.call(this.#zoom.on("zoom", () => this.#stage.attr("transform", d3.event.transform)));
    this.#svg.on("keydown", () => this.#press(d3.event)).on("blur", () => this.#activate(null));
  }

  #show({ named, nodes, links }) {
    this.#named = named;
    const known = new Map(this.#nodes.map((node) => [node.id, node]));
    // Where a user was is where the layout begins, so that a new snapshot moves them little.
    this.#nodes = nodes.map((node) => ({ ...node, x: known.get(node.id)?.x, y: known.get(node.id)?.y }));
    if (nodes.length === 0) return false;
    const ends = links.map((link) => ({ ...link }));
    layOut(this.#nodes, ends);
    this.#nodes.sort((one, other) => one.community - other.community || other.degree - one.degree);
    this.#drawLinks(ends);
    this.#drawNodes();
    this.#drawLabels();
    this.#describe(links);
    this.#activate(null);
    return true;
  }

  #drawLinks(links) {
    const most = d3.max(links, (link) => link.similarity) || 1;
    this.#links.selectAll("line").data(links, (link) => `${link.source.id} ${link.target.id}`).join("line")
      .attr("x1", (link) => link.source.x).attr("y1", (link) => link.source.y)
      .attr("x2", (link) => link.target.x).attr("y2", (link) => link.target.y)
      .attr("stroke-opacity", (link) => 0.15 + 0.55 * Math.max(0, link.similarity / most));
  }

  #drawNodes() {
    const radius = d3.scaleSqrt().domain([0, d3.max(this.#nodes, (node) => node.degree) ?? 1]).range([2, 9]);
    this.#circles.selectAll("circle").data(this.#nodes, (node) => node.id).join("circle")
      .attr("cx", (node) => node.x).attr("cy", (node) => node.y).attr("r", (node) => radius(node.degree))
      .each(function (node) { tint(this, node.community); })
      .on("pointerenter", (node) => this.#activate(node)).on("pointerleave", () => this.#activate(null))
      .on("click", (node) => this.#open(node));
  }

  /** The number of each community in its midst, since colors alone do not tell all of them apart. */
  #drawLabels() {
    const groups = d3.nest().key((node) => node.community).entries(this.#nodes);
    this.#labels.selectAll("text").data(groups, (group) => group.key).join("text")
      .attr("x", (group) => d3.mean(group.values, (node) => node.x))
      .attr("y", (group) => d3.mean(group.values, (node) => node.y))
      .attr("dy", "0.35em").text((group) => group.key);
  }

  #describe(links) {
    const groups = d3.nest().key((node) => node.community).entries(this.#nodes);
    this.#gist = `${counted(this.#nodes.length, "user")} of ${counted(groups.length, "community", "communities")}, `
      + `${counted(links.length, "link")}.`;
    this.#svg.attr("aria-label",
      `Graph. ${this.#gist} Arrow keys go from user to user, Enter looks the user up, plus and minus zoom.`);
    const best = (group) => group.values.slice(0, 8).flatMap((node) => [this.#named ? userLink(node.id) : node.id, " "]);
    this.#table.replaceChildren(table("Users by community", [
      { title: "Community", cell: (group) => communityMark(Number(group.key)) },
      { title: "Users shown", number: true, cell: (group) => count(group.values.length) },
      { title: "Best connected", cell: (group) => element("span", {}, best(group)) },
    ], groups));
  }

  /** Marks a user and those linked to them, or nobody. */
  #activate(node) {
    this.#active = node;
    const near = new Set(node ? [node] : []);
    const touches = (link) => node !== null && (link.source === node || link.target === node);
    this.#links.selectAll("line").classed("near", touches)
      .filter(touches).each((link) => near.add(link.source).add(link.target));
    this.#svg.classed("focused", node !== null);
    this.#circles.selectAll("circle")
      .classed("near", (other) => near.has(other)).classed("active", (other) => other === node);
    this.#readout.textContent = node === null ? this.#gist
      : `${this.#named ? `User ${node.id}` : node.id}, community ${node.community}: ${counted(node.degree, "neighbor")}, `
        + counted(node.ratings, "rating");
  }

  #press(event) {
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    const factors = { "+": 1.5, "-": 1 / 1.5 };
    if (event.key === "Enter" && this.#active) this.#open(this.#active);
    if (event.key in factors) this.#zoomBy(factors[event.key]);
    if (!(event.key in steps)) return;
    event.preventDefault();
    const place = this.#nodes.indexOf(this.#active) + steps[event.key];
    this.#activate(this.#nodes.at(place % this.#nodes.length));
  }

  #open(node) {
    if (this.#named) goTo("user", node.id);
  }

  #zoomBy(factor) {
    this.#svg.call(this.#zoom.scaleBy, factor);
  }
}

/** Leaves a plain wheel and one finger to the page, which has to scroll past the graph. */
function isMeantAsZoom() {
  const event = d3.event;
  if (event.type === "wheel") return event.ctrlKey || event.metaKey;
  if (event.type.startsWith("touch")) return event.touches.length > 1;
  return event.button === 0;
}

/** Places the nodes by forces: communities around the middle, links as springs that similarity shortens. */
function layOut(nodes, links) {
  const communities = [...new Set(nodes.map((node) => node.community))];
  const angle = (node) => 2 * Math.PI * communities.indexOf(node.community) / communities.length;
  d3.forceSimulation(nodes)
    .force("link", d3.forceLink(links).id((node) => node.id)
      .distance((link) => 60 - 40 * link.similarity).strength(0.08))
    .force("charge", d3.forceManyBody().strength(-28))
    .force("collision", d3.forceCollide(8))
    .force("x", d3.forceX((node) => width / 2 + 220 * Math.cos(angle(node))).strength(0.09))
    .force("y", d3.forceY((node) => height / 2 + 150 * Math.sin(angle(node))).strength(0.09))
    .stop()
    .tick(ticks);
  const place = (axis, size) =>
    d3.scaleLinear().domain(d3.extent(nodes, (node) => node[axis])).range([margin, size - margin]);
  const [x, y] = [place("x", width), place("y", height)];
  for (const node of nodes) Object.assign(node, { x: x(node.x), y: y(node.y) });
}
