/** Tabs made of links to sections: without a script all sections show; with it one, chosen by click or arrow keys. */

/** @param {HTMLElement} list an element whose links point at the ids of the panels */
export function tabs(list) {
  const links = /** @type {HTMLAnchorElement[]} */ ([...list.querySelectorAll("a[href^='#']")]);
  const panelOf = (/** @type {HTMLAnchorElement} */ link) => document.getElementById(link.hash.slice(1));
  list.setAttribute("role", "tablist");
  const vertical = matchMedia("(min-width: 761px)");
  const orient = () => list.setAttribute("aria-orientation", vertical.matches ? "vertical" : "horizontal");
  vertical.addEventListener("change", orient);
  orient();

  /** @param {HTMLAnchorElement} chosen */
  function choose(chosen) {
    for (const link of links) {
      const on = link === chosen;
      link.setAttribute("aria-selected", String(on));
      link.tabIndex = on ? 0 : -1;
      const panel = panelOf(link);
      if (panel) panel.hidden = !on;
    }
  }

  links.forEach((link, index) => {
    link.setAttribute("role", "tab");
    link.setAttribute("aria-controls", link.hash.slice(1));
    link.id ||= `tab-${link.hash.slice(1)}`;
    const panel = panelOf(link);
    panel?.setAttribute("role", "tabpanel");
    panel?.setAttribute("aria-labelledby", link.id);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      choose(link);
    });
    link.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const next = links[(index + step + links.length) % links.length];
      choose(next);
      next.focus();
    });
  });
  choose(links.find((link) => link.hash === location.hash) ?? links[0]);
}
