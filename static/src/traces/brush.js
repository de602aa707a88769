/** From places on the picture of all matches to times and durations, and back into words. Pure. */
import { count, ms } from "../ui/number.js";

/**
 * @typedef {{since: number, step_s: number, columns: number, low: number, rows: number}} Grid since: Unix ms; low: the lowest row
 * @typedef {{column: number, row: number}} Place row: from the top
 * @typedef {{from: number, to: number, min: number, max: number}} Part Unix ms; ms, min 0 and max Infinity where it goes on to the edge
 */

const AN_OCTAVE = 2;

const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.max(0, Math.min(most - 1, Math.floor(value)));

/** @param {number} x share of the width @param {number} y share of the height @param {Grid} grid @returns {Place} */
export const placeAt = (x, y, grid) => ({ column: within(x * grid.columns, grid.columns), row: within(y * grid.rows, grid.rows) });

/** Above what a row's durations are. @param {number} row from the top @param {Grid} grid */
const above = (row, grid) => 2 ** ((grid.low + grid.rows - 1 - row) / AN_OCTAVE);

/** All between two corners, in whole cells. @param {Place} a @param {Place} b @param {Grid} grid @returns {Part} */
export function partOf(a, b, grid) {
  const [left, right] = [Math.min(a.column, b.column), Math.max(a.column, b.column)];
  const [top, bottom] = [Math.min(a.row, b.row), Math.max(a.row, b.row)];
  return {
    from: grid.since + left * grid.step_s * 1000,
    to: grid.since + (right + 1) * grid.step_s * 1000,
    min: bottom === grid.rows - 1 ? 0 : above(bottom, grid),
    max: top === 0 ? Infinity : above(top - 1, grid),
  };
}

/** `2026-03-01T14:02:00+05:30`: the viewer's clock, with its zone. @param {number} at Unix ms */
export function localTime(at) {
  const date = new Date(at);
  const east = -date.getTimezoneOffset();
  const two = (/** @type {number} */ value) => String(Math.abs(Math.trunc(value))).padStart(2, "0");
  const local = new Date(at + east * 60_000).toISOString().slice(0, 19);
  return `${local}${east < 0 ? "-" : "+"}${two(east / 60)}:${two(east % 60)}`;
}

/** A duration as the API reads it, rounded away from what is selected by less than a cell would show. @param {number} value ms */
export const duration = (value) => (value === 0 || value === Infinity ? "" : `${Number(value.toPrecision(6))}ms`);

/** @param {Part} part */
export function partWords({ from, to, min, max }) {
  const time = (/** @type {number} */ at) => localTime(at).slice(11, 19);
  const took = max === Infinity ? (min === 0 ? "any duration" : `over ${ms(min)}`) : min === 0 ? `up to ${ms(max)}` : `${ms(min)} to ${ms(max)}`;
  return `${time(from)} to ${time(to)}, ${took}`;
}

/** @param {Part} part @param {number} traces @param {number} failed */
export const cellWords = (part, traces, failed) => `${partWords(part)}: ${count(traces)} ${traces === 1 ? "trace" : "traces"}${failed ? `, ${count(failed)} with a failure` : ""}`;
