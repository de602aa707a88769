/** The cases of tests/cases/trace-ids.json, which Python's twin passes too. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { traceIdIn } from "../src/ui/trace-id.js";

const cases = JSON.parse(readFileSync(new URL("../../tests/cases/trace-ids.json", import.meta.url), "utf8"));

test.each(cases)("%j", (text, id) => expect(traceIdIn(text)).toBe(id));
