/** Parts of the page that are asked for when it is there, one after the other: each needs all matches. */
import { fetchPage } from "../live/parts.js";
import { tellTimes } from "../ui/time.js";

/** Fills a slot with the part at `href`; what stands there stays until then. @param {HTMLElement} slot @param {string} href @returns {Promise<boolean>} whether it is there */
export async function fillSlot(slot, href) {
  slot.ariaBusy = "true";
  try {
    const fresh = await fetchPage(href, [400, 503]);
    const part = fresh.querySelector(`[data-part="${slot.dataset.slot}"]`);
    if (!part) throw new Error("no such part");
    const made = document.importNode(part, true);
    tellTimes(made, new Date());
    slot.replaceChildren(made);
    return true;
  } catch {
    const said = document.createElement("p");
    said.className = "note";
    said.textContent = "This part could not be reached. ";
    const again = document.createElement("button");
    again.type = "button";
    again.className = "btn";
    again.textContent = "Try again";
    again.addEventListener("click", () => slot.dispatchEvent(new CustomEvent("again", { bubbles: true })));
    said.append(again);
    slot.replaceChildren(said);
    return false;
  } finally {
    slot.ariaBusy = null;
  }
}
