/** Shortcuts. Single keys are off while a field has focus, and where a person switched them off (WCAG 2.1.4). */

import { tinykeys } from "tinykeys";

const OFF = "meshui.keys.off";

export const keysAreOn = () => localStorage.getItem(OFF) === null;

/** @param {boolean} on */
export function switchKeys(on) {
  if (on) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
}

/** Whether typing belongs to `target`. @param {EventTarget|null} target */
export function isField(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio], [type=range]), textarea, select"));
}

/**
 * Binds tinykeys sequences (`"g n"`, `"l"`, `"?"`) for the whole page. Answers what unbinds them.
 * @param {Record<string, (event: KeyboardEvent) => void>} bindings
 */
export function bindKeys(bindings) {
  /** @type {Record<string, (event: KeyboardEvent) => void>} */
  const guarded = {};
  for (const [keys, act] of Object.entries(bindings)) {
    guarded[keys] = (event) => {
      if (!keysAreOn() || isField(event.target) || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      act(event);
    };
  }
  return tinykeys(window, guarded);
}
