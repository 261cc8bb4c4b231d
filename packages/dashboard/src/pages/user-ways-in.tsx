import { Badge, Group, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Answer } from "../api/client.ts";
import { read, useChange } from "../api/queries.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Failure } from "../parts/failure.tsx";
import { When } from "../parts/when.tsx";
import { methodWords } from "./method-words.ts";

type Account = Answer<"GET /apps/{appId}/users/{userId}">["accounts"][number];
type Passkey = Answer<"GET /apps/{appId}/users/{userId}/passkeys">["items"][number];
type Params = { readonly appId: string; readonly userId: string };

/** How a user signs in, and taking a way away. */
export function UserWaysIn({ params, accounts }: { params: Params; accounts: readonly Account[] }) {
  const passkeys = useQuery({
    ...read("GET /apps/{appId}/users/{userId}/passkeys", { params }),
    enabled: accounts.some(({ type }) => type === "passkey"),
  });
  const passkeyOf = ({ type, subject }: Account) =>
    type === "passkey"
      ? passkeys.data?.items.find(({ credentialId }) => credentialId === subject)
      : undefined;
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        Ways in
      </Title>
      {passkeys.error && <Failure error={passkeys.error} />}
      <Table.ScrollContainer minWidth={560}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Kind</Table.Th>
              <Table.Th>Name</Table.Th>
              <Table.Th>Last</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {accounts.map((account) => (
              <Row
                key={`${account.type} ${account.subject}`}
                params={params}
                account={account}
                passkey={passkeyOf(account)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}

function Row({
  params,
  account,
  passkey,
}: {
  params: Params;
  account: Account;
  passkey: Passkey | undefined;
}) {
  const { type, subject, isVerified, latestVerifiedAt } = account;
  const kind = methodWords(type);
  const name = passkey?.name ?? account.name ?? subject;
  return (
    <Table.Tr>
      <Table.Td>{kind}</Table.Td>
      <Table.Td style={{ overflowWrap: "anywhere" }}>
        {name || "–"}
        {account.name && type !== "passkey" && (
          <Text size="xs" c="dimmed">
            {subject}
          </Text>
        )}
        {passkey && (
          <Text size="xs" c="dimmed">
            made <When at={passkey.createdAt} />
            {passkey.isBackedUp && ", kept on several devices"}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {passkey ? (
          <PasskeyUse passkey={passkey} />
        ) : isVerified ? (
          <Text size="sm">
            proven <When at={latestVerifiedAt} />
          </Text>
        ) : (
          <Badge color="yellow" variant="light">
            not proven
          </Badge>
        )}
      </Table.Td>
      <Table.Td>
        {type !== "guest" && <Remove params={params} account={account} name={name} kind={kind} />}
      </Table.Td>
    </Table.Tr>
  );
}

/** A counter that went back is what a copied passkey looks like (WebAuthn level 3 section 6.1.1). */
function PasskeyUse({ passkey: { lastUsedAt, regressedAt } }: { passkey: Passkey }) {
  return (
    <Stack gap={4} align="flex-start">
      <Text size="sm">
        {lastUsedAt === null ? (
          "never used"
        ) : (
          <>
            used <When at={lastUsedAt} />
          </>
        )}
      </Text>
      {regressedAt !== null && (
        <>
          <Badge color="red" variant="light">
            may be copied
          </Badge>
          <Text size="xs" c="dimmed">
            its counter went back <When at={regressedAt} />
          </Text>
        </>
      )}
    </Stack>
  );
}

function Remove({
  params,
  account: { type, subject },
  name,
  kind,
}: {
  params: Params;
  account: Account;
  name: string;
  kind: string;
}) {
  const unlink = useChange("POST /apps/{appId}/users/{userId}/accounts/unlink");
  return (
    <Group justify="flex-end">
      <Confirm
        label="Remove"
        aria-label={`Remove ${kind} ${name}`}
        title={`Remove ${kind} ${name}?`}
        action="Remove it"
        work={unlink}
        run={(done) => unlink.mutate({ params, body: { type, subject } }, { onSuccess: done })}
      >
        It signs this user in no more. All their sessions end, and where they have a proven address
        a mail tells them. The last way in cannot be removed.
      </Confirm>
    </Group>
  );
}
