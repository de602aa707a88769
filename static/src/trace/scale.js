/** Times as places in a row: the part of the trace that is shown, its axis, and where a label goes. Pure. */
import { ms } from "../ui/number.js";

/** @typedef {{from: number, to: number}} Span  µs since the trace's start */

const NEAREST_US = 10;
const STEPS = [1, 2, 5];

/** @param {number} us */
export const time = (us) => ms(us / 1000);

/** A time on the axis, exact enough to differ from its neighbours. @param {number} us @param {number} step */
export function tick(us, step) {
  if (us === 0) return "0";
  if (step >= 1_000_000 || (us >= 1_000_000 && step >= 10_000)) return `${(us / 1e6).toFixed(Math.max(0, Math.min(3, 6 - Math.floor(Math.log10(step)))))}\u2009s`;
  const digits = step >= 1000 ? 0 : step >= 100 ? 1 : step >= 10 ? 2 : 3;
  return `${(us / 1000).toFixed(digits)}\u2009ms`;
}

/** Round times for the axis, at most `most` between the ends. @param {Span} view @param {number} most @returns {{step: number, at: number[]}} */
export function ticks({ from, to }, most) {
  const length = to - from;
  if (length <= 0 || most < 1) return { step: 1, at: [from] };
  let step = 10 ** Math.floor(Math.log10(length / most));
  step = Math.max(1, (STEPS.find((each) => length / (each * step) <= most) ?? 10) * step);
  const at = [];
  for (let k = Math.ceil(from / step); k * step <= to; k++) at.push(k * step);
  return { step, at };
}

/** Inside the trace, and not so near that nothing is left. @param {Span} wanted @param {number} duration @returns {Span} */
export function within(wanted, duration) {
  const length = Math.min(duration, Math.max(wanted.to - wanted.from, Math.min(NEAREST_US, duration)));
  const from = Math.max(0, Math.min(wanted.from, duration - length));
  return { from, to: from + length };
}

/** Nearer (by more than 1) or farther, `around` stays where it is. @param {Span} view @param {number} by @param {number} around @param {number} duration @returns {Span} */
export function zoomed(view, by, around, duration) {
  const share = view.to > view.from ? (Math.min(view.to, Math.max(view.from, around)) - view.from) / (view.to - view.from) : 0.5;
  const middle = view.from + share * (view.to - view.from);
  const length = (view.to - view.from) / by;
  return within({ from: middle - share * length, to: middle + (1 - share) * length }, duration);
}

/**
 * A bar in pixels, at least 2 wide, cut to what is shown; null if it lies outside.
 * @param {Span} view @param {number} width @param {number} start @param {number} end
 */
export function bar(view, width, start, end) {
  if (end < view.from || start > view.to) return null;
  const per = width / Math.max(1, view.to - view.from);
  const x = Math.max(0, (start - view.from) * per);
  const right = Math.min(width, (end - view.from) * per);
  const drawn = Math.max(2, right - x);
  return { x: Math.min(x, width - 2), width: drawn };
}

/**
 * Right of its bar; left of it where there is no room; else in it.
 * @param {{x: number, width: number}} of @param {number} width of the row @param {number} text about how wide it is
 * @returns {{x: number, anchor: "start"|"end"}}
 */
export function label(of, width, text) {
  if (of.x + of.width + 6 + text <= width) return { x: of.x + of.width + 6, anchor: "start" };
  if (of.x - 6 - text >= 0) return { x: of.x - 6, anchor: "end" };
  return { x: of.x + 6, anchor: "start" };
}
