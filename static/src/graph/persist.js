/** Positions kept in the browser, so that a mesh looks as it did yesterday and the first picture needs no layout. */
import { emptyPlacement, isPatched } from "./placement.js";

/**
 * @typedef {import("./placement.js").Placement} Placement
 * @typedef {Pick<Storage, "getItem"|"setItem">} Store
 */

const KEY = "meshui.positions";
const MOST = 20;
const FORM = 1;

/** @param {Store} store @returns {Record<string, {at: number, form: number, boxes: any, spots: any, bends: any}>} */
function read(store) {
  try {
    return JSON.parse(store.getItem(KEY) ?? "{}");
  } catch {
    return {};
  }
}

/** @param {Store} store @param {string} mesh @param {Placement} placement @param {number} now */
export function keep(store, mesh, placement, now) {
  const all = read(store);
  all[mesh] = { at: now, form: FORM, boxes: [...placement.boxes], spots: [...placement.spots], bends: [...placement.bends] };
  const newest = Object.entries(all).sort(([, a], [, b]) => b.at - a.at).slice(0, MOST);
  try {
    store.setItem(KEY, JSON.stringify(Object.fromEntries(newest)));
  } catch {
    // A full or forbidden store costs a layout next time, nothing else.
  }
}

/**
 * What was kept, if it still fits: most of its nodes are in `ids` and most of `ids` in it (else another mesh lives here now),
 * and most of them stand where a layout put them.
 * @param {Store} store @param {string} mesh @param {Set<string>} ids @returns {Placement|null}
 */
export function recall(store, mesh, ids) {
  const kept = read(store)[mesh];
  if (kept?.form !== FORM) return null;
  const placement = { ...emptyPlacement(), boxes: new Map(kept.boxes), spots: new Map(kept.spots), bends: new Map(kept.bends) };
  const known = [...ids].filter((id) => placement.spots.has(id)).length;
  const cards = [...placement.boxes.values()].some((box) => !box.open);
  return cards || known * 2 < ids.size || known * 2 < placement.spots.size || isPatched(placement) ? null : placement;
}
