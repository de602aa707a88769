import { describe, expect, test } from "vitest";
import { bar, label, tick, ticks, within, zoomed } from "../../src/trace/scale.js";

const WHOLE = { from: 0, to: 1_240_000 };

describe("the axis", () => {
  test.each([
    ["a whole request", WHOLE, 6, ["0", "500\u2009ms", "1.0\u2009s"]],
    ["milliseconds", { from: 0, to: 90_000 }, 5, ["0", "20\u2009ms", "40\u2009ms", "60\u2009ms", "80\u2009ms"]],
    ["far in", { from: 10_000, to: 10_500 }, 5, ["10.0\u2009ms", "10.1\u2009ms", "10.2\u2009ms", "10.3\u2009ms", "10.4\u2009ms", "10.5\u2009ms"]],
    ["nothing", { from: 5, to: 5 }, 5, ["0.005\u2009ms"]],
  ])("of %s has round times that differ", (_, view, most, expected) => {
    const { step, at } = ticks(view, most);
    expect(at.map((us) => tick(us, step))).toEqual(expected);
  });

  test("never has more marks than fit", () => {
    for (let to = 1; to < 1e9; to *= 1.7) for (const most of [1, 3, 8]) expect(ticks({ from: 0, to }, most).at.length).toBeLessThanOrEqual(most + 1);
  });
});

describe("a part of the trace", () => {
  test("stays inside, and keeps its length where it can", () => {
    expect(within({ from: -50, to: 150 }, 1000)).toEqual({ from: 0, to: 200 });
    expect(within({ from: 900, to: 1400 }, 1000)).toEqual({ from: 500, to: 1000 });
    expect(within({ from: 0, to: 5000 }, 1000)).toEqual({ from: 0, to: 1000 });
    expect(within({ from: 40, to: 40 }, 1000)).toEqual({ from: 40, to: 50 });
    expect(within({ from: 0, to: 0 }, 0)).toEqual({ from: 0, to: 0 });
  });

  test("comes nearer around a time, and goes back to all of it", () => {
    expect(zoomed({ from: 0, to: 1000 }, 2, 250, 1000)).toEqual({ from: 125, to: 625 });
    expect(zoomed({ from: 125, to: 625 }, 0.1, 250, 1000)).toEqual({ from: 0, to: 1000 });
  });
});

describe("a bar", () => {
  const view = { from: 100, to: 200 };
  test.each([
    ["inside", 120, 140, { x: 100, width: 100 }],
    ["cut on both sides", 0, 900, { x: 0, width: 500 }],
    ["no wider than a hair", 150, 150, { x: 250, width: 2 }],
    ["at the very end", 200, 200, { x: 498, width: 2 }],
    ["before what is shown", 0, 99, null],
    ["after what is shown", 201, 300, null],
  ])("%s", (_, start, end, expected) => expect(bar(view, 500, start, end)).toEqual(expected));

  test("has its label right of it, left of it near the edge, else inside", () => {
    expect(label({ x: 100, width: 50 }, 500, 80)).toEqual({ x: 156, anchor: "start" });
    expect(label({ x: 400, width: 90 }, 500, 80)).toEqual({ x: 394, anchor: "end" });
    expect(label({ x: 10, width: 480 }, 500, 80)).toEqual({ x: 16, anchor: "start" });
  });
});
