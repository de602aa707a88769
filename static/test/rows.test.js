import { expect, test } from "vitest";
import { isWorse, listed, trouble } from "../src/now/rows.js";

const node = (id, health, rps = 1, error_ratio = 0, more = {}) => ({ id, health, kind: "service", signals: { rps, error_ratio }, reasons: [], ...more });

test("worst first; the unwell by error ratio, the others by name whatever their traffic", () => {
  const nodes = [
    node("shop/mail", "idle", 0),
    node("shop/b", "healthy", 1),
    node("shop/a", "healthy", 900),
    node("shop/web", "degraded", 200, 0.04),
    node("shop/checkout", "failing", 18, 0.3),
    node("shop/cart", "failing", 4, 0.31),
    node("ext/tcp", "unknown"),
  ];
  expect(listed(nodes).map(({ id }) => id)).toEqual(["shop/cart", "shop/checkout", "shop/web", "ext/tcp", "shop/a", "shop/b", "shop/mail"]);
});

test("nobody's service is not listed", () => {
  expect(listed([node("-/unknown", "unknown", 1, 0, { kind: "unknown" })])).toEqual([]);
});

test("a number is coloured only where it is why the node is unwell", () => {
  const reasons = [{ signal: "error_ratio", value: 0.31, threshold: 0.05, text: "" }];
  expect(trouble(node("a/a", "failing", 1, 0.31, { reasons }), "error_ratio")).toBe("bad");
  expect(trouble(node("a/a", "degraded", 1, 0.02, { reasons }), "error_ratio")).toBe("warn");
  expect(trouble(node("a/a", "failing", 1, 0.31, { reasons }), "p95_ms")).toBe("");
  expect(trouble(node("a/a", "healthy", 1, 0.31, { reasons }), "error_ratio")).toBe("");
});

test.each([
  ["failing", "healthy", true],
  ["degraded", "healthy", true],
  ["healthy", "failing", false],
  ["idle", "healthy", false],
  ["healthy", "idle", false],
])("%s after %s is worse: %s", (now, before, worse) => expect(isWorse(now, before)).toBe(worse));
