/** What may come in an expression, as a list below its field: arrow keys choose, Enter or Tab takes it, Escape closes it. */

const WAIT_MS = 120;
const MOST = 12;
const OPERATORS = ["=", "!=", "<", "<=", ">", ">=", "~", "!~"];
const ABOUT = /** @type {Record<string, string>} */ ({ "=": "is", "!=": "is not", "~": "matches (RE2)", "!~": "does not match", in: "is one of" });
const NEEDS_QUOTES = /[\s()",<>=!~]|^$|^(?:and|or|not|in)$/i;

/** @typedef {{kind: string, name: string, about?: string}} Item @typedef {{since: number, kinds: string[], items: Item[]}} Answer */

/** What is offered, operators included. @param {Answer} answer @param {string} text what stands where an item would go @returns {Item[]} */
export function offered({ kinds, items }, text) {
  const operators = kinds.includes("operator") ? OPERATORS.filter((each) => each.startsWith(text)).map((name) => ({ kind: "operator", name, about: ABOUT[name] ?? "" })) : [];
  return [...operators, ...items].filter((item) => item.name !== text).slice(0, MOST);
}

/** The expression with `item` in it, and where one goes on writing. @param {string} text @param {number} since @param {number} at the caret @param {Item} item @returns {[string, number]} */
export function taken(text, since, at, item) {
  const quoted = (item.kind === "value" || item.kind === "field") && NEEDS_QUOTES.test(item.name);
  const word = quoted ? `"${item.name.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"` : item.name;
  const before = text.slice(0, since);
  const after = text.slice(at).replace(quoted ? /^"/ : /^(?!)/, "");
  const gap = after.startsWith(" ") ? "" : " ";
  return [`${before}${word}${gap}${after}`, before.length + word.length + 1];
}

export class Completion {
  /** @type {Item[]} */ #items = [];
  #since = 0;
  #on = -1;
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;

  /** @param {HTMLInputElement} field @param {HTMLElement} list an empty `role=listbox` @param {(sentence: string) => void} say */
  constructor(field, list, say) {
    this.field = field;
    this.list = list;
    this.say = say;
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" })) field.setAttribute(name, value);
    field.addEventListener("input", () => this.#soon());
    field.addEventListener("keydown", (event) => this.#key(event));
    field.addEventListener("blur", () => this.close());
    // The field keeps the focus.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const at = event.target instanceof Element ? event.target.closest("[role=option]") : null;
      if (at) this.#take([...list.children].indexOf(at));
    });
  }

  get open() {
    return !this.list.hidden;
  }

  close() {
    clearTimeout(this.#timer);
    this.#asked += 1;
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
    this.#on = -1;
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), WAIT_MS);
  }

  async #ask() {
    const { value, selectionStart } = this.field;
    const [at, mine] = [selectionStart ?? value.length, ++this.#asked];
    try {
      const response = await fetch(`/api/v1/traces/complete?${new URLSearchParams({ q: value, at: String(at), limit: String(MOST) })}`);
      if (!response.ok || mine !== this.#asked || document.activeElement !== this.field) return;
      const answer = /** @type {Answer} */ (await response.json());
      if (mine !== this.#asked) return;
      this.#since = answer.since;
      this.#show(offered(answer, value.slice(answer.since, at).replace(/^"/, "")));
    } catch {
      // Not reached: one writes on without it.
    }
  }

  /** @param {Item[]} items */
  #show(items) {
    this.#items = items;
    if (!items.length) return this.close();
    this.list.replaceChildren(...items.map(optionOf));
    this.list.hidden = false;
    this.field.setAttribute("aria-expanded", "true");
    this.#turn(-1);
    this.say(`${items.length} to choose from`);
  }

  /** @param {number} on */
  #turn(on) {
    this.#on = on;
    [...this.list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === on)));
    const option = this.list.children[on];
    if (option) this.field.setAttribute("aria-activedescendant", option.id);
    else this.field.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} on */
  #take(on) {
    const [text, at] = taken(this.field.value, this.#since, this.field.selectionStart ?? this.field.value.length, this.#items[on]);
    this.field.value = text;
    this.field.setSelectionRange(at, at);
    this.close();
    this.#soon();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    const stop = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      stop();
      if (!this.open) return void this.#ask();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.#turn((this.#on + step + this.#items.length + (this.#on < 0 && step < 0 ? 1 : 0)) % this.#items.length);
    } else if (event.key === "Escape" && this.open) {
      stop();
      this.close();
    } else if ((event.key === "Enter" || event.key === "Tab") && this.open && this.#on >= 0) {
      stop();
      this.#take(this.#on);
    }
  }
}

/** @param {Item} item @param {number} index */
function optionOf(item, index) {
  const option = document.createElement("li");
  option.id = `complete-${index}`;
  option.setAttribute("role", "option");
  const name = document.createElement("span");
  name.className = "mono";
  name.textContent = item.name;
  option.append(name);
  if (item.about) {
    const about = document.createElement("span");
    about.className = "dim small";
    about.textContent = item.about;
    option.append(about);
  }
  return option;
}
