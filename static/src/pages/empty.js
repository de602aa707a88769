/** Nothing received yet: asks every two seconds, and at once when the socket shows a service, until there is a page to become. */

import { store } from "../live/live.js";
import { becomePage, fetchPage, partsUrl, placeParts } from "../live/parts.js";
import { tabs } from "../ui/tabs.js";

const EVERY_MS = 2000;
let asking = false;
let done = false;

const pick = document.getElementById("pick");
if (pick) tabs(pick);

async function refresh() {
  if (asking || done || document.hidden) return;
  asking = true;
  try {
    const fresh = await fetchPage(partsUrl(location.href));
    if (fresh.querySelector("[data-part=waiting]")) {
      placeParts(fresh, document);
      return;
    }
    const page = await fetchPage(location.href);
    if (page.body.dataset.page === "empty") return;
    done = true;
    clearInterval(beat);
    stop();
    await becomePage(page);
  } catch {
    // Not reached: the next beat asks again.
  } finally {
    asking = false;
  }
}

const beat = setInterval(refresh, EVERY_MS);
const stop = store.subscribe((graph) => {
  if (graph.nodes.size) void refresh();
});
document.addEventListener("visibilitychange", refresh);
