/** The other views of a trace: a table of what was done, a flame graph, the trace's own service graph. */
import { html, nothing, render, svg } from "lit/html.js";
import { count, GAP, ratio } from "../ui/number.js";
import { barsOf } from "./flame.js";
import { sorted } from "./groups.js";
import { nameOf, operationOf, serviceOf } from "./outline.js";
import { time } from "./scale.js";

/** @typedef {import("./outline.js").Outline} Outline @typedef {import("./groups.js").Group} Group */

const MOST_ROWS = 500;
const MOST_DEEP = 120;
const BAR_PX = 22;
const CHAR_PX = 6.4;
const HUES = 6;
/** @type {[string, string, string][]} */
const HEADS = [["service", "Service", ""], ["operation", "Operation", ""], ["spans", "Spans", "num"], ["failed", "Errors", "num"], ["own", "Its own time", "num"], ["critical", "Critical path", "num sm-hide"], ["duration", "Longest", "num sm-hide"]];

/** @param {HTMLElement} into @param {Outline} trace @param {Group[]} groups @param {string} sort @param {number} selected */
export function table(into, trace, groups, sort, selected) {
  const listed = sorted(groups, sort);
  const by = sort.replace(/^-/, "");
  const way = (/** @type {string} */ name) => (name !== by ? "none" : (name === "service" || name === "operation") !== sort.startsWith("-") ? "ascending" : "descending");
  const key = selected < 0 ? "" : `${trace.columns.service[selected]} ${trace.columns.operation[selected]}`;
  render(html`<table class="tbl ttable"><caption class="vh">What was done in this trace, spans of the same kind together</caption>
<thead><tr>${HEADS.map(([name, word, classes]) => html`<th scope="col" class=${classes} aria-sort=${way(name)}><button type="button" data-sort=${name}>${word}</button></th>`)}</tr></thead>
<tbody>${listed.slice(0, MOST_ROWS).map((group) => html`<tr data-index=${group.longest} class=${group.key === key ? "on" : ""}><th scope="row"><span class="svc">${nameOf(group.service)}</span></th><td><button type="button" class="link" data-index=${group.longest}>${group.operation}</button></td><td class="num">${count(group.spans)}</td><td class="num ${group.failed ? "bad" : "dim"}">${count(group.failed)}</td><td class="num">${time(group.own)}</td><td class="num sm-hide">${trace.duration ? ratio(group.critical / trace.duration) : "–"}</td><td class="num sm-hide">${time(group.duration)}</td></tr>`)}</tbody></table>
${listed.length > MOST_ROWS ? html`<p class="small dim pad">and ${count(listed.length - MOST_ROWS)} more kinds of spans</p>` : nothing}`, into);
}

/** @param {HTMLElement} into @param {Outline} trace @param {import("./flame.js").Flame[]} flames @param {number} selected */
export function flame(into, trace, flames, selected) {
  const width = Math.max(200, into.clientWidth - 2);
  const bars = barsOf(flames, width, 1).filter((bar) => bar.flame.depth < MOST_DEEP);
  const deep = bars.reduce((most, bar) => Math.max(most, bar.flame.depth + 1), 1);
  const all = flames.reduce((sum, each) => (each.parent < 0 ? sum + each.total : sum), 0) || 1;
  render(html`<p class="small dim pad">As wide as the time of their own and of all below; spans that came the same way and did the same are one bar.</p>
<svg class="tflame" width=${width} height=${deep * BAR_PX} role="group" aria-label="Flame graph">${bars.map(({ flame: each, x, width: wide }) => {
    const name = `${nameOf(serviceOf(trace, each.index))} ${operationOf(trace, each.index)}`;
    const long = `${name}: ${time(each.total)} (${ratio(each.total / all)}), its own ${time(each.own)}${each.spans > 1 ? `, ${count(each.spans)} spans` : ""}${each.failed ? `, ${count(each.failed)} failed` : ""}`;
    const room = Math.floor((wide - 8) / CHAR_PX);
    return svg`<g data-index=${each.index} role="button" tabindex=${wide > 24 ? "0" : "-1"} class=${each.index === selected ? "on" : ""}><title>${long}</title><rect class="wfe ${each.failed ? "bad" : ""}" data-hue=${trace.columns.service[each.index] % HUES} x=${x} width=${Math.max(1, wide - 1)} y=${each.depth * BAR_PX} height=${BAR_PX - 1} rx="3"></rect>${room > 3 ? svg`<text x=${x + 5} y=${each.depth * BAR_PX + 15}>${name.length > room ? `${name.slice(0, room - 1)}…` : name}</text>` : nothing}</g>`;
  })}</svg>`, into);
}

