import { beforeEach, describe, expect, test } from "vitest";
import { connect, pauseMs } from "../src/live/socket.js";

/** A world without a network: sockets are opened by hand, time passes by hand. */
class World {
  sockets = [];
  waiting = [];
  random = () => 0.5;
  open = (url) => {
    const socket = { url, readyState: 1, sent: [], send: (text) => socket.sent.push(text), close: () => {} };
    this.sockets.push(socket);
    return socket;
  };
  later = (act, ms) => this.waiting.push({ act, ms });
  get last() {
    return this.sockets.at(-1);
  }
  pass() {
    this.waiting.shift().act();
  }
}

describe("a socket that stays open", () => {
  let world, states, messages, socket;
  beforeEach(() => {
    world = new World();
    states = [];
    messages = [];
    socket = connect("ws://here/", { onState: (state) => states.push(state), onMessage: (message) => messages.push(message) }, world);
  });

  test("says open only when the first message is there", () => {
    expect(states).toEqual(["connecting"]);
    world.last.onmessage({ data: '{"type":"snapshot"}' });
    expect(states).toEqual(["connecting", "open"]);
    expect(messages).toEqual([{ type: "snapshot" }]);
  });

  test("dials again after a pause that grows, and from the start after a message", () => {
    world.last.onclose();
    expect(world.waiting[0].ms).toBe(500);
    world.pass();
    world.last.onclose();
    expect(world.waiting[0].ms).toBe(1000);
    world.pass();
    world.last.onmessage({ data: "{}" });
    world.last.onclose();
    expect(world.waiting[0].ms).toBe(500);
  });

  test("stays closed once it is closed", () => {
    socket.close();
    world.last.onclose();
    expect(world.waiting).toEqual([]);
  });

  test("sends nothing into a socket that is not open", () => {
    world.last.readyState = 3;
    socket.send({ type: "resync" });
    expect(world.last.sent).toEqual([]);
  });
});

test("pauses are spread by half and never longer than 12.5 s", () => {
  expect(pauseMs(1, 0)).toBe(375);
  expect(pauseMs(1, 1)).toBe(625);
  expect(pauseMs(50, 1)).toBe(12_500);
});
