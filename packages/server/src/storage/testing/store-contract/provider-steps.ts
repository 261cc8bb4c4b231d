import { describe, expect, test } from "vitest";
import { newRowId } from "../../sql/row-id.ts";
import type { NewAccount, ProviderStep, ProviderStepKind, Store } from "../../store.ts";
import {
  inParallel,
  MINUTE,
  newApp,
  newEmail,
  newUserIds,
  signIn,
  signInRequest,
} from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

async function newStep(store: Store, appId: string, kind: ProviderStepKind): Promise<ProviderStep> {
  const step = { id: newRowId(), appId, providerId: "conn_x", kind, sealed: "sealed" };
  await store.providerSteps.create({ ...step, lifetimeMs: MINUTE });
  return step;
}

const account = (changes: Partial<NewAccount["provider"] & object> = {}): NewAccount => ({
  type: "google_oauth",
  subject: `https://accounts.google.com ${newRowId()}`,
  data: { issuer: "https://accounts.google.com", subject: "1", name: "Ada" },
  provider: { stepId: null, email: null, merge: false, ...changes },
});

export function providerStepContract(get: () => StoreWorld): void {
  describe("steps of a sign-in at a provider", () => {
    test("are taken once, by one of several callers, as what they are, and until they run out", async () => {
      const world = get();
      const { store, advance } = world;
      const app = await newApp(store);
      const step = await newStep(store, app, "flow");
      expect(await store.providerSteps.take("proof", step.id)).toBeNull();
      expect(await store.providerSteps.find("flow", step.id)).toEqual(step);
      const taken = await inParallel(4, world, (each) => each.providerSteps.take("flow", step.id));
      expect(taken.filter((each) => each !== null)).toEqual([step]);
      expect(await store.providerSteps.find("flow", step.id)).toBeNull();
      expect(await store.providerSteps.find("flow", step.id, { evenUsed: true })).toEqual(step);
      const late = await newStep(store, app, "flow");
      await advance(MINUTE);
      expect(await store.providerSteps.find("flow", late.id)).toBeNull();
      expect(await store.providerSteps.find("flow", step.id, { evenUsed: true })).toBeNull();
      expect(await store.providerSteps.take("flow", late.id)).toBeNull();
    });

    test("are spent with the session that they begin, or neither happens", async () => {
      const { store } = get();
      const app = await newApp(store);
      const { id: stepId } = await newStep(store, app, "proof");
      const refused = signInRequest(app, account({ stepId }), { allowSignUp: false });
      expect(await store.sessions.signIn(refused)).toEqual({ kind: "no_such_user" });
      const request = () => signInRequest(app, account({ stepId }));
      expect((await store.sessions.signIn(request())).kind).toBe("signed_in");
      expect(await store.sessions.signIn(request())).toEqual({ kind: "code_spent" });
    });
  });

  describe("an account of a provider", () => {
    const types = (user: { accounts: readonly { type: string }[] }) =>
      user.accounts.map(({ type }) => type).sort();

    test("is kept with what the provider says, as of the newest sign-in", async () => {
      const { store } = get();
      const app = await newApp(store);
      const first = account();
      await signIn(store, signInRequest(app, first));
      const renamed = { ...first, data: { ...first.data, name: "Ada L." } };
      const { user } = await signIn(store, signInRequest(app, renamed));
      expect(user.accounts).toHaveLength(1);
      expect(user.accounts[0]?.data).toMatchObject({ name: "Ada L." });
    });

    test("brings its vouched address to a new user where nobody has it, proven or not", async () => {
      const { store } = get();
      const app = await newApp(store);
      const { subject: email } = newEmail();
      const first = await signIn(store, signInRequest(app, account({ email })));
      expect(types(first.user)).toEqual(["email", "google_oauth"]);
      const second = await signIn(store, signInRequest(app, account({ email })));
      expect(second.user.id).not.toBe(first.user.id);
      expect(types(second.user)).toEqual(["google_oauth"]);
    });

    test("joins by its address whoever has proven it, once for each type", async () => {
      const { store } = get();
      const app = await newApp(store);
      const { subject: email } = newEmail();
      const known = await signIn(store, signInRequest(app, { type: "email", subject: email }));
      const merge = { email, merge: true };
      const joined = await store.sessions.signIn(
        signInRequest(app, account(merge), { allowSignUp: false }),
      );
      expect(joined).toMatchObject({
        kind: "signed_in",
        hasJoined: true,
        isNewUser: false,
        user: { id: known.user.id },
      });
      const another = await signIn(store, signInRequest(app, account(merge)));
      expect(another.user.id).not.toBe(known.user.id);
    });

    test("joins nobody whose address is not proven (pre-hijacking)", async () => {
      const { store } = get();
      const app = await newApp(store);
      const { subject: email } = newEmail();
      const made = await store.profiles.create(app, {
        ids: newUserIds(),
        email,
        verified: false,
        profile: {},
        passwordHash: "$argon2id$of-somebody-else",
      });
      if (made.kind !== "created") throw new TypeError(made.kind);
      const merge = account({ email, merge: true });
      const { user } = await signIn(store, signInRequest(app, merge));
      expect(user.id).not.toBe(made.user.id);
      expect(types(user)).toEqual(["google_oauth"]);
    });

    test("moves from a user who has nothing else, who is gone then, once", async () => {
      const { store } = get();
      const app = await newApp(store);
      const moved = account();
      const from = await signIn(store, signInRequest(app, moved));
      const to = await signIn(store, signInRequest(app, newEmail()));
      const { id: stepId } = await newStep(store, app, "transfer");
      const request = {
        appId: app,
        fromId: from.user.id,
        toId: to.user.id,
        account: moved,
        stepId,
        sid: to.session.id,
      };
      const done = await store.users.transferAccount(request);
      if (done.kind !== "linked") throw new TypeError(done.kind);
      expect(types(done.user)).toEqual(["email", "google_oauth"]);
      expect(await store.users.find(app, from.user.id)).toBeNull();
      expect((await store.sessions.read(from.session.id)).session?.endReason).toBe("user_deleted");
      expect((await store.sessions.read(to.session.id)).session?.endedAt).toBeNull();
      expect((await store.users.transferAccount(request)).kind).toBe("linked_to_another_user");
    });

    test("does not move from a user who has another way in", async () => {
      const { store } = get();
      const app = await newApp(store);
      const moved = account({ email: newEmail().subject });
      const from = await signIn(store, signInRequest(app, moved));
      const to = await signIn(store, signInRequest(app, newEmail()));
      const { id: stepId } = await newStep(store, app, "transfer");
      const result = await store.users.transferAccount({
        appId: app,
        fromId: from.user.id,
        toId: to.user.id,
        account: moved,
        stepId,
        sid: to.session.id,
      });
      expect(result).toEqual({ kind: "linked_to_another_user" });
      expect(await store.users.find(app, from.user.id)).not.toBeNull();
    });
  });
}
