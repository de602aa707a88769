/** Icons and health marks as parts of templates. */
import { html } from "lit/html.js";
import { spriteUrl } from "./health.js";

/** @param {string} health */
export const mark = (health) => html`<svg class="h" data-h=${health} role="img" aria-label=${health}><use href="${spriteUrl()}#${health}"></use></svg>`;

/** @param {string} name @param {string} [classes] */
export const icon = (name, classes = "i") => html`<svg class=${classes} aria-hidden="true"><use href="${spriteUrl()}#${name}"></use></svg>`;
