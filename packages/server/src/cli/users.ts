import type { Store } from "../storage/store.ts";
import { parseUserId } from "../users/wire-user.ts";
import { readArguments } from "./arguments.ts";
import { NotFoundError, UsageError } from "./failure.ts";
import { withOperator } from "./operator.ts";

export const disableUserCommand = (args: string[]): Promise<number> =>
  change(args, async (store, appId, id) => {
    if (!(await store.users.setDisabled(appId, id, true))) throw unknownUser();
    return "The user is disabled and their sessions have ended.";
  });

export const enableUserCommand = (args: string[]): Promise<number> =>
  change(args, async (store, appId, id) => {
    if (!(await store.users.setDisabled(appId, id, false))) throw unknownUser();
    return "The user may sign in again.";
  });

export const signOutUserCommand = (args: string[]): Promise<number> =>
  change(args, async (store, appId, id) => {
    if (!(await store.users.find(appId, id))) throw unknownUser();
    const ended = await store.sessions.endAllOfUser(id, "revoked");
    return `${ended} ${ended === 1 ? "session has" : "sessions have"} ended.`;
  });

async function change(
  args: string[],
  work: (store: Store, appId: string, id: string) => Promise<string>,
): Promise<number> {
  const [appId, userId] = readArguments(args, ["app id", "user id"], {}).positionals;
  const id = parseUserId(userId);
  if (id === null) {
    throw new UsageError(`"${userId}" is no user id: did:privy: and 25 letters and digits.`);
  }
  const done = await withOperator(({ store }) => work(store, appId, id));
  process.stdout.write(`${done}\n`);
  return 0;
}

const unknownUser = () => new NotFoundError("This app has no such user.");
