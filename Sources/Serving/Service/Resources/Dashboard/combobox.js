import { get } from "./api.js";
import { element } from "./dom.js";
import { counted } from "./format.js";

const pause = 120;

/**
 * Makes a field suggest films as one types: the editable combobox with list autocomplete of the ARIA Authoring
 * Practices.
 *
 * @param onChoose told the film that was chosen
 */
export function suggestFilms(field, onChoose) {
  const list = element("ul", {
    id: `${field.id}-list`, class: "suggestions", role: "listbox", "aria-label": "Films", hidden: true,
  });
  const status = element("span", { class: "visually-hidden", role: "status" });
  const box = element("div", { class: "combobox" });
  field.before(box);
  box.append(field, list, status);
  for (const [name, value] of Object.entries({
    role: "combobox", autocomplete: "off",
    "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) field.setAttribute(name, value);

  let films = [];
  let active = -1;
  let timer = null;
  let asking = new AbortController();

  const open = (found) => {
    films = found;
    list.replaceChildren(...found.map(option));
    list.hidden = found.length === 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
    activate(-1);
  };

  const close = () => {
    clearTimeout(timer);
    asking.abort();
    open([]);
  };

  const option = (film, index) => element("li", {
    id: `${list.id}-${index}`, role: "option", "aria-selected": "false",
    // The press would take the focus out of the field before the click arrives.
    onmousedown: (event) => event.preventDefault(),
    onclick: () => choose(film),
  }, element("span", {}, film.title ?? film.id), element("span", { class: "aside" }, counted(film.ratings, "rating")));

  const activate = (index) => {
    active = index;
    [...list.children].forEach((child, place) => child.setAttribute("aria-selected", String(place === index)));
    const child = list.children[index];
    if (child) field.setAttribute("aria-activedescendant", child.id);
    else field.removeAttribute("aria-activedescendant");
    child?.scrollIntoView({ block: "nearest" });
  };

  const choose = (film) => {
    field.value = film.title ?? film.id;
    close();
    status.textContent = "";
    onChoose(film);
  };

  const suggest = async () => {
    asking.abort();
    asking = new AbortController();
    const text = field.value.trim();
    if (text === "") return open([]);
    try {
      const { items } = await get("/movies/search", { q: text, count: 8 }, { signal: asking.signal });
      open(items);
      status.textContent = items.length ? `${counted(items.length, "film")} found` : "No film found";
    } catch (problem) {
      if (problem.name !== "AbortError") status.textContent = problem.message;
    }
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, pause);
  });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    const keys = {
      ArrowDown: () => films.length ? activate((active + 1) % films.length) : suggest(),
      ArrowUp: () => activate(active <= 0 ? films.length - 1 : active - 1),
      Escape: close,
      Enter: () => choose(films[active]),
    };
    const isOurs = event.key === "Enter" ? active >= 0 : event.key in keys;
    if (!isOurs || event.isComposing) return;
    event.preventDefault();
    keys[event.key]();
  });

  return { close };
}
