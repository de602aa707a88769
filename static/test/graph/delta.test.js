/** The same cases that Python's apply is tested with: tests/cases/deltas/. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { apply } from "../../src/graph/delta.js";
import { graphOf } from "../../src/graph/model.js";

const CASES = join(import.meta.dirname, "../../../tests/cases/deltas");
const names = readdirSync(CASES).filter((name) => name.endsWith(".json"));

/** @param {import("../../src/graph/model.js").Graph} graph */
const plain = (graph) => ({ ...graph, nodes: [...graph.nodes.values()].sort(byId), edges: [...graph.edges.values()].sort(byId) });
/** @param {{id: string}} a @param {{id: string}} b */
const byId = (a, b) => (a.id < b.id ? -1 : 1);

describe("a delta applied to a graph", () => {
  test("has cases", () => expect(names.length).toBeGreaterThan(0));

  test.each(names)("%s", (name) => {
    const { graph: before, delta, result, expect: after } = JSON.parse(readFileSync(join(CASES, name), "utf8"));
    const graph = graphOf(before);
    expect(apply(graph, delta)).toBe(result);
    expect(plain(graph)).toEqual(plain(graphOf(after)));
  });
});
