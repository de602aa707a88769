import { beforeEach, describe, expect, test, vi } from "vitest";
import { Store } from "../src/live/store.js";

const node = (id, health = "healthy") => ({ id, health, signals: {}, reasons: [], versions: [] });
const snapshot = (seq, ...nodes) => ({ type: "snapshot", graph: { at: "2026-03-02T03:14:05.000Z", window_s: 60, seq, nodes, edges: [] } });
const delta = (seq, upsert, remove = []) => ({ type: "delta", seq, at: `2026-03-02T03:14:0${seq}.000Z`, nodes: { upsert, remove }, edges: { upsert: [], remove: [] } });
const healths = (store) => Object.fromEntries([...store.graph.nodes].map(([id, { health }]) => [id, health]));

describe("the live graph", () => {
  let store;
  beforeEach(() => {
    store = new Store();
    store.receive(snapshot(5, node("shop/cart"), node("shop/web")));
  });

  test("tells what a delta changed and what went", () => {
    const viewer = vi.fn();
    store.subscribe(viewer);
    store.receive(delta(6, [node("shop/cart", "failing")], ["shop/web"]));
    expect(viewer.mock.calls.map(([, changed]) => changed.nodes)).toEqual([null, new Set(["shop/cart", "shop/web"])]);
    expect(healths(store)).toEqual({ "shop/cart": "failing" });
  });

  test("asks once for a resync when a delta is missing, and changes nothing until the snapshot", () => {
    expect(store.receive(delta(7, [node("shop/cart", "failing")]))).toEqual({ type: "resync" });
    expect(store.receive(delta(8, [node("shop/cart", "failing")]))).toBeUndefined();
    expect(healths(store)["shop/cart"]).toBe("healthy");
    store.receive(snapshot(9, node("shop/cart", "degraded")));
    store.receive(delta(10, [node("shop/cart", "failing")]));
    expect(healths(store)).toEqual({ "shop/cart": "failing" });
  });

  test("asks again after a new connection", () => {
    store.receive(delta(7, []));
    store.reconnected();
    expect(store.receive(delta(9, []))).toEqual({ type: "resync" });
  });

  test("ignores a delta that is older than the snapshot", () => {
    const viewer = vi.fn();
    store.subscribe(viewer);
    store.receive(delta(5, [node("shop/cart", "failing")]));
    expect(viewer).toHaveBeenCalledTimes(1);
    expect(healths(store)["shop/cart"]).toBe("healthy");
  });

  test("stands still while paused and is up to date when live again", () => {
    const viewer = vi.fn();
    store.subscribe(viewer);
    store.pause();
    store.receive(delta(6, [node("shop/cart", "failing")]));
    expect(healths(store)["shop/cart"]).toBe("healthy");
    expect(viewer).toHaveBeenCalledTimes(1);
    store.resume();
    expect(healths(store)["shop/cart"]).toBe("failing");
    expect(viewer).toHaveBeenCalledTimes(2);
  });

  test("calls nobody who has unsubscribed", () => {
    const viewer = vi.fn();
    store.subscribe(viewer)();
    store.receive(delta(6, []));
    expect(viewer).toHaveBeenCalledTimes(1);
  });
});

test("a viewer hears nothing before there is a graph", () => {
  const viewer = vi.fn();
  new Store().subscribe(viewer);
  expect(viewer).not.toHaveBeenCalled();
});
