"""Checks the dashboard in headless Chromium against a running service, and takes pictures of it.

    dashboard.py BASE_URL SCREENSHOT_FOLDER

Films and users are taken from the service itself, so any store will do. Exits with 1 and a message where a check fails.
"""

import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

LONGEST_WAIT = 30  # seconds, for slow machines
LIVE_WITHIN = 2.0  # seconds from a post to the row in the table

# What has to be in each panel once it is ready.
CONTENT = {
    "summary": "dd", "search": ".recommendations li", "user": ".neighbors tbody tr", "distribution": "canvas",
    "per-minute": "canvas", "volume": "canvas", "newest": "tbody tr", "top-films": "tbody tr", "rate": "input",
    "sources": "tbody tr", "stream-error": "canvas", "heatmap": "canvas", "graph": "circle", "communities": ".card", "rmse": "canvas", "generated": "tbody tr",
}

ACCESSIBILITY = """
const problems = [];
const require = (holds, problem) => holds || problems.push(problem);
const all = (selector) => [...document.querySelectorAll(selector)].filter((node) => node.checkVisibility());
const name = (node) => (node.getAttribute("aria-label") ?? node.textContent).trim();
const shown = (node) => node.outerHTML.slice(0, 100);
require(document.documentElement.lang, "html has no lang");
require(document.title, "the page has no title");
require(all("h1").length === 1, "there is not exactly one h1");
for (const landmark of ["header", "nav", "main", "footer"]) require(all(landmark).length, `there is no ${landmark}`);
for (const node of all("input, select, textarea")) {
  require(node.labels.length || node.ariaLabel, `no label: ${shown(node)}`);
}
for (const node of all("button, a[href], summary")) require(name(node), `no name: ${shown(node)}`);
for (const node of all("canvas, svg, img, [role=img], [role=application], progress")) {
  require(node.ariaHidden === "true" || node.getAttribute("aria-label") || node.alt, `no name: ${shown(node)}`);
}
for (const node of all("table")) {
  require(node.caption && node.querySelector("th[scope]"), `no caption or headings: ${shown(node)}`);
}
for (const node of all("[tabindex]")) require(node.tabIndex <= 0, `a positive tabindex: ${shown(node)}`);
for (const attribute of ["aria-labelledby", "aria-controls", "aria-activedescendant", "for"]) {
  for (const node of all(`[${attribute}]`)) {
    require(document.getElementById(node.getAttribute(attribute)), `${attribute} leads nowhere: ${shown(node)}`);
  }
}
const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
require(new Set(ids).size === ids.length, `ids occur twice: ${ids.filter((id, place) => ids.indexOf(id) !== place)}`);
const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .filter((node) => !node.closest("[hidden]")).map((node) => Number(node.tagName[1]));
levels.forEach((level, place) => {
  require(place === 0 || level <= levels[place - 1] + 1, `h${levels[place - 1]} is followed by h${level}`);
});
return problems;
"""

# Ends when the browser has drawn twice.
TWO_FRAMES = "const end = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => end()))"

CONTRAST = """
const channels = (color) => color.match(/[\\d.]+/g).map(Number);
const luminance = (color) => channels(color).slice(0, 3).map((value) => value / 255)
  .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
  .reduce((sum, value, place) => sum + value * [0.2126, 0.7152, 0.0722][place], 0);
const background = (node) => {
  for (; node; node = node.parentElement) {
    const color = getComputedStyle(node).backgroundColor;
    if ((channels(color)[3] ?? 1) === 1) return color;
  }
};
const hasText = (node) => [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
return [...document.querySelectorAll("body *")]
  .filter((node) => node.checkVisibility() && hasText(node) && !node.closest(":disabled, svg, .arrived"))
  .map((node) => [node, ...[getComputedStyle(node).color, background(node)].map(luminance)])
  .filter(([, one, other]) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05) < 4.5)
  .map(([node]) => node.outerHTML.slice(0, 100));
"""

COLORS_IN_CANVAS = """
const { width, height } = arguments[0];
if (width * height === 0) return 0;
const pixels = new Uint32Array(arguments[0].getContext("2d").getImageData(0, 0, width, height).data.buffer);
return new Set(pixels).size;
"""


