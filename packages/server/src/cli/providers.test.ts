import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CLIENT, type RealProvider, realProvider } from "../providers/testing/real-provider.ts";
import {
  type Env,
  type Folder,
  makeFolder,
  productionEnv,
  readCreatedApp,
} from "./testing/latchkey.ts";
import { runHere } from "./testing/run-here.ts";

let folder: Folder;
let env: Env;
let provider: RealProvider;
beforeAll(async () => {
  folder = makeFolder();
  env = productionEnv(`sqlite:${join(folder.path, "latchkey.db")}`, 9, {
    LATCHKEY_PUBLIC_URL: "https://sessions.example.net",
    LATCHKEY_ALLOW_PRIVATE_ADDRESSES: "true",
  });
  provider = await realProvider({});
});
afterAll(async () => {
  await provider.close();
  folder.remove();
});

const run = (args: readonly string[], more: Env = {}) => runHere(args, { ...env, ...more });
const secret = (value: string): Env => ({ LATCHKEY_PROVIDER_SECRET: value });

test("a provider from adding it to removing it, its secret in a variable", async () => {
  const app = readCreatedApp(await run(["apps", "create", "Shop"])).id;
  expect((await run(["providers", "list", app])).stdout).toContain("no sign-in providers");
  const add = ["providers", "add", app, "oidc", "--slug", "acme", "--name", "Acme"];
  const options = ["--issuer", provider.issuer, "--client-id", CLIENT.id, "--scope", "phone"];
  const added = await run([...add, ...options], secret(CLIENT.secret));
  expect(added).toMatchObject({ code: 0, stderr: "" });
  expect(added.stdout).not.toContain(CLIENT.secret);
  const [, id = ""] = /Provider {2}(conn_[a-z0-9]{26}) {2}\(custom:acme\)/.exec(added.stdout) ?? [];
  const uri = `https://sessions.example.net/api/v1/oauth/callback/${id}`;
  expect(added.stdout).toContain(uri);

  await provider.open({ redirectUris: [uri] });
  const good = await run(["providers", "test", app, id]);
  expect(good.stdout).toContain("ok       The provider takes the client id and secret.");
  expect(good.code).toBe(0);
  expect((await run(["providers", "list", app])).stdout).toMatch(/conn_\S+ +Acme +custom:acme +on/);

  const again = await run([...add, ...options], secret("x"));
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("is there already")]);
  expect((await run(["providers", "remove", app, id])).code).toBe(0);
  const gone = await run(["providers", "test", app, id]);
  expect(gone.stderr).toContain(`The app has no provider ${id}`);
});

test("what is wrong is said, and tests exit with 1 while it is", async () => {
  const app = readCreatedApp(await run(["apps", "create", "Other"])).id;
  const add = (...args: string[]) => run(["providers", "add", app, ...args], secret("x"));
  expect((await add("google")).stderr).toContain("--client-id is missing");
  expect((await add("google", "--client-id", "1", "--option", "x")).stderr).toContain("--option");
  expect((await add("myspace", "--client-id", "1")).stderr).toContain("must be one of google,");
  const issuer = ["--issuer", "http://127.0.0.1:9", "--slug", "a"];
  const { stdout } = await add("oidc", "--client-id", "1", ...issuer);
  const id = /conn_[a-z0-9]{26}/.exec(stdout)?.[0] ?? "";
  const tested = await run(["providers", "test", app, id]);
  expect([tested.code, tested.stdout]).toEqual([
    1,
    expect.stringContaining("nothing listens there"),
  ]);
  const closed = { LATCHKEY_ALLOW_PRIVATE_ADDRESSES: "false" };
  const refused = await run(["providers", "test", app, id], closed);
  expect(refused.stdout).toContain("no https address of the public internet");
});
