/** The graph of another instant, as the API answers it. */
import { graphOf } from "./model.js";

/** Raises if there is no answer. @param {string} at RFC 3339 @returns {Promise<import("./model.js").Graph>} */
export async function graphAt(at) {
  const answer = await fetch(`/api/v1/graph?window=60s&at=${encodeURIComponent(at)}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  return graphOf(await answer.json());
}
