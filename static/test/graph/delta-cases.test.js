/** The cases of tests/cases/deltas, which Python's twin passes too: both ends agree on what a delta does. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { apply } from "../../src/graph/delta.js";
import { graphOf } from "../../src/graph/model.js";

const folder = new URL("../../../tests/cases/deltas/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));

test("there are cases", () => expect(files.length).toBeGreaterThanOrEqual(6));

test.each(files)("%s", (name) => {
  const { graph, delta, result, expect: after } = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
  const held = graphOf(graph);
  expect(apply(held, delta)).toBe(result);
  expect(held).toEqual(graphOf(after));
});
