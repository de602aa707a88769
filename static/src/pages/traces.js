/** The page of traces: joins its parts, and hands keys and clicks on. */
import { tellTimes } from "../ui/time.js";
import { fetchPage } from "../live/parts.js";
import { bindKeys } from "../ui/keys.js";
import { say } from "../ui/live-region.js";
import { Chosen } from "../traces/chosen.js";
import { Completion } from "../traces/complete.js";
import { brushable } from "../traces/map.js";
import { fillSlot } from "../traces/slots.js";

const byId = (/** @type {string} */ id) => document.getElementById(id);
const chosen = new Chosen(document, /** @type {HTMLButtonElement|null} */ (byId("compare")), (address) => location.assign(address));

const slots = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-slot]")]);

/** @param {HTMLElement} slot */
async function fill(slot) {
  if (!(await fillSlot(slot, slot.dataset.href ?? ""))) return;
  const [map, form] = [byId("map"), byId("brush")];
  if (slot.dataset.slot === "map" && map && form) brushable(map, /** @type {HTMLFormElement} */ (form));
}

async function fillAll() {
  for (const slot of slots) await fill(slot);
}
for (const slot of slots) slot.addEventListener("again", () => void fill(slot));
void fillAll();

/** Puts the next rows below those that are there. @param {HTMLAnchorElement} link */
async function more(link) {
  if (link.ariaBusy === "true") return;
  link.ariaBusy = "true";
  try {
    const fresh = await fetchPage(`${link.href}&part=list`);
    const rows = [...fresh.querySelectorAll("#rows > tr")].map((row) => document.importNode(row, true));
    tellTimes(fresh, new Date());
    byId("rows")?.append(...rows);
    byId("searched")?.remove();
    const searched = fresh.getElementById("searched");
    const next = fresh.getElementById("more");
    if (searched) link.closest("p")?.before(document.importNode(searched, true));
    say(`${rows.length} more`);
    for (const row of rows) tellTimes(row, new Date());
    if (link.matches(":focus")) rows[0]?.querySelector("a")?.focus();
    if (next) link.href = /** @type {HTMLAnchorElement} */ (next).href;
    else link.closest("p")?.remove();
  } catch {
    location.assign(link.href);
  } finally {
    link.ariaBusy = null;
  }
}

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("#more") : null;
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  void more(/** @type {HTMLAnchorElement} */ (link));
});

/** The row that has the focus, or -1. */
const links = () => /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll("#rows th a")]);
const step = (/** @type {number} */ by) => {
  const all = links();
  const at = all.findIndex((link) => link.closest("tr")?.contains(document.activeElement));
  all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))]?.focus();
};
const q = /** @type {HTMLInputElement|null} */ (byId("q"));
const list = byId("q-list");
if (q && list) new Completion(q, list, say);
q?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  // A browser would empty it.
  event.preventDefault();
  q.blur();
});
// What is not asked does not stand in the address.
document.addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
});
bindKeys({
  j: () => step(1),
  k: () => step(-1),
  c: () => chosen.turn(document.activeElement),
  "/": () => {
    q?.focus();
    q?.select();
  },
});
