import { Code, Group, Stack, Text, Title } from "@mantine/core";
import { Copyable } from "../../parts/copyable.tsx";
import { curlOf } from "./curl.ts";
import type { ApiOperation } from "./document.ts";
import { type Schema, schemaText } from "./schema-text.ts";

export function OperationDetails({ operation, url }: { operation: ApiOperation; url: string }) {
  const { operationId, description, parameters = [], requestBody, responses } = operation;
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <Code>{operationId}</Code>
        <Text size="sm">{description}</Text>
      </Group>
      <Copyable value={curlOf(operation, url)} label="command" />
      {parameters.length > 0 && (
        <Part title="Parameters">
          {parameters
            .map(
              ({ name, in: place, required, schema }) =>
                `${name}${required ? "" : "?"}: ${schemaText(schema)}  // in the ${place}${schema.description ? `; ${schema.description}` : ""}`,
            )
            .join("\n")}
        </Part>
      )}
      <SchemaPart title="Body" schema={requestBody?.content?.["application/json"]?.schema} />
      {responses["204"] ? (
        <Text size="sm">Answers 204, without a body.</Text>
      ) : (
        <SchemaPart
          title="Answer"
          schema={responses["200"]?.content?.["application/json"]?.schema}
        />
      )}
    </Stack>
  );
}

function SchemaPart({ title, schema }: { title: string; schema: Schema | undefined }) {
  return schema ? <Part title={title}>{schemaText(schema)}</Part> : null;
}

function Part({ title, children }: { title: string; children: string }) {
  return (
    <Stack gap={4}>
      <Title order={3} size="h6">
        {title}
      </Title>
      <Code block tabIndex={0} style={{ overflowX: "auto" }}>
        {children}
      </Code>
    </Stack>
  );
}
