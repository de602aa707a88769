/** The panel of one call: the same, with codes, what the proxies' flags mean, retries and limits, versions, and how it is secured. */
import { html, nothing } from "lit/html.js";
import { fullName } from "../graph/words.js";
import { counted, ejections, fullness, security, shortIdentity, tries } from "./call-words.js";
import { count, part, ratio } from "./number.js";
import { golden, why } from "./panel-node.js";
import { closeButton, icon, pill, toTraces, traces, versions } from "./panel-parts.js";

/** @typedef {import("../graph/model.js").Edge} Edge @typedef {import("./panel.js").Context} Context */

/** @param {string} code */
const isBad = (code) => (code.startsWith("grpc:") ? code !== "grpc:0" && !["grpc:1", "grpc:3", "grpc:5"].includes(code) : Number(code) >= 500);

/** @param {Record<string, number>} codes */
function codesTable(codes) {
  const rows = Object.entries(codes).sort(([, a], [, b]) => b - a);
  const total = rows.reduce((sum, [, number]) => sum + number, 0);
  if (!rows.length) return nothing;
  return html`<div class="blk"><h3>Answers</h3><dl class="codes">${rows.map(([code, number]) => html`<dt class="mono ${isBad(code) ? "bad" : ""}">${code.replace("grpc:", "gRPC ")}</dt><dd class="num">${count(number)}</dd><dd class="num dim">${ratio(number / total)}</dd>`)}</dl></div>`;
}

/** A request may have several flags; each is told once, with its requests. @param {Record<string, number>} seen @param {Record<string, {name?: string, text: string}>} known */
function flagNotes(seen, known) {
  /** @type {Map<string, number>} */ const each = new Map();
  for (const [flags, number] of Object.entries(seen)) for (const flag of flags.split(",")) each.set(flag, (each.get(flag) ?? 0) + number);
  const rows = [...each].sort(([, a], [, b]) => b - a);
  if (!rows.length) return nothing;
  return html`<div class="blk"><h3>What the proxy said</h3><ul class="flags">${rows.map(([flag, number]) => html`<li class="flag"><p class="row"><span class="tag">${flag}</span><b class="grow">${known[flag]?.name ?? ""}</b><span class="num dim">${count(number)} ×</span></p>${known[flag] ? html`<p class="small mut">${known[flag].text}</p>` : nothing}</li>`)}</ul></div>`;
}

/** One end's identities: short to read, whole as a title and to copy. @param {string} end @param {string[]} all */
function identities(end, all) {
  if (!all.length) return nothing;
  return html`<dt class="dim">${end}</dt><dd>${all.map((id) => html`<span class="row"><code class="mono grow" title=${id}>${shortIdentity(id)}</code><button class="btn quiet icon small-icon" type="button" data-copy-text=${id} aria-label="Copy identity ${id}">${icon("copy", "i s")}</button></span>`)}</dd>`;
}

/** @param {Edge} edge */
function securityOf(edge) {
  const { mtls_ratio: mtls, signals: { denied_ratio: denied } } = edge;
  const { source = [], target = [] } = edge.identities ?? {};
  const open = mtls != null && mtls < 1;
  return html`<div class="blk"><h3>Security</h3>
<p class="row top-al ${open ? "" : "mut"}">${icon(open ? "lock-open" : "lock", "i s")}<span>${security(mtls)}</span></p>
${denied ? html`<p class="warn">${part(denied)} is denied by policy.</p>` : nothing}
${source.length || target.length ? html`<dl class="ids">${identities("Caller", source)}${identities("Called", target)}</dl>` : nothing}</div>`;
}

/** What is hidden from who only counts failures: retries, limits, ejected hosts. @param {Edge} edge */
function behind(edge) {
  const rows = [["Retries", tries(edge.attempts)], ["Limits", fullness(edge.signals.saturation, edge.flags)], ["Hosts", ejections(edge.ejected_ratio, edge.versions?.length ?? 0)]].filter(([, words]) => words);
  if (!rows.length) return nothing;
  return html`<div class="blk"><h3>Behind it</h3><dl class="facts">${rows.map(([name, words]) => html`<dt class="dim">${name}</dt><dd>${words}</dd>`)}</dl></div>`;
}

/** @param {Edge} edge @param {Context} context */
export function edgePanel(edge, context) {
  const newest = edge.failing_traces?.[0];
  return html`
<div class="blk"><div class="between"><p class="crumb">call · ${(edge.protocols ?? [edge.protocol]).join(", ")}</p>${closeButton()}</div>
<h2 class="ptitle call" id="panel-title" tabindex="-1"><a href=${context.link(edge.source)} data-go=${edge.source} data-kind="node">${fullName(edge.source)}</a>${icon("arrow-right", "i s")}<a href=${context.link(edge.target)} data-go=${edge.target} data-kind="node">${fullName(edge.target)}</a></h2>
<p class="row">${pill(edge.health)}</p>
${why(edge)}
<div class="row wraps acts">${newest ? html`<a class="btn pri" href="/traces/${newest}/">Open a failing request</a>` : nothing}${toTraces(edge, context.graph)}</div></div>
${golden(edge, context)}
${codesTable(edge.codes)}
${flagNotes(edge.flags, context.flags)}
${behind(edge)}
${edge.versions?.length ? versions(edge.versions, "Versions called") : nothing}
${securityOf(edge)}
${traces(edge.failing_traces ?? [])}
<p class="blk small dim">${counted(edge.evidence)}</p>`;
}
