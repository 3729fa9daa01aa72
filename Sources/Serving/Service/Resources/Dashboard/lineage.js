import { get } from "./api.js";
import { element, hint } from "./dom.js";

/** The columns of the picture, from sources to outputs. */
const columns = [["source", "topic"], ["import"], ["ratings"], ["run"], ["model"], ["table", "view"], ["output"]];
const [width, height, gap, row] = [150, 34, 60, 48];
/** A column has no more boxes: the newest. */
const longest = 24;

const href = (id) => `#node=${encodeURIComponent(id)}`;

function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function line(from, to, edge) {
  const [y0, y1] = [from.y + height / 2, to.y + height / 2];
  // Within a column, along its left side.
  const [x0, x1, bend] = from.x === to.x
    ? [from.x, to.x, -30] : [from.x + width, to.x, Math.max(30, (to.x - from.x - width) / 2)];
  const end = from.x === to.x ? x1 + bend : x1 - bend;
  const made = svg("path", { d: `M${x0} ${y0} C${x0 + bend} ${y0} ${end} ${y1} ${x1} ${y1}` }, svg("title", {}, edge.by));
  made.dataset.ends = JSON.stringify([edge.from, edge.to]);
  return made;
}

function box(node, place) {
  const short = node.title.length > 20 ? `${node.title.slice(0, 19)}…` : node.title;
  const made = svg("a", { href: href(node.id), class: node.kind },
    svg("rect", { x: place.x, y: place.y, width, height, rx: 4 }), svg("title", {}, node.title),
    svg("text", { x: place.x + 8, y: place.y + 21 }, short));
  made.dataset.node = node.id;
  return made;
}

function picture(lineage) {
  const shown = columns.map((kinds) => lineage.nodes.filter((node) => kinds.includes(node.kind)).slice(-longest).reverse())
    .filter((nodes) => nodes.length);
  const places = new Map(shown.flatMap((nodes, x) =>
    nodes.map((node, y) => [node.id, { x: 10 + x * (width + gap), y: 10 + y * row }])));
  const size = [20 + shown.length * (width + gap) - gap, 20 + row * Math.max(...shown.map((nodes) => nodes.length))];
  return svg("svg", { class: "lineage", width: size[0], height: size[1], viewBox: `0 0 ${size.join(" ")}`, role: "group", "aria-label": "Lineage" },
    ...lineage.edges.filter((edge) => places.has(edge.from) && places.has(edge.to))
      .map((edge) => line(places.get(edge.from), places.get(edge.to), edge)),
    ...shown.flat().map((node) => box(node, places.get(node.id))));
}

/** Draws the graph; a box that is chosen shows what is upstream and downstream of it. */
export function drawLineage(body, lineage) {
  const drawing = picture(lineage);
  const about = element("div", { "aria-live": "polite" });
  body.replaceChildren(hint("Data flows from left to right. Choose a box to see what it came from and what it went into."),
    element("div", { class: "scroll" }, drawing), about);
  const follow = () => choose(drawing, about).catch((error) => about.replaceChildren(hint(error.message)));
  addEventListener("hashchange", follow);
  follow();
}

async function choose(drawing, about) {
  const given = location.hash.startsWith("#node=") ? decodeURIComponent(location.hash.slice(6)) : null;
  drawing.classList.toggle("focused", given !== null);
  if (given === null) return about.replaceChildren();
  const [up, down] = await Promise.all(["up", "down"].map((direction) =>
    get("/catalog/lineage", { node: given, direction })));
  const near = new Set([...up.nodes, ...down.nodes].map((node) => node.id));
  for (const link of drawing.querySelectorAll("a")) {
    link.classList.toggle("near", near.has(link.dataset.node));
    link.classList.toggle("chosen", link.dataset.node === given);
  }
  for (const path of drawing.querySelectorAll("path")) {
    path.classList.toggle("near", JSON.parse(path.dataset.ends).every((end) => near.has(end)));
  }
  const [node, ...above] = up.nodes;
  const links = (nodes) => nodes.length
    ? nodes.flatMap((other, index) => [index ? ", " : "", element("a", { href: href(other.id) }, other.title)])
    : "nothing";
  about.replaceChildren(element("h3", {}, node.title),
    node.checksum ? element("p", {}, "SHA-256 ", element("code", {}, node.checksum)) : "",
    element("p", { class: "from" }, "From: ", links(above)),
    element("p", { class: "into" }, "Into: ", links(down.nodes.slice(1))));
}
