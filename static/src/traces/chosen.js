/** Two traces of the list to compare: once two are chosen a third takes the place of the first. */

export class Chosen {
  /** @type {HTMLInputElement[]} in the order they were chosen */
  #boxes = [];

  /** @param {Document} page @param {HTMLButtonElement|null} button @param {(address: string) => void} go */
  constructor(page, button, go) {
    this.button = button;
    page.addEventListener("change", (event) => {
      if (event.target instanceof HTMLInputElement && event.target.name === "pick") this.#changed(event.target);
    });
    button?.addEventListener("click", () => go(`/traces/compare/?a=${this.#boxes[0].value}&b=${this.#boxes[1].value}`));
    // A browser that goes back to the page keeps what was chosen.
    for (const box of page.querySelectorAll("input[name=pick]:checked")) this.#changed(/** @type {HTMLInputElement} */ (box));
  }

  /** Chooses the row that `element` is in, or lets it go. @param {Element|null} element */
  turn(element) {
    const box = /** @type {HTMLInputElement|null|undefined} */ (element?.closest("tr")?.querySelector("input[name=pick]"));
    box?.click();
  }

  /** @param {HTMLInputElement} box */
  #changed(box) {
    this.#boxes = this.#boxes.filter((each) => each !== box);
    if (box.checked) this.#boxes.push(box);
    for (const old of this.#boxes.splice(0, Math.max(0, this.#boxes.length - 2))) {
      old.checked = false;
      old.closest("tr")?.classList.remove("on");
    }
    box.closest("tr")?.classList.toggle("on", box.checked);
    if (this.button) this.button.disabled = this.#boxes.length !== 2;
  }
}
