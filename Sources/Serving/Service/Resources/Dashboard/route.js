import { element } from "./dom.js";

/**
 * The film or user in the address, `#/film/50` or `#/user/196`: every id on the page is a link, and going back works.
 *
 * @param handlers `{ film: (id) => …, user: (id) => … }`
 */
export function startRouting(handlers) {
  const go = () => {
    const [, collection, id] = /^#\/(film|user)\/(.+)$/.exec(location.hash) ?? [];
    if (collection) handlers[collection](decodeURIComponent(id));
  };
  addEventListener("hashchange", go);
  go();
}

/** Goes to a film or user, also to the one which is shown already. */
export function goTo(collection, id) {
  const hash = `#/${collection}/${encodeURIComponent(id)}`;
  if (location.hash === hash) dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = hash;
}

export function filmLink(id, title) {
  return element("a", { class: "film", href: `#/film/${encodeURIComponent(id)}` }, title ?? `Film ${id}`);
}

/** A user by id; without one, as for keys that are not told who others are, somebody. */
export function userLink(id) {
  if (id === null) return element("span", { class: "aside" }, "somebody");
  return element("a", { class: "user", href: `#/user/${encodeURIComponent(id)}` }, id);
}

/** Brings a panel that a link led to into view, and the keyboard with it. */
export function reveal(panel) {
  const heading = panel.section.querySelector("h3");
  const { top, bottom } = heading.getBoundingClientRect();
  if (top < 0 || bottom > innerHeight) panel.section.scrollIntoView({ block: "start" });
  if (!panel.section.contains(document.activeElement)) heading.focus({ preventScroll: true });
}
