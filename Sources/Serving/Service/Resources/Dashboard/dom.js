/** Making elements. Text goes in as text, so that nothing from the data is ever markup. */

/**
 * A new element: `element("a", { href: "#", class: "film" }, "Alien (1979)")`.
 *
 * Properties that begin with `on` are listeners; `null`, `undefined` and `false` leave an attribute or a child out.
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...present(children));
  return made;
}

/** The children which are there, with lists laid flat. */
function present(children) {
  return children.flat().filter((child) => child !== null && child !== undefined && child !== false);
}

/**
 * Makes the children of `parent` those of `items`, by key: an element whose key stays is kept and not moved,
 * so that focus, selection and scrolling survive.
 *
 * @param make makes the element of an item which was not there before
 */
export function updateChildren(parent, items, key, make) {
  const kept = new Map();
  const wanted = new Set(items.map(key));
  for (const child of [...parent.children]) {
    if (wanted.has(child.dataset.key)) kept.set(child.dataset.key, child);
    else child.remove();
  }
  items.forEach((item, index) => {
    const child = kept.get(key(item)) ?? make(item);
    child.dataset.key = key(item);
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
}

/**
 * A table.
 *
 * @param columns `[{ title, cell: (row) => text or element, number: true where right-aligned }]`; the first column
 *   heads its row
 */
export function table(caption, columns, rows = []) {
  return element("table", {},
    element("caption", { class: "visually-hidden" }, caption),
    element("thead", {}, element("tr", {}, columns.map((column) =>
      element("th", { scope: "col", class: column.number && "number" }, column.title)))),
    element("tbody", {}, rows.map((row) => tableRow(columns, row))));
}

/** One row of a table with these columns. */
export function tableRow(columns, row) {
  return element("tr", {}, columns.map((column, index) =>
    element(index === 0 ? "th" : "td", { scope: index === 0 && "row", class: column.number && "number" },
      column.cell(row))));
}

/** A table that is not shown until it is asked for, beside a picture of the same. */
export function tableBehind(summary, content) {
  return element("details", { class: "behind" },
    element("summary", {}, summary), element("div", { class: "scroll" }, content));
}

/** A thin bar that repeats a number beside it; `share` is in 0…1. */
export function bar(share) {
  const filled = element("span", { class: "bar-filled" });
  filled.style.width = `${100 * Math.min(1, Math.max(0, share))}%`;
  return element("span", { class: "bar", "aria-hidden": "true" }, filled);
}

/** Links to begin with. */
export function examples(links) {
  return element("p", { class: "hint" },
    "For example ", links.flatMap((link, index) => index ? [", ", link] : [link]), ".");
}

/** A quiet remark. */
export function hint(text) {
  return element("p", { class: "hint" }, text);
}
