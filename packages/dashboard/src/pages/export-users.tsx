import type { AdminUser } from "@latchkey/core/protocol/admin";
import { Button, Menu, Text } from "@mantine/core";
import { useState } from "react";
import { call, type Input } from "../api/client.ts";
import { Failure } from "../parts/failure.tsx";
import { download } from "./download.ts";
import { csvLine } from "./user-import/csv.ts";

const HEAD = ["id", "serverId", "email", "createdAt", "lastSignInAt", "disabled", "customMetadata"];

type UserQuery = Omit<NonNullable<Input<"GET /apps/{appId}/users">["query"]>, "limit" | "after">;

/** All users of an app, or those that were searched for, as a file. */
export function ExportUsers({ appId, query }: { appId: string; query: UserQuery }) {
  const [state, setState] = useState<number | Error | null>(null);

  async function save(format: "csv" | "json") {
    const users: AdminUser[] = [];
    let after: string | undefined;
    do {
      setState(users.length);
      const page = await call("GET /apps/{appId}/users", {
        params: { appId },
        query: { ...query, limit: 100, after },
      });
      users.push(...page.items);
      after = page.next ?? undefined;
    } while (after !== undefined);
    if (format === "json") {
      download("users.json", JSON.stringify(users, null, 2), "application/json");
    } else {
      download("users.csv", [HEAD.join(","), ...users.map(asCsv)].join("\r\n"), "text/csv");
    }
    setState(null);
  }
  const start = (format: "csv" | "json") =>
    save(format).catch((error: unknown) =>
      setState(error instanceof Error ? error : new Error(String(error))),
    );

  return (
    <>
      <Menu>
        <Menu.Target>
          <Button variant="default" loading={typeof state === "number"}>
            Export
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => start("csv")}>As CSV</Menu.Item>
          <Menu.Item onClick={() => start("json")}>As JSON</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {typeof state === "number" && <Text size="sm" role="status">{`${state} users so far…`}</Text>}
      {state instanceof Error && <Failure error={state} />}
    </>
  );
}

const asCsv = (user: AdminUser): string =>
  csvLine([
    user.id,
    user.serverId,
    user.accounts.find(({ type }) => type === "email")?.subject ?? "",
    new Date(user.createdAt).toISOString(),
    user.lastSignInAt === null ? "" : new Date(user.lastSignInAt).toISOString(),
    String(user.disabledAt !== null),
    user.customMetadata ? JSON.stringify(user.customMetadata) : "",
  ]);
