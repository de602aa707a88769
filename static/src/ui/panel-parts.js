/** Small parts that panels and tables are made of. */
import { html, nothing, svg } from "lit/html.js";
import { shortRate, worseSignal } from "../graph/words.js";
import { isProblem } from "../graph/model.js";
import { spriteUrl } from "./health.js";
import { icon, mark } from "./marks.js";
import { GAP, NONE, ratio } from "./number.js";
import { tracesOf } from "./trace-links.js";

export { icon, mark };

/** @typedef {import("../graph/model.js").Node} Node @typedef {import("../graph/model.js").Edge} Edge */

/** @param {string} health */
export const pill = (health) => html`<span class="pill" data-h=${health}><svg class="h" data-h=${health} aria-hidden="true"><use href="${spriteUrl()}#${health}"></use></svg>${health}</span>`;

export const closeButton = () => html`<button class="btn quiet icon small-icon" type="button" data-act="close" aria-label="Close">${icon("x", "i s")}</button>`;

/** Its first words, up to the first comma or bracket, carry the number. @param {string} text */
export function reason(text) {
  const end = text.search(/[,(;]|\.\s/);
  return end < 0 ? html`<b>${text}</b>` : html`<b>${text.slice(0, end)}</b>${text.slice(end)}`;
}

/** @param {number[]} xs @param {(number|null)[]} values @param {number} h @param {number} most */
function pieces(xs, values, h, most) {
  /** @type {[number, number][][]} */ const parts = [];
  values.forEach((value, i) => {
    if (value === null) return;
    const point = /** @type {[number, number]} */ ([xs[i], h - 2 - (value / most) * (h - 5)]);
    if (i === 0 || values[i - 1] === null || !parts.length) parts.push([point]);
    else parts[parts.length - 1].push(point);
  });
  return parts;
}

/** A small line without axes, from zero; a gap where there was no value, a dash where one stands alone. @param {import("./panel.js").Lines} lines @param {string} signal @param {string} tone @param {number} least what the top is at least */
export function spark({ series, from, to }, signal, tone, least) {
  const [w, h] = [150, 30];
  const values = series.values[signal];
  const xs = series.t.map((at) => 1 + ((at - from) * (w - 2)) / Math.max(1, to - from));
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return html`<svg class="spark" viewBox="0 0 ${w} ${h}" aria-hidden="true"></svg>`;
  const most = Math.max(least, ...known) * 1.1;
  const lines = pieces(xs, values, h, most);
  const path = (/** @type {[number, number][]} */ part) => part.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("") + (part.length > 1 ? "" : "h1");
  return html`<svg class="spark ${tone}" viewBox="0 0 ${w} ${h}" preserveAspectRatio="none" aria-hidden="true">${lines.map((part) => svg`<path class="area" d="${path(part)}L${part[part.length - 1][0].toFixed(1)} ${h}L${part[0][0].toFixed(1)} ${h}Z"></path><path class="line" d=${path(part)}></path>`)}</svg>`;
}

/** A line that leads to the traces behind its points. @param {string} href those of its end @param {import("./panel.js").Lines} lines @param {unknown} line */
export const sparkLink = (href, { series, from, to }, line) => html`<a class="sparklink" href=${href} aria-label="Traces of the last minute" data-t=${series.t.join(",")} data-from=${from} data-to=${to}>${line}</a>`;

/** @param {Node|Edge} it @param {import("../graph/model.js").Graph} graph */
export const toTraces = (it, graph) => html`${it.signals.error_ratio ? html`<a class="btn" href=${tracesOf(it, graph, true)}>Failing traces</a>` : nothing}<a class="btn" href=${tracesOf(it, graph, false)}>Slowest traces</a>`;

/** @param {Node|Edge} it */
export const tone = (it) => (it.health === "failing" ? "bad" : it.health === "degraded" ? "warn" : "");

/** A row that leads to a node and, by its numbers, to the call between. @param {Edge} edge @param {string} id the node at the other end @param {string} name @param {(id: string) => string} link */
export function peer(edge, id, name, link) {
  return html`<li class="peer">${mark(edge.health)}<a class="svc" href=${link(id)} data-go=${id} data-kind="node">${name}</a><a class="num" href=${link(edge.id)} data-go=${edge.id} data-kind="edge" title="The call"><span class="dim">${shortRate(edge.signals.rps)}</span> <span class=${isProblem(edge) ? tone(edge) : "dim"}>${worseSignal(edge) || "–"}</span></a></li>`;
}

/** From which share of failed requests a version's is written in colour: as health judges errors by default. */
const FAILING = 0.05;

/** Versions with their share of the traffic, a bar each, and their own errors. @param {import("../graph/model.js").VersionShare[]} shares @param {string} title */
export function versions(shares, title) {
  return html`<div class="blk"><h3>${title}</h3><table class="shares">
<thead class="vh"><tr><th scope="col">Version</th><th scope="col">Share as a bar</th><th scope="col">Share of requests</th><th scope="col">Errors</th></tr></thead>
<tbody>${shares.map(({ version, share, error_ratio }, i) => html`<tr><th scope="row" class=${version ? "mono" : "dim"}>${version || "not said"}</th>
<td><svg class="share" data-nth=${i % 2} viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="whole" width="100" height="6" rx="1"></rect><rect width=${((share ?? 0) * 100).toFixed(1)} height="6" rx="1"></rect></svg></td>
<td class="num mut">${ratio(share)}</td><td class="num ${(error_ratio ?? 0) >= FAILING ? "bad" : "mut"}">${error_ratio == null ? NONE : html`${ratio(error_ratio)}<span class="dim">${GAP}err</span>`}</td></tr>`)}</tbody></table></div>`;
}

/** The newest failing traces, by id. @param {string[]} ids */
export function traces(ids) {
  if (!ids.length) return nothing;
  return html`<div class="blk"><h3>Last failing traces</h3><ul class="traces">${ids.map((id) => html`<li class="row"><a class="mono link grow" href="/traces/${id}/">${id}</a><button class="btn quiet icon small-icon" type="button" data-copy-text=${id} aria-label="Copy trace id ${id}">${icon("copy", "i s")}</button></li>`)}</ul></div>`;
}

