import { get } from "./api.js";
import { element, hint, table, tableBehind } from "./dom.js";
import { startForgetButton } from "./key.js";
import { drawLineage } from "./lineage.js";
import { startThemeButton } from "./theme.js";

startThemeButton(document.getElementById("theme"));
startForgetButton();

const time = (seconds) => seconds ? new Date(1000 * seconds).toISOString().replace(".000Z", "Z") : "";
const text = (value) => value === undefined || value === null ? "" : String(value);
const bodyOf = (id) => document.querySelector(`#${id} > .body`);

/** A link to a node of the lineage, where there is one. */
const toNode = (node, title) => node ? element("a", { href: `#node=${encodeURIComponent(node)}` }, title) : title;

function show(id, columns, rows) {
  bodyOf(id).replaceChildren(rows.length
    ? element("div", { class: "scroll" }, table(document.getElementById(`${id}-title`).textContent, columns, rows))
    : hint("None."));
}

const column = (title, cell, number = false) => ({ title, cell, number });

function showSources(sources) {
  show("sources", [
    column("File", (source) => toNode(`source:${source.number}`, source.name)),
    column("Rows", (source) => text(source.rows_read), true),
    column("Kept", (source) => text(source.kept), true),
    column("Imported", (source) => time(source.finished)),
    column("SHA-256", (source) => element("code", {}, source.checksum)),
    column("Licence", (source) => text(source.licence)),
    column("Citation", (source) => text(source.citation)),
  ], sources);
}

function histogram(groups) {
  const most = Math.max(...groups.map((group) => group.count));
  return element("div", { class: "bars" }, groups.map((group) => {
    const made = element("span", { title: `${group.label}: ${group.count}` });
    made.style.height = `${100 * group.count / most}%`;
    return made;
  }));
}

function range(variable) {
  if (variable.least === undefined) return "";
  const shown = (value) => variable.unit === "s since 1970" ? time(value) : text(value);
  return `${shown(variable.least)} to ${shown(variable.most)}`;
}

function showRelations(relations) {
  const columns = [
    column("Column", (variable) => variable.name),
    column("Type", (variable) => variable.type),
    column("Unit", (variable) => text(variable.unit)),
    column("Personal", (variable) => variable.is_personal ? "yes" : "no"),
    column("Nulls", (variable) => text(variable.nulls), true),
    column("Distinct", (variable) => text(variable.distinct), true),
    column("Range", range),
    column("Values", (variable) => variable.histogram.length ? histogram(variable.histogram) : ""),
    column("Definition", (variable) => [variable.definition, ...variable.sources.map((name) => `from ${name}`)].join("; ")),
  ];
  bodyOf("relations").replaceChildren(...relations.map((relation) => {
    const rows = relation.rows === undefined ? "" : `, ${relation.rows} rows`;
    return tableBehind(`${relation.name}: ${relation.definition} (${relation.kind}${rows}; kept ${relation.retention})`,
      table(relation.name, columns, relation.variables));
  }));
}

function showOutputs(outputs) {
  show("outputs", [
    column("Place", (output) => toNode(`output:${output.place}`, output.place)),
    column("Kind", (output) => output.kind),
    column("Written", (output) => time(output.written)),
    column("Rows", (output) => text(output.rows), true),
    column("About people", (output) => output.holds_people ? "yes" : "no"),
    column("SHA-256", (output) => element("code", {}, text(output.sha256))),
  ], outputs);
}

function showChecks(checks) {
  show("checks", [
    column("Check", (check) => check.name),
    column("Of", (check) => [check.relation, check.field].filter(String).join(".")),
    column("Rule", (check) => check.rule),
    column("Observed", (check) => text(check.observed), true),
    column("Result", (check) => check.has_passed ? "passed" : element("span", { class: "failed-check" }, "failed")),
    column("History", (check) => check.history.map((moment) => `${time(moment.checked)}: ${moment.observed}`).join("; ")),
  ], checks);
}

function showModels(models) {
  show("models", [
    column("Model", (card) => toNode(card.folder ? `output:${card.folder}/model.json` : `model:${card.model}`, card.model)),
    column("Run", (card) => text(card.run), true),
    column("Metrics", (card) => card.metrics.map((figure) => `${figure.name} ${figure.value.toFixed(4)}`).join(", ")),
    column("Parameters", (card) => element("code", {}, card.parameters)),
    column("Limits", (card) => card.limits.join(" ")),
  ], models);
}

async function search(event) {
  event.preventDefault();
  const { items } = await get("/catalog/search", { q: document.getElementById("search-field").value });
  document.querySelector("#find > .body").replaceChildren(items.length
    ? element("div", { class: "scroll" }, table("Matches", [
      column("Name", (match) => toNode(match.node, match.name)),
      column("Kind", (match) => match.kind),
      column("", (match) => match.text),
    ], items))
    : hint("Nothing has all of these words."));
}

async function main() {
  const catalog = await get("/catalog");
  showSources(catalog.sources);
  showRelations(catalog.relations);
  showOutputs(catalog.outputs);
  showChecks(catalog.checks);
  showModels(catalog.models);
  drawLineage(bodyOf("lineage"), catalog.lineage);
}

document.querySelector("#find form").addEventListener("submit", (event) => {
  search(event).catch((error) => document.querySelector("#find > .body").replaceChildren(hint(error.message)));
});
main().catch((error) => bodyOf("lineage").replaceChildren(hint(error.message)));
