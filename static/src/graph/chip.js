/** How large things are drawn, in world units: what layout reserves and drawing fills. */

export const CHIP_H = 42;
export const CARD_W = 140;
/** A card reserves room for its three worst names, whatever its health: health never moves anything. */
export const CARD_H = 109;
export const ROW_GAP = 18;
export const COLUMN_GAP = 40;
export const PAD = { top: 38, side: 14, bottom: 14 };

const CHIP_W = 116;
const WIDEST = 190;
const ROOM_FOR = 10;

/** A chip is 116 wide; a long name gets a wider one, by its length alone, so that all viewers agree. @param {string} name @param {string} kind */
export function chipWidth(name, kind) {
  const letters = name.length + (kind === "service" ? 0 : 2);
  return Math.min(WIDEST, CHIP_W + Math.max(0, letters - ROOM_FOR) * 7.5);
}
