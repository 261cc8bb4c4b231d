import type { AdminDomain } from "@latchkey/core/protocol/admin";
import { Alert, Badge, Button, Code, Group, Modal, Stack, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useChange } from "../../api/queries.ts";
import { Copyable } from "../../parts/copyable.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Takes } from "../../parts/takes.tsx";
import { When } from "../../parts/when.tsx";
import { CERTIFICATE_WORDS, STATE_WORDS } from "./domain-words.ts";

interface Props {
  readonly appId: string;
  readonly domain: AdminDomain;
}

/** One domain: where it stands, the records to set with what is seen, and what is wrong. */
export function DomainPanel({ appId, domain }: Props) {
  const check = useChange("POST /apps/{appId}/domain/check");
  const { title, words, color } = STATE_WORDS[domain.state];
  return (
    <Stack>
      <Group justify="space-between">
        <Group gap="sm">
          <Text fw={600}>{domain.domain}</Text>
          <Badge color={color} variant="light">
            {title}
          </Badge>
        </Group>
        <Group gap="xs">
          <Takes call="POST /apps/{appId}/domain/check">
            <Button
              variant="default"
              size="xs"
              loading={check.isPending}
              onClick={() => check.mutate({ params: { appId } })}
            >
              Refresh
            </Button>
          </Takes>
          <RemoveDomain appId={appId} domain={domain} />
        </Group>
      </Group>
      <Text size="sm">
        {domain.state === "blocked" ? `${words} ${domain.decision ?? ""}` : words}
      </Text>
      {domain.approval === "pending" && domain.approvalReason && (
        <Alert color="yellow" title="An operator of this deployment decides">
          {domain.approvalReason}
        </Alert>
      )}
      {check.error && <Failure error={check.error} />}
      <Table.ScrollContainer minWidth={560}>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Type</Table.Th>
              <Table.Th>Name</Table.Th>
              <Table.Th>Value</Table.Th>
              <Table.Th miw={150}>Seen now</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {domain.records.map((record) => (
              <Table.Tr key={`${record.type} ${record.name}`}>
                <Table.Td>
                  <Text size="sm" fw={600}>
                    {record.type}
                  </Text>
                  {record.isOptional && (
                    <Text size="xs" c="dimmed">
                      optional
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  <Copyable value={record.name} label="name" />
                </Table.Td>
                <Table.Td>
                  <Copyable value={record.value} label="value" />
                  <Text size="xs" c="dimmed" mt={4}>
                    {record.purpose}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Seen record={record} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {domain.findings.map((finding) => (
        <Alert
          key={`${finding.verdict} ${finding.message}`}
          color={{ error: "red", warning: "yellow", info: "blue" }[finding.severity]}
          title={{ error: "To mend", warning: "To know", info: "Good to know" }[finding.severity]}
        >
          <Text size="sm">{finding.message}</Text>
          {finding.records.map((record) => (
            <Group key={`${record.type} ${record.name} ${record.value}`} gap="xs" mt={6}>
              <Code>{record.type}</Code>
              <Copyable value={record.name} label="name" />
              <Copyable value={record.value} label="value" />
            </Group>
          ))}
        </Alert>
      ))}
      {domain.certificate && (
        <Text size="sm">
          Certificate: {CERTIFICATE_WORDS[domain.certificate.state]}
          {domain.certificate.notAfterAt !== null && (
            <>
              {" "}
              Good until <When at={domain.certificate.notAfterAt} />.
            </>
          )}
          {domain.certificate.renewAt !== null && (
            <>
              {" "}
              Renewed from <When at={domain.certificate.renewAt} />.
            </>
          )}
          {domain.certificate.errorDetail && ` ${domain.certificate.errorDetail}`}
        </Text>
      )}
      <Text size="xs" c="dimmed">
        {domain.checkedAt === null ? (
          "Not looked at yet."
        ) : (
          <>
            Looked at <When at={domain.checkedAt} />; again by itself{" "}
            <When at={domain.nextCheckAt} />. New records can take hours to be seen everywhere.
          </>
        )}
      </Text>
    </Stack>
  );
}

function Seen({ record }: { record: AdminDomain["records"][number] }) {
  const { status, seen, isOptional } = record;
  if (status === "ok")
    return (
      <Badge color="teal" variant="light">
        as it should be
      </Badge>
    );
  const [color, words] = {
    bad: isOptional
      ? (["gray", "not set"] as const)
      : (["red", seen.length > 0 ? "something else" : "nothing"] as const),
    mixed: ["yellow", "not everywhere yet"] as const,
    unknown: ["gray", "not known"] as const,
  }[status];
  return (
    <Stack gap={4}>
      <Badge color={color} variant="light">
        {words}
      </Badge>
      {seen.map((value) => (
        <Code key={value} style={{ overflowWrap: "anywhere" }}>
          {value}
        </Code>
      ))}
    </Stack>
  );
}

function RemoveDomain({ appId, domain }: Props) {
  const [opened, { open, close }] = useDisclosure();
  const release = useChange("DELETE /apps/{appId}/domain");
  return (
    <>
      <Takes call="DELETE /apps/{appId}/domain">
        <Button variant="subtle" color="red" size="xs" onClick={open}>
          Remove
        </Button>
      </Takes>
      <Modal opened={opened} onClose={close} title={`Remove ${domain.domain}?`}>
        <Stack>
          <Text size="sm">
            No cookies are set on it any more: whoever is signed in there signs in again. Its DNS
            records mean nothing then; delete them. Claimed anew, it gets new records.
          </Text>
          {release.error && <Failure error={release.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Keep it
            </Button>
            <Button
              color="red"
              loading={release.isPending}
              onClick={() => release.mutate({ params: { appId } }, { onSuccess: close })}
            >
              Remove
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
