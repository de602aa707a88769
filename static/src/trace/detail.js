/** The panel of the chosen span: its times at once, what it said as soon as the server has answered. A bottom sheet on phones. */
import { html, nothing, render } from "lit/html.js";
import { icon, mark } from "../ui/marks.js";
import { tellTimes } from "../ui/time.js";
import { FAILED, marked, operationOf, PROXY, serviceOf, wordOf } from "./outline.js";
import { time } from "./scale.js";

/** @typedef {import("./outline.js").Outline} Outline */

const KEPT = 60;
const HEIGHTS = ["peek", "half", "full"];
const DRAG_PX = 8;

export class Detail {
  #aside;
  #head;
  #said;
  /** @type {Map<string, string>} */ #kept = new Map();
  #asked = "";
  /** Whether what stands there was written by the server, which it is at first. */
  #fresh = true;

  /** @param {HTMLElement} aside */
  constructor(aside) {
    this.#aside = aside;
    this.#head = /** @type {HTMLElement} */ (aside.querySelector("#detail-head"));
    this.#said = /** @type {HTMLElement} */ (aside.querySelector("#detail-said"));
    this.#grip(/** @type {HTMLElement} */ (aside.querySelector(".grip")));
  }

  get open() {
    return !this.#aside.hidden;
  }

  hide() {
    this.#aside.hidden = true;
    this.#asked = "";
  }

  focus() {
    /** @type {HTMLElement|null} */ (this.#aside.querySelector("#detail-title"))?.focus({ preventScroll: true });
  }

  /** @param {Node|null} element */
  holds(element) {
    return this.#aside.contains(element);
  }

  /** @param {Outline} trace @param {number} index @param {string} version of what is stored: another one may say more */
  show(trace, index, version) {
    if (this.#fresh) this.#head.replaceChildren();
    this.#fresh = false;
    this.#aside.hidden = false;
    render(head(trace, index), this.#head);
    const key = `${version} ${index}`;
    if (key === this.#asked) return;
    this.#asked = key;
    this.#aside.scrollTop = 0;
    void this.#ask(key, trace.columns.id[index], serviceOf(trace, index), trace.roles[trace.columns.role[index]]);
  }

  /** @param {string} key @param {string} id @param {string} service @param {string} role */
  async #ask(key, id, service, role) {
    let text = this.#kept.get(key);
    if (text === undefined) {
      try {
        const answer = await fetch(`${location.pathname}?part=span&span=${id}`, { headers: { Accept: "text/html" } });
        if (!answer.ok) throw new Error(String(answer.status));
        text = await answer.text();
        this.#keep(key, text);
      } catch {
        if (key === this.#asked) this.#failed(() => this.#ask(key, id, service, role));
        return;
      }
    }
    if (key !== this.#asked) return;
    const all = [...new DOMParser().parseFromString(text, "text/html").body.children];
    // Spans that share an id (Zipkin) are told apart by who sent them, and by their part.
    const mine = all.filter((each) => each.getAttribute("data-service") === service && each.getAttribute("data-role") === role);
    this.#said.replaceChildren(...(mine.length ? mine : all).map((each) => document.importNode(each, true)));
    tellTimes(this.#said, new Date());
  }

  /** @param {string} key @param {string} text */
  #keep(key, text) {
    this.#kept.set(key, text);
    if (this.#kept.size > KEPT) this.#kept.delete(/** @type {string} */ (this.#kept.keys().next().value));
  }

  /** @param {() => void} again */
  #failed(again) {
    const note = document.createElement("div");
    note.className = "blk";
    this.#said.replaceChildren(note);
    render(html`<p class="mut">What this span said could not be read: the server did not answer.</p><p><button class="btn" type="button" @click=${again}>Ask again</button></p>`, note);
  }

  /** @param {HTMLElement} grip */
  #grip(grip) {
    let from = NaN;
    const raise = (/** @type {string} */ height) => {
      this.#aside.dataset.height = height;
      grip.setAttribute("aria-expanded", String(height !== "peek"));
    };
    grip.addEventListener("pointerdown", (event) => {
      from = event.clientY;
      grip.setPointerCapture(event.pointerId);
    });
    grip.addEventListener("pointerup", (event) => {
      const by = event.clientY - from;
      const at = HEIGHTS.indexOf(this.#aside.dataset.height ?? "half");
      if (Math.abs(by) >= DRAG_PX) raise(HEIGHTS[Math.max(0, Math.min(2, at + (by < 0 ? 1 : -1)))]);
    });
    grip.addEventListener("click", (event) => {
      if (Math.abs(event.clientY - from) < DRAG_PX || event.detail === 0) raise(this.#aside.dataset.height === "peek" ? "half" : "peek");
    });
  }
}

/** A response flag in words, as templates/trace/_flag.html has it. @param {import("./outline.js").Flag} flag */
function note({ flag, what, side, look_at: look }) {
  return html`<div class="flag"><p class="row"><span class="tag">${flag}</span><b>${what}</b></p><p class="small mut">${side} Look at ${look.slice(0, 1).toLowerCase()}${look.slice(1)}</p></div>`;
}

/** @param {Outline} trace @param {number} index */
function head(trace, index) {
  const { start, duration, own, skew, version } = trace.columns;
  const failed = marked(trace, index, FAILED);
  const word = wordOf(trace, index);
  const notes = word.split(" ").flatMap((each) => trace.flags.find(({ flag }) => flag === each) ?? []);
  const said = `${word || (failed ? "error" : "")}${index === trace.origin ? ", failed here first" : ""}`;
  return html`<header><div class="row">${failed ? mark("failing") : nothing}<div class="grow"><h2 id="detail-title" tabindex="-1">${operationOf(trace, index)}</h2><p class="small dim">${serviceOf(trace, index)} ${trace.versions[version[index]]}${marked(trace, index, PROXY) ? " · its proxy" : ""}</p></div><button class="btn quiet icon small-icon" type="button" data-act="close" aria-label="Close">${icon("x", "i s")}</button></div></header>
${notes.length ? html`<div class="blk flags">${notes.map(note)}</div>` : nothing}
<dl class="kv blk"><dt>started</dt><dd>+${time(start[index])}</dd><dt>took</dt><dd>${time(duration[index])} · its own ${time(own[index])}</dd>${said ? html`<dt>ended</dt><dd class=${failed ? "bad" : ""}>${said}</dd>` : nothing}${skew[index] ? html`<dt>clock</dt><dd>moved by ${skew[index] > 0 ? "+" : "−"}${time(Math.abs(skew[index]))}</dd>` : nothing}</dl>`;
}
