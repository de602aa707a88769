/** The panel where nothing is chosen: what is wrong, worst first. And the panel of a namespace. */
import { html, nothing } from "lit/html.js";
import { isEdge, isProblem, worse } from "../graph/model.js";
import { callName, fullRate, plural, reasonOf } from "../graph/words.js";
import { ratio } from "./number.js";
import { closeButton, mark, pill } from "./panel-parts.js";

/**
 * @typedef {import("../graph/model.js").Node} Node
 * @typedef {import("../graph/model.js").Edge} Edge
 * @typedef {import("./panel.js").Context} Context
 */

/** @param {Node|Edge} it */
const service = (it) => (isEdge(it) ? html`<span class="svc">${callName(it)}</span>` : html`<span class="svc"><i>${it.namespace === "-" ? "" : `${it.namespace}/`}</i>${it.name}</span>`);

/** @param {Node|Edge} it @param {Context} context */
const entry = (it, context) => html`<li><a class="row top-al" href=${context.link(it.id)} data-go=${it.id} data-kind=${isEdge(it) ? "edge" : "node"}>${mark(it.health)}<span class="grow">${service(it)}<span class="small dim block">${reasonOf(it) || fullRate(it.signals.rps)}</span></span></a></li>`;

/** @param {(Node|Edge)[]} problems @param {Context} context */
export function problemsPanel(problems, context) {
  return html`
<div class="blk"><div class="between"><p class="crumb">nothing selected</p>${closeButton()}</div>
<h2 class="ptitle" id="panel-title" tabindex="-1">${plural(problems.length, "problem")}</h2></div>
<ul class="list">${problems.map((it) => entry(it, context))}</ul>`;
}

/** @param {import("../graph/entities.js").Card} card @param {boolean} open @param {Node[]} nodes @param {Context} context */
export function namespacePanel(card, open, nodes, context) {
  const listed = [...nodes].sort(worse);
  return html`
<div class="blk"><div class="between"><p class="crumb">namespace · ${plural(card.count, "node")}</p>${closeButton()}</div>
<div class="row wraps"><h2 class="ptitle" id="panel-title" tabindex="-1">${card.name}</h2>${pill(card.health)}</div>
<p class="mut why">${fullRate(card.rps)}${card.error_ratio === null ? nothing : html`, ${ratio(card.error_ratio)} of it fails`}. ${plural(listed.filter(isProblem).length, "problem")}.</p>
<div class="row acts"><button class="btn pri" type="button" data-act="toggle">${open ? "Close this namespace" : "Open in the graph"}</button></div></div>
<ul class="list">${listed.slice(0, 50).map((it) => entry(it, context))}</ul>
${listed.length > 50 ? html`<p class="blk small dim">and ${listed.length - 50} more</p>` : nothing}`;
}
