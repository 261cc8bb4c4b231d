import { impersonation } from "@latchkey/core/protocol/app-server-requests";
import { describeIssues } from "../http/describe-issues.ts";
import { impersonate } from "../sessions/impersonation.ts";
import { readArguments } from "./arguments.ts";
import { NotFoundError, UsageError } from "./failure.ts";
import { withOperator } from "./operator.ts";

/** Prints an address that signs whoever opens it in as the user, once, within ten minutes. */
export async function impersonateCommand(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, ["client id", "user e-mail"], {
    as: { type: "string" },
    reason: { type: "string" },
    "redirect-uri": { type: "string" },
  });
  const [id, userEmail] = positionals;
  if (!values.as) throw new UsageError("--as <your e-mail> is missing: the app shows it.");
  if (!values.reason) throw new UsageError("--reason <text> is missing: the trail keeps it.");
  const url = await withOperator(async (services) => {
    const { directory } = services;
    const app = (await directory.findByClientId(id)) ?? (await directory.find(id));
    if (!app) throw new NotFoundError(`No app has the id ${id}. latchkey apps list shows them.`);
    const [first] = app.settings.redirectUris.filter((each) => !each.includes("*"));
    const redirectUri = values["redirect-uri"] ?? first;
    if (redirectUri === undefined) {
      throw new UsageError("Say where the app takes codes: --redirect-uri <address>.");
    }
    const read = impersonation.safeParse({
      client_id: app.clientId,
      redirect_uri: redirectUri,
      user_email: userEmail,
      impersonator_email: values.as,
      reason: values.reason,
    });
    if (!read.success) throw new UsageError(describeIssues(read.error.issues));
    const { data } = read;
    const { code } = await impersonate(services, {
      app,
      userEmail: data.user_email,
      redirectUri,
      impersonator: { email: data.impersonator_email, reason: data.reason },
    });
    const answer = new URL(redirectUri);
    answer.searchParams.set("code", code);
    return answer.href;
  });
  process.stdout.write(`
  ${url}

  Open it in a private window: it works once, within ten minutes, and the session ends after an hour.
  The app and the session's trail show your address and your reason.

`);
  return 0;
}