const [NODE_W, NODE_H, GAP_X, GAP_Y] = [156, 44, 70, 18];

/** @param {HTMLElement} into @param {Outline} trace @param {{places: import("./calls.js").Place[], calls: import("./calls.js").Call[]}} drawn @param {(service: string) => string} link */
export function calls(into, trace, { places, calls: all }, link) {
  const at = new Map(places.map((each) => [each.service, { x: 12 + each.column * (NODE_W + GAP_X), y: 12 + each.row * (NODE_H + GAP_Y) }]));
  const width = Math.max(...[...at.values()].map(({ x }) => x + NODE_W + 12), 200);
  const height = Math.max(...[...at.values()].map(({ y }) => y + NODE_H + 12), 60);
  render(html`<div class="tcalls"><svg width=${width} height=${height} role="group" aria-label="Services of this trace and their calls">
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 1 7 4 0 7Z"></path></marker></defs>
${all.map((call) => line(trace, call, /** @type {any} */ (at.get(call.source)), /** @type {any} */ (at.get(call.target))))}
${places.map((each) => node(each, /** @type {any} */ (at.get(each.service)), link))}</svg></div>
<ul class="vh" aria-label="Calls">${all.map((call) => html`<li>${call.source} called ${call.target} ${count(call.calls)} times${call.failed ? `, ${count(call.failed)} failed` : ""}</li>`)}</ul>`, into);
}

/** @param {Outline} trace @param {import("./calls.js").Call} call @param {{x: number, y: number}} from @param {{x: number, y: number}} to */
function line(trace, call, from, to) {
  const forward = to.x > from.x;
  const [x1, y1] = [forward ? from.x + NODE_W : from.x + NODE_W / 2, forward ? from.y + NODE_H / 2 : from.y + NODE_H];
  const [x2, y2] = [forward ? to.x : to.x + NODE_W / 2, forward ? to.y + NODE_H / 2 : to.y + NODE_H];
  const bend = forward ? `C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2} ${x2} ${y2}` : `C${x1} ${y1 + 30} ${x2} ${y2 + 30} ${x2} ${y2}`;
  const said = `${call.calls > 1 ? `${count(call.calls)}${GAP}× · ` : ""}${call.failed ? `${count(call.failed)} failed` : time(trace.columns.duration[call.longest])}`;
  return svg`<g class=${call.failed ? "tcall bad" : "tcall"} data-index=${call.longest} role="button" tabindex="0" aria-label="${call.source} to ${call.target}, ${said}"><path d="M${x1} ${y1}${bend}" marker-end="url(#arrow)"></path><text x=${(x1 + x2) / 2} y=${(y1 + y2) / 2 - 5 + (forward ? 0 : 24)} text-anchor="middle">${said}</text></g>`;
}

/** @param {import("./calls.js").Place} each @param {{x: number, y: number}} at @param {(service: string) => string} link */
function node(each, at, link) {
  const slash = each.service.lastIndexOf("/");
  const name = each.service.slice(slash + 1);
  return svg`<a href=${link(each.service)} class=${each.failed ? "tnode bad" : "tnode"}><title>${each.service}, ${count(each.spans)} spans</title><rect x=${at.x} y=${at.y} width=${NODE_W} height=${NODE_H} rx="8"></rect><text class="name" x=${at.x + 12} y=${at.y + 18}>${name.length > 18 ? `${name.slice(0, 17)}…` : name}</text><text class="more" x=${at.x + 12} y=${at.y + 34}>${each.spans ? `${time(each.own)} its own` : "sent no span"}${each.failed ? ` · ${count(each.failed)} failed` : ""}</text></a>`;
}
