/** The graph as rows: one a node and one a call, with the same find and the same selection as the picture. Pure. */
import { HEALTHS, isEdge } from "./model.js";
import { nameOf } from "./words.js";

/**
 * @typedef {import("./model.js").Node} Node
 * @typedef {import("./model.js").Edge} Edge
 * @typedef {{name: string, label: string, number: boolean, minor: boolean, wide?: boolean, value: (it: Node|Edge) => number|string|null}} Column
 */

/** @type {Column[]} */
export const COLUMNS = [
  { name: "health", label: "Health", number: false, minor: false, value: (it) => HEALTHS.indexOf(it.health) },
  { name: "name", label: "Service or call", number: false, minor: false, value: nameOf },
  { name: "kind", label: "Kind", number: false, minor: true, value: (it) => (isEdge(it) ? "call" : it.kind) },
  { name: "rps", label: "Traffic", number: true, minor: false, value: (it) => it.signals.rps },
  { name: "error_ratio", label: "Errors", number: true, minor: false, value: (it) => it.signals.error_ratio },
  { name: "client_error_ratio", label: "Client errors", number: true, minor: true, value: (it) => it.signals.client_error_ratio },
  { name: "p50_ms", label: "p50", number: true, minor: true, value: (it) => it.signals.p50_ms },
  { name: "p95_ms", label: "p95", number: true, minor: false, value: (it) => it.signals.p95_ms },
  { name: "p99_ms", label: "p99", number: true, minor: true, value: (it) => it.signals.p99_ms },
  { name: "mtls_ratio", label: "mTLS", number: true, minor: true, value: (it) => it.signals.mtls_ratio },
  { name: "retry_ratio", label: "Retries", number: true, minor: true, wide: true, value: (it) => it.signals.retry_ratio },
  { name: "saturation", label: "Saturation", number: true, minor: true, wide: true, value: (it) => it.signals.saturation },
];

/** Numbers start with the largest, words and health with the first. @param {string} name */
const startsDown = (name) => COLUMNS.find((column) => column.name === name)?.number ?? false;

/** `rps` → from the largest, `-rps` → the other way round. @param {string} sort */
export function sortOf(sort) {
  const turned = sort.startsWith("-");
  const name = turned ? sort.slice(1) : sort;
  const column = COLUMNS.find((each) => each.name === name) ?? COLUMNS[0];
  return { column, descending: startsDown(column.name) !== turned };
}

/** What a click on a header makes of the present order. @param {string} sort @param {string} name */
export const nextSort = (sort, name) => (sort === name ? `-${name}` : name);

/** For aria-sort. @param {string} sort @param {string} name */
export function direction(sort, name) {
  const { column, descending } = sortOf(sort);
  if (column.name !== name) return "none";
  return descending ? "descending" : "ascending";
}

/** Unknown values come last, whichever way; ties by name, so that rows do not jump. @param {(Node|Edge)[]} rows @param {string} sort */
export function sorted(rows, sort) {
  const { column, descending } = sortOf(sort);
  const keyed = rows.map((it) => ({ it, value: column.value(it), name: nameOf(it) }));
  keyed.sort((a, b) => compare(a.value, b.value, descending) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return keyed.map(({ it }) => it);
}

/** @param {number|string|null} a @param {number|string|null} b @param {boolean} descending */
function compare(a, b, descending) {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return (a < b ? -1 : 1) * (descending ? -1 : 1);
}