class Failed(Exception):
    """A check which did not hold."""


def require(holds, message):
    if not holds:
        raise Failed(message)


def until(message, condition, longest=LONGEST_WAIT, pause=0.05):
    """Waits for a condition, which may fail meanwhile since elements come and go; returns what it gave."""
    end = time.monotonic() + longest
    while True:
        try:
            value, error = condition(), None
        except Exception as caught:  # Selenium has many names for an element that was replaced.
            value, error = None, caught
        if value:
            return value
        require(time.monotonic() < end, f"{message}, waited {longest} s{f': {error}' if error else ''}")
        time.sleep(pause)


class Client:
    """The service, as another client sees it."""

    def __init__(self, base):
        self.base = base

    def get(self, *path, **query):
        encoded = "".join("/" + urllib.parse.quote(part, safe="") for part in path)
        return self.request(f"{encoded}?{urllib.parse.urlencode(query)}" if query else encoded)

    def post(self, path, body):
        return self.request(path, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def request(self, path, data=None, headers={}):
        request = urllib.request.Request(self.base + path, data, headers)
        with urllib.request.urlopen(request, timeout=LONGEST_WAIT) as response:
            return json.load(response)

    def is_ready(self):
        try:
            return self.get("summary")["snapshot"] is not None
        except urllib.error.URLError:
            return False

    def film_to_search(self):
        """A film, and what to type, such that the film is suggested and others can be recommended."""
        for film in sorted(self.get("movies", per_page=50)["items"], key=lambda film: -film["ratings"]):
            text = re.sub(r"\s*\(\d{4}\)$", "", film["title"] or "")
            if not text:
                continue
            found = [one["id"] for one in self.get("movies", "search", q=text, count=8)["items"]]
            if film["id"] in found and self.get("recommendations", title=film["title"], count=5)["items"]:
                return film, text
        raise Failed("no film of the first 50 can be searched and recommended for")

    def user_to_look_up(self):
        """A user with neighbors and lists."""
        for user in dict.fromkeys(rating["user_id"] for rating in self.get("ratings", count=100)["items"]):
            lists = self.get("users", user, "recommendations", model="both", count=10)["lists"]
            if self.get("users", user, "neighbors", count=5)["items"] and all(one["items"] for one in lists):
                return user
        raise Failed("no user among the newest ratings has neighbors and lists")


class Page:
    """The dashboard in a browser, and the checks of it."""

    def __init__(self, service, folder):
        self.service = service
        self.folder = folder
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.driver.set_page_load_timeout(LONGEST_WAIT)

    def find(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self, element):
        """The text of an element also where it is out of view or visually hidden."""
        return element.get_property("textContent").strip()

    def state(self, panel):
        return self.one(f"#{panel}").get_attribute("data-state")

    def type(self, keys):
        self.driver.switch_to.active_element.send_keys(keys)

    def emulate(self, scheme, width, height):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})

    def load(self):
        self.emulate("light", 1440, 900)
        self.driver.get(self.service.base + "/")
        until("the summary was never ready", lambda: self.state("summary") == "ready")
        until("the page never became live", lambda: self.one("#connection").get_attribute("data-state") == "live")

    def search_by_keyboard(self):
        film, text = self.service.film_to_search()
        for _ in range(30):
            if self.driver.switch_to.active_element.get_attribute("id") == "search-field":
                break
            self.type(Keys.TAB)
        else:
            raise Failed("Tab does not reach the search field")
        self.type(text)
        options = "#search [role=option]"
        until(f"“{text}” suggested nothing", lambda: self.find(options))
        until(f"“{film['title']}” was not suggested",
              lambda: any(film["title"] in self.text(option) for option in self.find(options)))

        def is_chosen():
            self.type(Keys.ARROW_DOWN)
            active = self.driver.switch_to.active_element.get_attribute("aria-activedescendant")
            return active and film["title"] == self.text(self.one(f"[id='{active}'] span"))
        until("the arrow keys do not reach the film", is_chosen)
        self.type(Keys.ENTER)
        until("the film was not shown",
              lambda: self.state("search") == "ready" and self.text(self.one("#search h4")) == film["title"])
        reasons = [self.text(reason) for reason in self.find("#search .recommendations li .reason")]
        require(reasons and all(reasons), f"a recommendation has no reason: {reasons}")
        require(len(reasons) == len(self.find("#search .recommendations li")), "a recommendation has no reason")
        require(not self.find("#search [role=option]"), "the suggestions stay open")
        return f"{film['title']}: {len(reasons)} recommendations, the first because “{reasons[0]}”"

    def look_user_up(self):
        user = self.service.user_to_look_up()
        field = self.one("#user-field")
        field.clear()
        field.send_keys(user, Keys.ENTER)
        until("the user was not shown",
              lambda: self.state("user") == "ready" and self.text(self.one("#user h4")).startswith(f"User {user}"))
        neighbors = self.find("#user .neighbors tbody tr")
        require(neighbors, "no neighbors are shown")
        lists = self.service.get("users", user, "recommendations", model="both", count=10)["lists"]
        in_both = len(set.intersection(*({item["id"] for item in one["items"]} for one in lists)))
        for one in lists:
            items = self.find(f"#user [data-model='{one['model']}'] li")
            require(len(items) == len(one["items"]),
                    f"the list of {one['model']} has {len(items)} films, not {len(one['items'])}")
            marks = [self.text(item.find_element(By.CSS_SELECTOR, ".mark")) for item in items]
            require(all("both" in mark or "only" in mark for mark in marks), f"films without a mark: {marks}")
            shared = sum("both" in mark for mark in marks)
            require(shared == in_both, f"{shared} films are marked as in both lists, not {in_both}")
        return f"user {user}: {len(neighbors)} neighbors, {in_both} films in both lists"

    def panels(self):
        may_be_empty = set()
        runs = self.service.get("runs", per_page=100)["items"]
        if not any(metric["metric"] == "rmse" for run in runs for metric in run["metrics"]):
            may_be_empty.add("rmse")
        if self.service.get("recommendations", "generated", per_page=1)["total"] == 0:
            may_be_empty.add("generated")
        if not self.service.get("sources")["items"]:
            may_be_empty.add("sources")
        if not self.service.get("stream", "error")["minutes"]:
            may_be_empty.add("stream-error")
        for panel, content in CONTENT.items():
            if panel in may_be_empty:
                until(f"#{panel} does not say that it is empty", lambda: self.state(panel) == "empty")
                continue
            until(f"#{panel} was never ready", lambda: self.state(panel) == "ready")
            elements = until(f"#{panel} has no {content}", lambda: self.find(f"#{panel} {content}"))
            if content == "canvas":
                until(f"the canvas of #{panel} stays blank",
                      lambda: self.driver.execute_script(COLORS_IN_CANVAS, elements[0]) > 2)
                require(elements[0].get_attribute("aria-label"), f"the canvas of #{panel} has no label")
        return f"{len(CONTENT)} panels{', empty: ' + ', '.join(sorted(may_be_empty)) if may_be_empty else ''}"

    def hover_heat_map(self):
        canvas = self.one("#heatmap canvas")
        self.driver.execute_script("arguments[0].scrollIntoView({ block: 'center' })", canvas)
        webdriver.ActionChains(self.driver).move_to_element_with_offset(canvas, 40, 5).perform()
        return until("hovering over the heat map shows no pair",
                     lambda: re.search(r"^User .+ and user .+: .+", self.text(self.one("#heatmap .readout")))).group()

    def live_rating(self):
        """Posts as another client would, and measures how long the table takes to show it."""
        user = self.service.user_to_look_up()
        shown = {link.get_attribute("href") for link in self.find("#newest a.film")}
        film = next(film for film in self.service.get("movies", per_page=100)["items"]
                    if f"{self.service.base}/#/film/{urllib.parse.quote(film['id'], safe='')}" not in shown)
        minutes = self.one("#per-minute canvas").get_attribute("aria-label")
        rating = self.service.get("summary")["scale"]["maximum"]
        started = time.monotonic()
        self.service.post("/ratings", {"user_id": user, "item_id": film["id"], "rating": rating})

        def has_arrived():
            rows = [self.text(row) for row in self.find("#newest tbody tr")]
            return any(row.startswith(user) and (film["title"] or film["id"]) in row for row in rows)
        until("the rating of another client did not arrive", has_arrived, pause=0.02)
        seconds = time.monotonic() - started
        require(seconds <= LIVE_WITHIN, f"the rating of another client took {seconds:.2f} s, not {LIVE_WITHIN:.0f} s")
        until("new ratings per minute do not follow",
              lambda: self.one("#per-minute canvas").get_attribute("aria-label") != minutes)
        return f"shown {seconds:.2f} s after the post began"

    def accessibility(self):
        problems = self.driver.execute_script(ACCESSIBILITY)
        require(not problems, "; ".join(problems))
        return "labels, names, headings, landmarks, ids"

    def themes_and_widths(self):
        """Takes a picture of each theme at each width, and checks what depends on them."""
        for scheme in ("light", "dark"):
            for name, width in (("wide", 1440), ("phone", 390)):
                self.emulate(scheme, width, 900)
                self.driver.execute_script("scrollTo(0, 0)")
                # Charts follow a new width in the next frames.
                until(f"at {width} pixels, some are out of view to the right",
                      lambda: self.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth"))
                self.emulate(scheme, width, self.driver.execute_script("return document.documentElement.scrollHeight"))
                self.driver.execute_async_script(TWO_FRAMES)
                self.driver.save_screenshot(str(self.folder / f"{name}-{scheme}.png"))
            faint = self.driver.execute_script(CONTRAST)
            require(not faint, f"too little contrast ({scheme}): {'; '.join(faint[:5])}")
            page = self.driver.execute_script("return getComputedStyle(document.documentElement).backgroundColor")
            is_dark = int(re.search(r"\d+", page).group()) < 128
            require(is_dark == (scheme == "dark"), f"the page is not {scheme}, but {page}")
        self.emulate("light", 1440, 900)
        button = self.one("#theme")
        labels = [(button.click(), button.text)[1] for _ in range(3)]
        require(labels == ["Theme: light", "Theme: dark", "Theme: system"], f"the button of themes says {labels}")
        return f"pictures in {self.folder}"

    def catalogue(self):
        """The catalogue draws its lineage, walks it by links and finds words."""
        self.emulate("light", 1440, 900)
        self.driver.get(self.service.base + "/catalog/page")
        until("the lineage was never drawn", lambda: self.find(".lineage a"))
        require(self.find("#relations details") and self.find("#checks tbody tr"), "tables or checks are missing")
        self.one('.lineage a[href="#node=import%3A1"]').click()
        until("nothing is said of a chosen box", lambda: self.find("#lineage .into a"))
        require(self.find("#lineage .from a"), "an import has no source")
        self.one("#lineage .into a").click()
        until("a link leads to no other box", lambda: self.find('.lineage a.chosen:not([href$="import%3A1"])'))
        self.one("#search-field").send_keys("rating", Keys.ENTER)
        until("the search finds nothing", lambda: self.find("#find tbody tr"))
        problems = self.driver.execute_script(ACCESSIBILITY)
        require(not problems, "; ".join(problems))
        require(self.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth"),
                "some of the catalogue is out of view to the right")
        self.driver.save_screenshot(str(self.folder / "catalogue.png"))
        return f"{len(self.find('.lineage a'))} boxes"

    def console(self):
        messages = self.complaints()
        require(not messages, "the console says: " + "; ".join(messages))
        return "no error, no warning"

    def complaints(self):
        """What the browser's console has said since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


def main(base, folder):
    service = Client(base.rstrip("/"))
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    until("the service has no snapshot", service.is_ready, pause=0.5)
    page = Page(service, folder)
    checks = [page.load, page.search_by_keyboard, page.look_user_up, page.panels, page.hover_heat_map, page.live_rating,
              page.accessibility, page.themes_and_widths, page.catalogue, page.console]
    try:
        for check in checks:
            started = time.monotonic()
            try:
                said = check()
            except Failed as failure:
                page.driver.save_screenshot(str(folder / "failed.png"))
                print(f"FAILED {check.__name__}: {failure}", *page.complaints(), sep="\n  ")
                return 1
            print(f"ok {check.__name__} ({time.monotonic() - started:.1f} s){f': {said}' if said else ''}")
    finally:
        page.driver.quit()
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))
