/** The panel of one node: how it is, why, its four golden signals, versions, who calls it and whom it calls. */
import { html, nothing } from "lit/html.js";
import { callsFrom, callsInto, isProblem } from "../graph/model.js";
import { fullName, fullRate } from "../graph/words.js";
import { level, ms, ratio } from "./number.js";
import { closeButton, peer, pill, reason, spark, sparkLink, toTraces, tone, traces, versions } from "./panel-parts.js";
import { tracesOf } from "./trace-links.js";

/**
 * @typedef {import("../graph/model.js").Node} Node
 * @typedef {import("../graph/model.js").Edge} Edge
 * @typedef {import("./panel.js").Context} Context
 */

/** Which signals are shown, how, and what the top of their line is at least. @type {[string, string, (value: number|null) => string, number][]} */
const GOLDEN = [
  ["rps", "Traffic", fullRate, 1],
  ["error_ratio", "Errors", ratio, 0.02],
  ["p95_ms", "p95", ms, 1],
  ["saturation", "Saturation", level, 1],
];

/** @param {Node|Edge} it @param {Context} context */
export function golden(it, { lines, graph }) {
  return html`<div class="blk"><dl class="gold">${GOLDEN.map(([signal, label, words, least]) => {
    const concerned = it.reasons?.find((each) => each.signal === signal);
    const colour = concerned && isProblem(it) ? tone(it) : signal === "rps" ? "calm" : "";
    return html`<div class="stat"><dt>${label}${concerned?.threshold != null ? ` · threshold ${words(concerned.threshold)}` : ""}</dt><dd class=${concerned && isProblem(it) ? tone(it) : ""}>${words(it.signals[signal])}</dd>${it.signals[signal] == null ? nothing : sparkLink(tracesOf(it, graph, signal === "error_ratio", lines.to), lines, spark(lines, signal, colour, least))}</div>`;
  })}</dl><p class="small dim since">${lines.since}</p></div>`;
}

/** Why it is as it is; healthy things may have a reason too (too few requests to judge). @param {Node|Edge} it */
export function why(it) {
  if (it.reasons?.length) return it.reasons.map((each) => html`<p class="mut why">${reason(each.text)}</p>`);
  const said = { healthy: "Nothing is wrong here.", idle: "No request in the last minute.", unknown: "Seen, but nothing says how its requests end.", degraded: "", failing: "" }[it.health];
  return said ? html`<p class="mut why">${said}</p>` : nothing;
}

/** @param {Node} node @param {Context} context */
export function nodePanel(node, context) {
  const { graph, link } = context;
  const into = callsInto(graph, node.id);
  const from = callsFrom(graph, node.id);
  const near = (/** @type {string} */ id) => (id.startsWith(`${node.cluster ? `${node.cluster}:` : ""}${node.namespace}/`) ? id.slice(id.indexOf("/") + 1) : fullName(id));
  const newest = node.failing_traces?.[0];
  return html`
<div class="blk"><div class="between"><p class="crumb">${node.kind}${node.namespace === "-" ? "" : ` · ns ${node.namespace}`}${node.cluster ? ` · cluster ${node.cluster}` : ""}</p>${closeButton()}</div>
<div class="row wraps"><h2 class="ptitle" id="panel-title" tabindex="-1">${node.name}</h2>${pill(node.health)}</div>
${why(node)}
${node.warning ? html`<p class="note small">${node.warning}</p>` : nothing}
<div class="row wraps acts">${newest ? html`<a class="btn pri" href="/traces/${newest}/">Open a failing request</a>` : nothing}${toTraces(node, graph)}<button class="btn" type="button" data-act="focus">${context.focused === node.id ? "Show the whole graph" : "Show only its calls"}</button></div></div>
${golden(node, context)}
${node.version_shares?.length ? versions(node.version_shares, "Versions") : node.versions.length ? html`<div class="blk"><h3>Versions</h3><p class="row wraps">${node.versions.map((version) => html`<span class="tag">${version}</span>`)}</p></div>` : nothing}
<div class="blk">${into.length ? html`<h3>Called by</h3><ul>${into.map((edge) => peer(edge, edge.source, near(edge.source), link))}</ul>` : html`<p class="dim">Nobody was seen calling it.</p>`}
${from.length ? html`<h3 class="next">Calls</h3><ul>${from.map((edge) => peer(edge, edge.target, near(edge.target), link))}</ul>` : nothing}</div>
${traces(node.failing_traces ?? [])}
${node.last_request ? html`<p class="blk small dim">Last request <time datetime=${node.last_request}></time></p>` : nothing}`;
}
