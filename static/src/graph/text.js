/** Text on the canvas: never under ten pixels on screen, shortened to the room there is. Widths are measured once. */

const LEAST_PX = 10;
/** @type {Map<string, number>} */ const widths = new Map();

/** A size in world units that is at least ten pixels at scale k. @param {number} size @param {number} k */
export const readable = (size, k) => Math.max(size, LEAST_PX / k);

/** Fonts that arrive late change widths. */
export const forgetWidths = () => widths.clear();

/** @param {CanvasRenderingContext2D} ctx @param {string} text */
function widthOf(ctx, text) {
  const key = `${ctx.font}|${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    if (widths.size > 20_000) widths.clear();
    widths.set(key, (width = ctx.measureText(text).width));
  }
  return width;
}

/** The first of `texts` that fits; else the last one, cut with an ellipsis. @param {CanvasRenderingContext2D} ctx @param {string[]} texts @param {number} room */
export function fitting(ctx, texts, room) {
  for (const text of texts) if (widthOf(ctx, text) <= room) return text;
  const text = texts[texts.length - 1];
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (widthOf(ctx, `${text.slice(0, middle)}…`) <= room) low = middle;
    else high = middle - 1;
  }
  return low > 0 ? `${text.slice(0, low)}…` : "";
}

/** @param {CanvasRenderingContext2D} ctx @param {string} text */
export const measured = widthOf;
