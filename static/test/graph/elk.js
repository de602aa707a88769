/** The real ELK, in this process: what the page's worker runs. */
import { createRequire } from "node:module";

const ELK = createRequire(import.meta.url)("elkjs/lib/elk.bundled.js");
const engine = new ELK();

/** @type {import("../../src/graph/layout.js").Elk} */
export const elk = (question) => engine.layout(structuredClone(question));
