import { expect, test } from "vitest";
import { openMasterKey } from "../keys/master-key.ts";
import { DEVICE_LIFETIME_MS, markDevice, readDevice } from "./known-device.ts";

const master = openMasterKey("a master key for tests of known devices");
const of = { appId: "app", address: "ada@example.com", now: 1_800_000_000_000 };

test("a mark names one browser, for ninety days", async () => {
  const mark = await markDevice(master, of);
  const id = await readDevice(master, of, mark);
  expect(id).toMatch(/^[\w-]{22}$/);
  const last = { ...of, now: of.now + DEVICE_LIFETIME_MS - 1 };
  expect(await readDevice(master, last, mark)).toBe(id);
  expect(await readDevice(master, { ...last, now: last.now + 1 }, mark)).toBeNull();
  expect(await readDevice(master, of, await markDevice(master, of))).not.toBe(id);
});

test("a mark is good for its own address, app and deployment only, and unchanged", async () => {
  const mark = await markDevice(master, of);
  const [id, at, mac] = mark.split(".");
  const elsewhere = openMasterKey("another master key for tests of known devices");
  expect(await readDevice(master, { ...of, address: "eve@example.com" }, mark)).toBeNull();
  expect(await readDevice(master, { ...of, appId: "other" }, mark)).toBeNull();
  expect(await readDevice(elsewhere, of, mark)).toBeNull();
  for (const forged of [null, "", "x", `${id}.${Number(at) + 1}.${mac}`, `${mark}.`, ` ${mark}`]) {
    expect(await readDevice(master, of, forged)).toBeNull();
  }
});
