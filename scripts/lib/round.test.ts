import { expect, test } from "vitest";
import { runRound } from "./round.js";

/** A step that ends when the test says so. */
function makeStep(name: string, group: string, printed: string, notRun: string[] = []) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const step = {
    groups: [group],
    name,
    async run(_runtime: string, show: ((text: string) => void) | undefined) {
      await promise;
      show?.(printed);
      return { passed: 1, failed: 0, skipped: notRun.length, notRun };
    },
  };
  return { step, end: resolve };
}

function runIn(lanes: Parameters<typeof runRound>[0], chosen: string[], isCi = false) {
  const pieces: string[] = [];
  const write = (text: string) => void pieces.push(text);
  const rows = runRound(lanes, { runtime: "node", chosen, isCi, write, now: () => 0 });
  return { rows, printed: () => pieces.join("") };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("lanes run side by side, and their rows come in the order of the lanes", async () => {
  const [a, b, c] = [makeStep("a", "x", ""), makeStep("b", "x", ""), makeStep("c", "x", "")];
  const { rows } = runIn([[a.step, b.step], [c.step]], ["x"]);
  c.end();
  await turn();
  b.end();
  a.end();
  expect((await rows).map(({ name }) => name)).toEqual(["a", "b", "c"]);
});

test("what another lane printed is whole, and not in the midst of the first lane's", async () => {
  const [first, other] = [makeStep("first", "x", ""), makeStep("other", "x", "all of it\n")];
  const { rows, printed } = runIn([[first.step], [other.step]], ["x"]);
  other.end();
  await turn();
  expect(printed()).not.toContain("all of it");
  first.end();
  await rows;
  const order = ["x: first", "ok, 0.0 s", "x: other", "all of it", "ok, 0.0 s"];
  expect(printed()).toMatch(new RegExp(order.join("[^]*")));
});

test("only what was chosen runs; a lane left alone shows what it does", async () => {
  const [first, other] = [makeStep("first", "x", ""), makeStep("other", "y", "")];
  const { rows, printed } = runIn([[first.step], [other.step]], ["y"]);
  expect(printed()).toContain("y: other");
  other.end();
  expect((await rows).map(({ name, group }) => [name, group])).toEqual([["other", "y"]]);
});

test("under CI a skipped test fails its row, and is named", async () => {
  const { step, end } = makeStep("tests", "x", "", ["a test"]);
  const { rows, printed } = runIn([[step]], ["x"], true);
  end();
  expect(await rows).toMatchObject([{ failed: 1, skipped: 0 }]);
  expect(printed()).toContain("skipped: a test");
});
