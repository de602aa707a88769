/** The services table, kept current from the live graph. Rows change places only when a health changes, never with traffic. */

import { SILENT_KINDS } from "../graph/model.js";
import { healthMark, setHealth } from "../ui/health.js";
import { ms, rate, ratio } from "../ui/number.js";

/**
 * @typedef {import("../graph/model.js").Node} Node
 * @typedef {import("../graph/model.js").Health} Health
 */

export const ORDER = /** @type {Health[]} */ (["failing", "degraded", "unknown", "healthy", "idle"]);
const WORDS = /** @type {Record<string, (value: number|null|undefined) => string>} */ ({ rps: rate, error_ratio: ratio, p50_ms: ms, p95_ms: ms });
const WORSE_SHOWN_MS = 10_000;

/** @param {Node} node */
const isUnwell = (node) => node.health === "failing" || node.health === "degraded";
/** @param {Node} node */
const harm = (node) => (isUnwell(node) ? (node.signals.error_ratio ?? 0) : 0);

/** Worst first: by health, the unwell among themselves by error ratio, all else by name. @param {Node} a @param {Node} b */
export function byTrouble(a, b) {
  return ORDER.indexOf(a.health) - ORDER.indexOf(b.health) || harm(b) - harm(a) || (a.id < b.id ? -1 : 1);
}

/** Going idle is not worse. @param {Health} now @param {Health} before */
export const isWorse = (now, before) => now !== "idle" && before !== "idle" && ORDER.indexOf(now) < ORDER.indexOf(before);

/** What is listed: everything that can be named. @param {Iterable<Node>} nodes */
export const listed = (nodes) => [...nodes].filter((node) => node.kind !== "unknown").sort(byTrouble);

/** `bad`, `warn` or empty: whether this signal is why the node is unwell. @param {Node} node @param {string} signal */
export function trouble(node, signal) {
  if (!isUnwell(node) || !node.reasons.some((reason) => reason.signal === signal)) return "";
  return node.health === "failing" ? "bad" : "warn";
}

/** @param {string} tag @param {string} className @param {(string|Node_)[]} children */
function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}
/** @typedef {globalThis.Node} Node_ */

/** @param {string} id */
function toTraces(id) {
  const link = /** @type {HTMLAnchorElement} */ (element("a", "to"));
  link.href = `/traces/?${new URLSearchParams({ service: id, order: "errors", from: "now-1m" })}`;
  link.title = "Its traces of the last minute, failing ones first";
  return link;
}

/** A row as templates/now/_row.html makes it. @param {Node} node */
function makeRow(node) {
  const row = element("tr", "");
  const place = (node.cluster ? `${node.cluster}:` : "") + (node.namespace === "-" && !node.cluster ? "" : `${node.namespace}/`);
  const link = /** @type {HTMLAnchorElement} */ (element("a", "row", healthMark(node.health), element("span", "svc", element("i", "", place), node.name)));
  link.href = `/graph/?node=${encodeURIComponent(node.id).replaceAll("%2F", "/")}`;
  const head = element("th", "", link);
  head.setAttribute("scope", "row");
  row.append(head);
  for (const signal of Object.keys(WORDS)) {
    const cell = element("td", signal === "p50_ms" ? "num sm-hide" : "num");
    cell.dataset.signal = signal;
    if (signal === "rps") cell.append(element("span", ""), element("span", "dim", " /s"));
    if (signal === "error_ratio" && !SILENT_KINDS.has(node.kind)) cell.append(toTraces(node.id));
    row.append(cell);
  }
  const versions = element("td", "sm-hide");
  versions.dataset.versions = "";
  row.append(versions);
  return /** @type {HTMLTableRowElement} */ (row);
}

/** @param {Element} target @param {string} text */
function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** @param {HTMLTableRowElement} row @param {Node} node */
function fill(row, node) {
  row.dataset.node = node.id;
  row.dataset.health = node.health;
  const mark = row.querySelector(".h");
  if (mark) setHealth(mark, node.health);
  for (const cell of /** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll("[data-signal]"))) {
    const signal = cell.dataset.signal ?? "";
    setText(cell.querySelector("span, a") ?? cell, WORDS[signal](node.signals[signal]));
    const why = trouble(node, signal);
    cell.classList.toggle("bad", why === "bad");
    cell.classList.toggle("warn", why === "warn");
  }
  const versions = row.querySelector("[data-versions]");
  if (versions && versions.textContent?.trim().split(/\s+/).join(" ") !== node.versions.join(" "))
    versions.replaceChildren(...node.versions.flatMap((version) => [element("span", "tag", version), " "]));
}

/** The row that got worse carries a dot for ten seconds. @param {HTMLTableRowElement} row */
function mark(row) {
  row.classList.add("got-worse");
  setTimeout(() => row.classList.remove("got-worse"), WORSE_SHOWN_MS);
}

/** Keeps one table current. `most` rows are shown, or all of them. */
export class Rows {
  /** @param {HTMLTableSectionElement} body @param {number} most */
  constructor(body, most) {
    this.body = body;
    this.most = most;
    /** @type {Map<string, HTMLTableRowElement>} */
    this.rows = new Map([...body.rows].map((row) => [row.dataset.node ?? "", row]));
    this.order = "";
    /** @type {Map<string, Health>} */
    this.healths = new Map();
  }

  /** @param {Map<string, Node>} nodes @returns {boolean} whether a health, or what is there, changed */
  update(nodes) {
    const order = [...nodes.values()].map((node) => `${node.id} ${node.health}`).sort().join("\n") + this.most;
    const moved = order !== this.order;
    this.order = order;
    if (moved) this.#place(listed(nodes.values()).slice(0, this.most));
    for (const [id, row] of this.rows) {
      const node = nodes.get(id);
      if (!node) continue;
      fill(row, node);
      const before = this.healths.get(id);
      if (moved && before && isWorse(node.health, before)) mark(row);
    }
    if (moved) this.healths = new Map([...nodes.values()].map((node) => [node.id, node.health]));
    return moved;
  }

  /** @param {Node[]} shown */
  #place(shown) {
    const kept = new Set(shown.map((node) => node.id));
    for (const [id, row] of this.rows) {
      if (kept.has(id)) continue;
      row.remove();
      this.rows.delete(id);
    }
    shown.forEach((node, index) => {
      let row = this.rows.get(node.id);
      if (!row) this.rows.set(node.id, (row = makeRow(node)));
      if (this.body.rows[index] !== row) this.body.insertBefore(row, this.body.rows[index] ?? null);
    });
  }
}
