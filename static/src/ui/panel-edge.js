/** The panel of one call: the same, with codes, what the proxies' flags mean, and whether it is mutual TLS. */
import { html, nothing } from "lit/html.js";
import { fullName } from "../graph/words.js";
import { count, ratio } from "./number.js";
import { golden, why } from "./panel-node.js";
import { closeButton, icon, pill, traces } from "./panel-parts.js";

/** @typedef {import("../graph/model.js").Edge} Edge @typedef {import("./panel.js").Context} Context */

const EVIDENCE = /** @type {Record<string, string>} */ ({ metrics: "metrics that name both ends", logs: "access logs", stats: "proxy statistics", spans: "spans" });

/** @param {string} code */
const isBad = (code) => (code.startsWith("grpc:") ? code !== "grpc:0" && !["grpc:1", "grpc:3", "grpc:5"].includes(code) : Number(code) >= 500);

/** @param {Record<string, number>} codes */
function codesTable(codes) {
  const rows = Object.entries(codes).sort(([, a], [, b]) => b - a);
  const total = rows.reduce((sum, [, number]) => sum + number, 0);
  if (!rows.length) return nothing;
  return html`<div class="blk"><h3>Answers</h3><dl class="codes">${rows.map(([code, number]) => html`<dt class="mono ${isBad(code) ? "bad" : ""}">${code.replace("grpc:", "gRPC ")}</dt><dd class="num">${count(number)}</dd><dd class="num dim">${ratio(number / total)}</dd>`)}</dl></div>`;
}

/** @param {Record<string, number>} seen @param {Record<string, {name?: string, text: string}>} known */
function flagNotes(seen, known) {
  const rows = Object.entries(seen).sort(([, a], [, b]) => b - a);
  if (!rows.length) return nothing;
  return html`<div class="blk"><h3>What the proxy said</h3><ul class="flags">${rows.map(([flag, number]) => html`<li class="flag"><p class="row"><span class="tag">${flag}</span><b class="grow">${known[flag]?.name ?? ""}</b><span class="num dim">${count(number)} ×</span></p>${known[flag] ? html`<p class="small mut">${known[flag].text}</p>` : nothing}</li>`)}</ul></div>`;
}

/** @param {Edge} edge */
function security(edge) {
  if (edge.mtls_ratio == null) return "Nothing says whether it is encrypted.";
  if (edge.mtls_ratio >= 1) return "All of it is mutual TLS.";
  return edge.mtls_ratio <= 0 ? "All of it is plaintext." : `${ratio(edge.mtls_ratio)} is mutual TLS, the rest plaintext.`;
}

/** @param {Edge} edge @param {Context} context */
export function edgePanel(edge, context) {
  const newest = edge.failing_traces?.[0];
  const { retry_ratio } = edge.signals;
  return html`
<div class="blk"><div class="between"><p class="crumb">call · ${(edge.protocols ?? [edge.protocol]).join(", ")}</p>${closeButton()}</div>
<h2 class="ptitle call" id="panel-title" tabindex="-1"><a href=${context.link(edge.source)} data-go=${edge.source} data-kind="node">${fullName(edge.source)}</a>${icon("arrow-right", "i s")}<a href=${context.link(edge.target)} data-go=${edge.target} data-kind="node">${fullName(edge.target)}</a></h2>
<p class="row">${pill(edge.health)}</p>
${why(edge)}
${newest ? html`<div class="row acts"><a class="btn pri" href="/api/v1/traces/${newest}">Open a failing request</a></div>` : nothing}</div>
${golden(edge, context)}
${codesTable(edge.codes)}
${flagNotes(edge.flags, context.flags)}
<div class="blk mut"><p class="row">${icon("lock", "i s")}${security(edge)}</p>${retry_ratio ? html`<p>${ratio(retry_ratio)} of its requests were tried again.</p>` : nothing}<p class="small dim next">Known from ${edge.evidence.map((each) => EVIDENCE[each] ?? each).join(" and ")}.</p></div>
${traces(edge.failing_traces ?? [])}`;
}
