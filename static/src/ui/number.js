/**
 * Numbers as a person reads them (ui.md section 5): `ms` to 999 then `s`; `1,120` then `18.2 k`; one decimal below 10 %;
 * a thin gap before the unit; `–` for no data, never 0. Its Python twin is meshui/pages/words.py; both read test/words.json.
 */

export const GAP = "\u2009";
export const NONE = "–";
const NEARLY_ALL = 0.995;
/** From which count on, divided by what, which letter. */
const LARGE = /** @type {[number, number, string][]} */ ([[1e9, 1e9, "G"], [1e6, 1e6, "M"], [1e4, 1e3, "k"]]);
const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** @typedef {number|null|undefined} Value */

/** Half up, the same in Python. @param {number} value @param {number} digits */
const fixed = (value, digits) => (Math.floor(value * 10 ** digits + 0.5) / 10 ** digits).toFixed(digits);

/** A count of things: `931`, `5,740`, `18.2 k`, `11.2 M`. @param {Value} value */
export function count(value) {
  if (value == null) return NONE;
  for (const [from, by, letter] of LARGE) if (value >= from) return `${fixed(value / by, 1)}${GAP}${letter}`;
  return grouped.format(Math.floor(value + 0.5));
}

/** A rate without its unit: one decimal below 100. @param {Value} value */
export function rate(value) {
  if (value == null) return NONE;
  if (value === 0) return "0";
  if (value < 0.05) return "< 0.1";
  return value < 99.95 ? fixed(value, 1) : count(value);
}

/** A share of one: `0.2 %`, `31 %`. @param {Value} value */
export function ratio(value) {
  if (value == null) return NONE;
  const percent = value * 100;
  if (percent > 0 && percent < 0.05) return `<${GAP}0.1${GAP}%`;
  return `${percent === 0 || percent >= 9.95 ? fixed(percent, 0) : fixed(percent, 1)}${GAP}%`;
}

/** A share that is not whole is never said to be: `> 99 %`. @param {Value} value */
export const part = (value) => (value != null && value >= NEARLY_ALL && value < 1 ? `>${GAP}99${GAP}%` : ratio(value));

/** A level from 0 to 1: `0.70`. @param {Value} value */
export const level = (value) => (value == null ? NONE : fixed(value, 2));

/** Milliseconds: `0.4 ms`, `38 ms`, `1.24 s`. @param {Value} value */
export function ms(value) {
  if (value == null) return NONE;
  if (value >= 999.5) return `${fixed(value / 1000, 2)}${GAP}s`;
  return `${value === 0 || value >= 9.95 ? fixed(value, 0) : fixed(value, 1)}${GAP}ms`;
}
