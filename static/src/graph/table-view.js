/** The table on the page: rows as they are now, headers that sort, the chosen row marked. */
import { html, nothing, render } from "lit/html.js";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { level, ms, part, ratio } from "../ui/number.js";
import { mark } from "../ui/panel-parts.js";
import { isEdge } from "./model.js";
import { COLUMNS, direction, sorted } from "./table.js";
import { fullName, fullRate } from "./words.js";

/**
 * @typedef {import("./model.js").Node} Node
 * @typedef {import("./model.js").Edge} Edge
 * @typedef {import("./model.js").Graph} Graph
 */

/** @type {Record<string, (it: Node|Edge) => unknown>} */
const CELLS = {
  health: (it) => html`<span class="row">${mark(it.health)}<span class="sm-hide">${it.health}</span></span>`,
  name: (it) => (isEdge(it) ? html`${fullName(it.source)} <span class="dim">→</span> ${fullName(it.target)}` : html`<b>${fullName(it.id)}</b>`),
  kind: (it) => (isEdge(it) ? `call, ${it.protocol}` : it.kind),
  rps: (it) => fullRate(it.signals.rps),
  error_ratio: (it) => ratio(it.signals.error_ratio),
  client_error_ratio: (it) => ratio(it.signals.client_error_ratio),
  p50_ms: (it) => ms(it.signals.p50_ms),
  p95_ms: (it) => ms(it.signals.p95_ms),
  p99_ms: (it) => ms(it.signals.p99_ms),
  mtls_ratio: (it) => part(it.signals.mtls_ratio),
  retry_ratio: (it) => ratio(it.signals.retry_ratio),
  saturation: (it) => level(it.signals.saturation),
};

/** What a trouble is about is written in its colour. @param {Node|Edge} it @param {string} column */
function ink(it, column) {
  if (!it.reasons?.some((reason) => reason.signal === column)) return "";
  return it.health === "failing" ? "bad" : it.health === "degraded" ? "warn" : "";
}

/** @param {import("./table.js").Column} column */
const classes = (column) => `${column.number ? "num" : ""} ${column.minor ? "sm-hide" : ""} ${column.wide ? "wide" : ""}`;

export class TableView {
  #place;
  #ours = false;

  /** @param {HTMLElement} place holds the server's table until the first rendering */
  constructor(place) {
    this.#place = place;
  }

  /** @param {Graph} graph @param {import("./view.js").View} view @param {{sort: string, selected: string, link: (id: string) => string}} how */
  show(graph, view, { sort, selected, link }) {
    const elements = [...[...view.nodes].map((id) => graph.nodes.get(id)), ...[...view.edges].map((id) => graph.edges.get(id))];
    const rows = sorted(/** @type {(Node|Edge)[]} */ (elements.filter(Boolean)), sort);
    // A push leaves most elements as they were: their rows are not looked at again.
    const here = link("");
    this.#render(html`<table class="tbl">
<caption class="vh">Services and the calls between them, over the last minute</caption>
<thead><tr>${COLUMNS.map((column) => html`<th scope="col" class=${classes(column)} aria-sort=${direction(sort, column.name)}><button type="button" data-sort=${column.name}>${column.name === "health" ? html`<span class="sm-hide">Health</span><span class="vh sm-only">Health</span>` : column.label}</button></th>`)}</tr></thead>
<tbody>${repeat(rows, (it) => it.id, (it) => guard([it, it.id === selected, here], () => row(it, it.id === selected, link)))}</tbody>
</table>`);
  }

  /** Where the picture shows, its twin has the elements. */
  clear() {
    this.#render(nothing);
  }

  /** @param {unknown} content */
  #render(content) {
    if (!this.#ours) this.#place.replaceChildren();
    this.#ours = true;
    render(content, this.#place);
  }
}

/** @param {Node|Edge} it @param {boolean} selected @param {(id: string) => string} link */
function row(it, selected, link) {
  const cells = COLUMNS.map((column) => {
    const cell = CELLS[column.name](it);
    if (column.name === "name") return html`<th scope="row"><a href=${link(it.id)} aria-current=${selected ? "true" : "false"} data-go=${it.id} data-kind=${isEdge(it) ? "edge" : "node"}>${cell}</a></th>`;
    return html`<td class="${classes(column)} ${ink(it, column.name)}">${cell}</td>`;
  });
  return isEdge(it)
    ? html`<tr data-edge=${it.id} data-health=${it.health} class=${selected ? "on" : ""}>${cells}</tr>`
    : html`<tr data-node=${it.id} data-health=${it.health} class=${selected ? "on" : ""}>${cells}</tr>`;
}
