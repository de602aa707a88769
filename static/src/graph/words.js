/** What the picture, its twin and its panel say of a node or a call: the sentences and short lines, no marks. */
import { count, ms, NONE, part, rate, ratio } from "../ui/number.js";
import { span } from "../ui/time.js";
import { callsFrom, callsInto, isEdge, namesOf, troubledSignal } from "./model.js";

/**
 * @typedef {import("./model.js").Node} Node
 * @typedef {import("./model.js").Edge} Edge
 * @typedef {import("./model.js").Graph} Graph
 */

/** `318 /s`, without decimals where there is little room. @param {number|null|undefined} rps */
export const shortRate = (rps) => (rps == null ? NONE : `${rps >= 9.95 ? count(rps) : rate(rps)} /s`);

/** @param {number|null|undefined} rps */
export const fullRate = (rps) => (rps == null ? NONE : `${rate(rps)} /s`);

/** From this share of failed requests on a line tells errors, not latency. */
const TELLING = 0.01;

/** The worse of error ratio and p95. @param {Node|Edge} it */
export function worseSignal(it) {
  const { error_ratio, p95_ms } = it.signals;
  const trouble = troubledSignal(it);
  if (trouble === "p95_ms" || trouble === "saturation") return p95_ms == null ? "" : ms(p95_ms);
  if (error_ratio != null && (error_ratio >= TELLING || trouble)) return `${ratio(error_ratio)} err`;
  return p95_ms == null ? "" : ms(p95_ms);
}

/** `idle for 40 min`. @param {Node} node @param {string} at */
export function idleFor(node, at) {
  if (!node.last_request) return "idle";
  return `idle for ${span((Date.parse(at) - Date.parse(node.last_request)) / 1000)}`;
}

/**
 * The second line of a chip: what to write where all fits, and what to keep where it does not.
 * @param {Node} node @param {string} at @returns {string[]}
 */
export function chipLines(node, at) {
  if (node.health === "idle") return [idleFor(node, at), "idle"];
  const traffic = shortRate(node.signals.rps);
  const worse = worseSignal(node);
  return worse ? [`${traffic} · ${worse}`, worse, traffic] : [traffic];
}

/** How a node is called beside others of its namespace, and where that is not clear, in full. @param {string} id */
export function fullName(id) {
  const { namespace, name } = namesOf(id);
  return namespace === "-" ? name : `${namespace}/${name}`;
}

/** `shop/web → shop/cart`. @param {Edge} edge */
export const callName = (edge) => `${fullName(edge.source)} → ${fullName(edge.target)}`;

/** @param {Node|Edge} it */
export const nameOf = (it) => (isEdge(it) ? callName(it) : fullName(it.id));

/** The first reason in words, or the plain state. @param {Node|Edge} it */
export const reasonOf = (it) => it.reasons?.[0]?.text ?? "";

/** For the twin: short enough to change only when something did. @param {Node|Edge} it */
export const twinLine = (it) => `${nameOf(it)}, ${it.health}`;

/** @param {string[]} names */
function listed(names) {
  if (names.length <= 1) return names[0] ?? "";
  if (names.length > 4) return `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
  return `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

/** A selection read out: "cart, failing, 31 % of requests fail, called by web and checkout, calls cart-redis". @param {Graph} graph @param {Node|Edge} it */
export function spoken(graph, it) {
  const parts = [isEdge(it) ? `call ${callName(it)}` : it.name, it.health];
  const reason = reasonOf(it).replace(/\.$/, "");
  if (reason) parts.push(reason);
  else if (it.health !== "idle") parts.push(`${fullRate(it.signals.rps)}`);
  if (isEdge(it)) return `${[...parts, secured(it.mtls_ratio)].filter(Boolean).join(", ")}.`;
  const callers = callsInto(graph, it.id).map((edge) => namesOf(edge.source).name);
  const callees = callsFrom(graph, it.id).map((edge) => namesOf(edge.target).name);
  if (callers.length) parts.push(`called by ${listed(callers)}`);
  if (callees.length) parts.push(`calls ${listed(callees)}`);
  return `${parts.join(", ")}.`;
}

/** @param {number} number @param {string} one */
export const plural = (number, one) => `${count(number)} ${one}${number === 1 ? "" : "s"}`;

/** The stage's name: "Service graph, 19 nodes, 2 failing". @param {Graph} graph */
export function stageName(graph) {
  const failing = [...graph.nodes.values()].filter((node) => node.health === "failing").length;
  return `Service graph, ${plural(graph.nodes.size, "node")}, ${failing} failing`;
}

/** `mTLS`, `86 % mTLS`, `plaintext`; empty where nothing says. @param {number|null|undefined} mtls */
export function secured(mtls) {
  if (mtls == null) return "";
  if (mtls >= 1) return "mTLS";
  return mtls <= 0 ? "plaintext" : `${part(mtls)} mTLS`;
}
