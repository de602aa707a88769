/** Now: the table follows the socket; sentences and receivers are asked again every five seconds, at once when a health changes. */

import { store } from "../live/live.js";
import { fetchPage, partsUrl, placeParts } from "../live/parts.js";
import { listed, Rows } from "../now/rows.js";
import { say } from "../ui/live-region.js";

const EVERY_MS = 5000;
const SOON_MS = 250;

const table = /** @type {HTMLTableElement} */ (document.getElementById("services"));
const few = Number(table.dataset.few);
const rows = new Rows(table.tBodies[0], "whole" in table.dataset ? Infinity : few);
const toggle = /** @type {HTMLAnchorElement|null} */ (document.getElementById("all-services"));
/** @type {ReturnType<typeof setTimeout>|undefined} */
let timer;
let asking = false;
let first = true;

const headline = () => document.querySelector("[data-part=verdict]")?.getAttribute("data-title") ?? "";

async function refresh() {
  clearTimeout(timer);
  timer = setTimeout(refresh, EVERY_MS);
  if (asking || document.hidden || store.paused) return;
  asking = true;
  try {
    const fresh = await fetchPage(partsUrl(location.href));
    const before = headline();
    if (fresh.querySelector("[data-part=waiting]")) {
      location.reload();
      return;
    }
    placeParts(fresh, document);
    if (headline() !== before) {
      say(headline());
      document.title = `${headline()} · MeshUI`;
    }
  } catch {
    // Not reached: the strip says so, and the next beat asks again.
  } finally {
    asking = false;
  }
}

function tellToggle() {
  if (!toggle) return;
  const whole = rows.most === Infinity;
  toggle.textContent = whole ? `The worst ${few}` : `All ${listed(store.graph.nodes.values()).length} services`;
  toggle.href = whole ? "/" : "/?services=all";
}

toggle?.addEventListener("click", (event) => {
  if (event.metaKey || event.ctrlKey || !store.graph.at) return;
  event.preventDefault();
  history.replaceState(null, "", toggle.href);
  rows.most = rows.most === Infinity ? few : Infinity;
  rows.update(store.graph.nodes);
  tellToggle();
});

store.subscribe((graph) => {
  const changed = rows.update(graph.nodes);
  if (changed) tellToggle();
  if (changed && !first) timer = (clearTimeout(timer), setTimeout(refresh, SOON_MS));
  first = false;
});
document.addEventListener("visibilitychange", refresh);
timer = setTimeout(refresh, EVERY_MS);
