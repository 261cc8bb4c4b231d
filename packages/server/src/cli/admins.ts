import { ROLES } from "@latchkey/core/protocol/admin";
import { emailAddress } from "@latchkey/core/protocol/browser-requests";
import { inviteAdmin } from "../admin/invitations.ts";
import { readArguments, refuseArguments } from "./arguments.ts";
import { UsageError } from "./failure.ts";
import { table, withOperator } from "./operator.ts";

/** The way in when no administrator is left, or none was there yet. */
export async function inviteAdminCommand(args: string[]): Promise<number> {
  const { values } = readArguments(args, [], {
    email: { type: "string" },
    role: { type: "string", default: "owner" },
  });
  const role = ROLES.find((each) => each === values.role);
  if (!role) throw new UsageError(`--role takes one of ${ROLES.join(", ")}.`);
  const email = values.email === undefined ? null : emailAddress.safeParse(values.email);
  if (email && !email.success) throw new UsageError("--email takes an e-mail address.");
  const { url } = await withOperator((services) =>
    inviteAdmin(services, { email: email?.data ?? null, role, by: "operator" }),
  );
  process.stdout.write(`
  ${url}

  Opens the dashboard once, within three days, for whoever has it. Hand it over like a password.

`);
  return 0;
}

export async function listAdminsCommand(args: string[]): Promise<number> {
  refuseArguments(args);
  const admins = await withOperator(({ store }) => store.admins.list());
  if (admins.length === 0) {
    process.stdout.write("Nobody manages this deployment yet. latchkey admins invite\n");
    return 0;
  }
  process.stdout.write(
    table([
      ["E-MAIL", "ROLE", "LAST SEEN"],
      ...admins.map(({ email, role, lastSeenAt }) => [
        email,
        role,
        lastSeenAt === null ? "never" : new Date(lastSeenAt).toISOString(),
      ]),
    ]),
  );
  return 0;
}
