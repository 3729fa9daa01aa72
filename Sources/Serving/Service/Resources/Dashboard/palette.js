import { element } from "./dom.js";

/**
 * How many colors the style sheet has for communities, as `--community-0` and on.
 *
 * They are Okabe and Ito's, made for color-blind readers; yellow, too light on white, gives way to an olive.
 * Beyond them colors come again, so the number always stands beside the color.
 */
const colors = 8;

/** The custom property with the color of a community, for `var(…)`. */
export const communityProperty = (community) => `--community-${community % colors}`;

/** Colors an element, and what in it uses `--hue`, as its community. */
export function tint(target, community) {
  target.style.setProperty("--hue", community === null ? "var(--muted)" : `var(${communityProperty(community)})`);
  return target;
}

/** A community's dot and number. */
export function communityMark(community) {
  if (community === null || community === undefined) return element("span", { class: "community" }, "none");
  return tint(element("span", { class: "community", title: `Community ${community}` },
    element("span", { class: "visually-hidden" }, "Community "), String(community)), community);
}
