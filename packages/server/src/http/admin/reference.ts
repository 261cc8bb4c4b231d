/** The text of docs/reference/management-api.md. */
import { type Operation, operations } from "@latchkey/core/protocol/admin";
import { openApi } from "./openapi.ts";

const INTRODUCTION = `# Management API

<!-- Generated from packages/core/src/protocol/admin: npm run generate -->

Everything that the dashboard does, for scripts too: \`/admin/v1\` on the deployment's own host. The
whole of it with every shape is the OpenAPI 3.1 document that a server answers at
\`/admin/v1/openapi.json\`. [The guide](../guides/management-api.md) begins with a key.

**Who may call.** A script sends a key, \`Authorization: Bearer lk_admin_…\`; the dashboard has a session
in a cookie. Each has a role: a *viewer* reads, an *editor* changes apps and users, an *owner* also
decides who manages. The role below is the least that a call takes.

**Changes** are in the audit log with who, what, before and after. Where somebody may have changed the
same thing meanwhile, a change carries the \`version\` that it was made on, and a newer one is answered
with 409 \`changed_meanwhile\`.

**Answers** are JSON; times are milliseconds since the epoch. A list goes on where its \`next\` is not
null: send that as \`after\`. A refusal is \`{code, message}\`, with \`fields\` where fields of the body are
wrong; [errors](errors.md) explains each code.
`;

export function managementReference(): string {
  const { paths } = openApi("") as { paths: Record<string, Record<string, Described>> };
  const sections = Object.entries(operations).map(([name, operation]) =>
    section(operation, paths[operation.path]?.[operation.method.toLowerCase()], name),
  );
  const tags = [...new Set(Object.values(operations).map(({ tag }) => tag))];
  const byTag = tags.map((tag) => {
    const own = sections.filter((each) => each.tag === tag);
    return `## ${tag}\n\n${own.map(({ text }) => text).join("\n")}`;
  });
  return `${INTRODUCTION}\n${byTag.join("\n")}`;
}

interface Described {
  readonly parameters: readonly { name: string; in: string; required: boolean }[];
  readonly requestBody?: {
    content: { "application/json": { schema: Shape } };
  };
}

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
}

function section(operation: Operation, described: Described | undefined, name: string) {
  const { method, path, tag, summary, role } = operation;
  const query = (described?.parameters ?? []).filter((each) => each.in === "query");
  const body = described?.requestBody?.content["application/json"].schema;
  const lines = [
    `### ${method} /admin/v1${path}`,
    "",
    `${summary} ${role === "anyone" ? "Needs no sign-in." : `Role: ${role}.`} Operation \`${name}\`.`,
    "",
    ...(query.length > 0
      ? [`Query: ${query.map((each) => `\`${each.name}\``).join(", ")}.`, ""]
      : []),
    ...(body?.properties
      ? [...Object.entries(body.properties).map(([field, shape]) => row(field, shape, body)), ""]
      : []),
  ];
  return { tag, text: lines.join("\n") };
}

function row(field: string, shape: Shape, body: Shape): string {
  const needed = body.required?.includes(field) ?? false;
  const fallback =
    shape.default === undefined ? "" : `, default \`${JSON.stringify(shape.default)}\``;
  const words = shape.description === undefined ? "" : `: ${shape.description}`;
  return `- \`${field}\`${needed ? "" : ` (optional${fallback})`}${words}`;
}
