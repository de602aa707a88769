import { expect, test } from "vitest";
import * as number from "../src/ui/number.js";
import words from "./words.json";

const cases = Object.entries(words).flatMap(([name, rows]) => rows.map(([value, text]) => [name, value, text]));

test.each(cases)("%s of %s reads %s, as on the server", (name, value, text) => {
  expect(number[name](value)).toBe(text);
});
