/**
 * Light, dark, or as the system says; and the colors of the style sheet for what is drawn by script.
 */

const themes = ["system", "light", "dark"];
const stored = "kindred-theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set();

let theme = themes.includes(localStorage.getItem(stored)) ? localStorage.getItem(stored) : "system";
apply();

/** Calls back whenever colors change, for charts, which do not see the style sheet. */
export function onThemeChange(listener) {
  listeners.add(listener);
}

/** Wires the button which goes through the themes. */
export function startThemeButton(button) {
  const label = () => { button.textContent = `Theme: ${theme}`; };
  button.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    localStorage.setItem(stored, theme);
    apply();
    label();
    announce();
  });
  system.addEventListener("change", announce);
  label();
}

/**
 * The color that a custom property has now, such as `color("--ink")`.
 *
 * A property read directly gives `light-dark(…)` as it was written; only as the color of an element is it resolved.
 */
export function color(property) {
  probe.style.color = `var(${property})`;
  return getComputedStyle(probe).color;
}

const probe = document.createElement("span");
probe.hidden = true;
document.body.append(probe);

function apply() {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function announce() {
  for (const listener of listeners) listener();
}
