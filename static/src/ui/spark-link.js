/** Small lines lead to the traces behind one of their points: the one under the pointer, or, by arrow keys, any. Fetched when a line is first pointed at. */
import { clock } from "./time.js";

/** @param {HTMLAnchorElement} link @returns {number[]} the instants of its points, Unix ms */
const times = (link) => (link.dataset.t ?? "").split(",").map(Number);

/** The link leads to the window that ends at a point, and shows which. @param {HTMLAnchorElement} link @param {number} at Unix ms */
function turnTo(link, at) {
  const url = new URL(link.href);
  const long = Date.parse(url.searchParams.get("to") ?? "") - Date.parse(url.searchParams.get("from") ?? "");
  url.searchParams.set("from", new Date(at - long).toISOString());
  url.searchParams.set("to", new Date(at).toISOString());
  link.href = url.href;
  const said = `Traces of the minute to ${clock(new Date(at))}`;
  link.setAttribute("aria-label", said);
  link.title = said;
  const { from, to } = link.dataset;
  link.style.setProperty("--at", String((at - Number(from)) / Math.max(1, Number(to) - Number(from))));
  link.dataset.at = String(at);
}

/** @param {number[]} t @param {number} at */
export const nearest = (t, at) => t.reduce((best, each) => (Math.abs(each - at) < Math.abs(best - at) ? each : best));

/** @param {Event} event */
const linkOf = (event) => /** @type {HTMLAnchorElement|null} */ (event.target instanceof Element ? event.target.closest("a.sparklink") : null);

/** @param {HTMLAnchorElement} link @param {MouseEvent} event */
function pointed(link, event) {
  const box = link.getBoundingClientRect();
  const [from, to] = [Number(link.dataset.from), Number(link.dataset.to)];
  turnTo(link, nearest(times(link), from + ((event.clientX - box.left) / box.width) * (to - from)));
}

/** A push has led the link to the newest point again, wherever the keys were. @param {HTMLAnchorElement} link */
const chosen = (link) => (link.dataset.at ? nearest(times(link), Number(link.dataset.at)) : times(link).at(-1) ?? NaN);

/** What a pointer, a key or a click on a line does; a click goes on to where the link leads then. @param {Event} event */
export function act(event) {
  const link = linkOf(event);
  if (!link) return;
  if (event instanceof KeyboardEvent) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const t = times(link);
    if (step) turnTo(link, t[Math.max(0, Math.min(t.length - 1, t.indexOf(chosen(link)) + step))]);
  } else if (event.type === "click" && /** @type {MouseEvent} */ (event).detail === 0) {
    if (link.dataset.at) turnTo(link, chosen(link));
  } else pointed(link, /** @type {MouseEvent} */ (event));
}
