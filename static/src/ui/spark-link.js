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

/** @param {PointerEvent|MouseEvent} event */
function pointed(event) {
  const link = linkOf(event);
  if (!link) return;
  const box = link.getBoundingClientRect();
  const [from, to] = [Number(link.dataset.from), Number(link.dataset.to)];
  turnTo(link, nearest(times(link), from + ((event.clientX - box.left) / box.width) * (to - from)));
}

/** @param {HTMLElement} panel */
export function followPoints(panel) {
  panel.addEventListener("pointermove", pointed);
  panel.addEventListener("click", (event) => {
    const link = linkOf(event);
    // A push has led the link to the newest point again, wherever the pointer or the keys were.
    if (link && event.detail === 0 && link.dataset.at) turnTo(link, nearest(times(link), Number(link.dataset.at)));
    else if (event.detail > 0) pointed(event);
  }, true);
  panel.addEventListener("keydown", (event) => {
    const link = linkOf(event);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!link || step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const t = times(link);
    const now = link.dataset.at ? t.indexOf(nearest(t, Number(link.dataset.at))) : t.length - 1;
    turnTo(link, t[Math.max(0, Math.min(t.length - 1, now + step))]);
  });
}
