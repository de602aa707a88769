/** Which node a key leads to. Pure. */

/** @typedef {import("./boxes.js").Rect} Rect */

const WAYS = /** @type {Record<string, [number, number]>} */ ({ ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] });

/** @param {string} key */
export const isArrow = (key) => key in WAYS;

/**
 * The nearest node in an arrow's direction: what lies straight ahead counts more than what lies aside.
 * Without a present node, the one that is first from the left and top.
 * @param {{id: string, rect: Rect}[]} nodes @param {string|null} from @param {string} key @returns {string|null}
 */
export function nearest(nodes, from, key) {
  const here = nodes.find((node) => node.id === from);
  if (!here) return [...nodes].sort((a, b) => a.rect.x - b.rect.x || a.rect.y - b.rect.y)[0]?.id ?? null;
  const [dx, dy] = WAYS[key];
  const middle = (/** @type {Rect} */ rect) => [rect.x + rect.w / 2, rect.y + rect.h / 2];
  const [hx, hy] = middle(here.rect);
  let best = null;
  let least = Infinity;
  for (const { id, rect } of nodes) {
    const [x, y] = middle(rect);
    const ahead = (x - hx) * dx + (y - hy) * dy;
    const aside = Math.abs((x - hx) * dy) + Math.abs((y - hy) * dx);
    if (ahead <= 1 || aside > ahead * 2.5) continue;
    const cost = ahead + aside * 2;
    if (cost < least) [best, least] = [id, cost];
  }
  return best;
}

/** The problem after (or before) the present one; null past the end, so that Tab leaves the stage there. @param {string[]} ids @param {string|null} from @param {1|-1} step */
export function nextProblem(ids, from, step) {
  const at = from === null ? -1 : ids.indexOf(from);
  const next = at === -1 ? (step === 1 ? 0 : -1) : at + step;
  return ids[next] ?? null;
}
