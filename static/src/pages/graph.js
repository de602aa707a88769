/** The graph page: finds its parts, joins them, and hands keys and clicks on. */
import "../graph/stage.js";
import { Bar } from "../graph/bar.js";
import { Desk } from "../graph/desk.js";
import { elkAt } from "../graph/elk.js";
import { isArrow } from "../graph/keys.js";
import { Picture } from "../graph/picture.js";
import { nextSort } from "../graph/table.js";
import { Twin } from "../graph/twin.js";
import { store } from "../live/live.js";
import { bindKeys, keysAreOn } from "../ui/keys.js";
import { say } from "../ui/live-region.js";
import { Panel } from "../ui/panel.js";

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const stage = /** @type {import("../graph/stage.js").MeshGraph} */ (byId("stage"));
const find = /** @type {HTMLInputElement} */ (byId("find"));
const aside = byId("panel");
const panel = new Panel(aside);
const picture = new Picture({ elk: elkAt(stage.dataset.elk ?? ""), store: localStorage, now: Date.now, changed: () => desk.moved() });
const desk = new Desk({
  stage, picture, panel, say,
  twin: new Twin(byId("twin")),
  bar: new Bar(),
  table: later(async () => new (await import("../graph/table-view.js")).TableView(byId("table"))),
  body: byId("body"),
  flags: JSON.parse(byId("flags").textContent ?? "{}"),
  debug: document.getElementById("debug"),
});

/** The table, fetched when it is first to be shown: until then the server's own stands there. @param {() => Promise<import("../graph/table-view.js").TableView>} make */
function later(make) {
  /** @type {Promise<import("../graph/table-view.js").TableView>|undefined} */ let table;
  let newest = 0;
  return {
    /** @param {Parameters<import("../graph/table-view.js").TableView["show"]>} asked */
    show(...asked) {
      const mine = ++newest;
      table ??= make();
      void table.then((made) => {
        if (mine === newest) made.show(...asked);
      });
    },
    clear() {
      newest += 1;
      if (table) void table.then((made) => made.clear());
      // The twin has the elements now, and each shall be there once.
      else byId("table").replaceChildren();
    },
  };
}

const { at } = document.body.dataset;
if (at) void import("../graph/past.js").then(({ graphAt }) => graphAt(at)).then((graph) => desk.take(graph, true)).catch(() => say("The graph of that time could not be read"));
else store.subscribe((graph, changed) => desk.take(graph, changed.nodes === null));
document.addEventListener("visibilitychange", () => desk.show());

const flip = (/** @type {"hide"|"problems"} */ name) => () => desk.ask({ [name]: !desk.state[name] });
const turn = (/** @type {"graph"|"table"} */ view) => () => desk.ask({ view });
const clear = () => desk.ask({ find: "", problems: false, hide: false, focus: "", hops: 1 });

find.value = desk.state.find;
find.addEventListener("input", () => desk.ask({ find: find.value }));
find.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.stopPropagation();
  find.blur();
  stage.focus();
});

/** Buttons by id, and what they do. @type {Record<string, () => void>} */
const BUTTONS = {
  "mode-find": () => desk.ask({ hide: false }),
  "mode-hide": () => desk.ask({ hide: true }),
  problems: flip("problems"),
  "view-graph": turn("graph"),
  "view-table": turn("table"),
  "zoom-in": () => stage.zoom(1.25),
  "zoom-out": () => stage.zoom(0.8),
  fit: () => stage.fit(),
  tidy: () => void desk.tidy(),
  undo: () => void desk.undo(),
  "fewer-hops": () => desk.hops(-1),
  "more-hops": () => desk.hops(1),
  unway: () => desk.ask({ path: new Set() }),
  unfocus: () => desk.focusOn(desk.state.focus),
  "nothing-clear": clear,
};
for (const [id, act] of Object.entries(BUTTONS)) byId(id).addEventListener("click", act);

stage.addEventListener("pick", (event) => {
  const picked = /** @type {CustomEvent} */ (event).detail;
  if (picked) desk.select(picked.id);
  else if (desk.state.node || desk.state.edge) desk.deselect();
});
stage.addEventListener("open", (event) => {
  const picked = /** @type {CustomEvent} */ (event).detail;
  if (picked) void desk.open(picked.id);
});

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const go = /** @type {HTMLElement|null} */ (target?.closest("a[data-go]"));
  const row = /** @type {HTMLElement|null} */ (target?.closest("#table tr:is([data-node], [data-edge])"));
  const act = /** @type {HTMLElement|null} */ (target?.closest("[data-act]"))?.dataset.act;
  const sort = /** @type {HTMLElement|null} */ (target?.closest("[data-sort]"))?.dataset.sort;
  if (go?.dataset.go && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
    event.preventDefault();
    desk.select(go.dataset.go);
    if (panel.holds(go) || event.detail === 0) panel.focus();
  } else if (sort) desk.ask({ sort: nextSort(desk.state.sort, sort) });
  else if (row) desk.select(row.dataset.node ?? row.dataset.edge ?? "");
  else if (act === "close") desk.close();
  else if (act === "focus") desk.focusOn();
  else if (act === "toggle") void desk.toggle();
});

stage.addEventListener("keydown", (event) => {
  if (event.target !== stage.querySelector("canvas") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Tab") {
    if (desk.problem(event.shiftKey ? -1 : 1)) event.preventDefault();
  } else if (isArrow(event.key)) {
    event.preventDefault();
    desk.step(event.key);
  } else if (event.key === "Enter" && (desk.state.node || desk.state.edge)) {
    event.preventDefault();
    if (desk.state.node.endsWith("/*")) void desk.toggle();
    panel.turn("half");
    panel.focus();
  }
});

/** @type {typeof import("../ui/spark-link.js")|undefined} */
let lines;
for (const kind of ["pointermove", "keydown"]) aside.addEventListener(kind, async (event) => {
  if (event.target instanceof Element && event.target.closest(".sparklink")) (lines ??= await import("../ui/spark-link.js")).act(event);
});
aside.addEventListener("click", (event) => lines?.act(event), true);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !keysAreOn() || document.querySelector("dialog[open], details.menu[open]")) return;
  desk.escape();
});

bindKeys({
  "/": () => {
    find.focus();
    find.select();
  },
  p: flip("problems"),
  h: flip("hide"),
  t: () => void desk.tidy(),
  v: () => desk.ask({ view: desk.state.view === "table" ? "graph" : "table" }),
  f: () => desk.focusOn(),
  "+": () => desk.hops(1),
  "Shift++": () => desk.hops(1),
  "=": () => desk.hops(1),
  "-": () => desk.hops(-1),
});
