/** The OpenAPI 3.1 document of the management API, made from the schemas that the server reads by. */
import { errorAnswer, type Operation, operations } from "@latchkey/core/protocol/admin";
import * as z from "zod";

type Json = Record<string, unknown>;

export function openApi(origin: string): Json {
  const paths: Record<string, Json> = {};
  for (const [name, operation] of Object.entries(operations)) {
    const at = paths[operation.path] ?? {};
    paths[operation.path] = at;
    at[operation.method.toLowerCase()] = describe(name, operation);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Latchkey management API",
      version: "1",
      description:
        "Everything that the dashboard does. Times are milliseconds since the epoch. Scripts send a key: Authorization: Bearer.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: `${origin}/admin/v1` }],
    security: [{ apiKey: [] }, { dashboard: [] }],
    tags: [...new Set(Object.values(operations).map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: "http", scheme: "bearer" },
        dashboard: { type: "apiKey", in: "cookie", name: "__Host-latchkey-dashboard" },
      },
      schemas: { Error: schemaOf(errorAnswer, "output") },
    },
  };
}

function describe(name: string, { path, tag, summary, role, query, body, answer }: Operation) {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => ({
    name: parameter,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const refused = { description: "Refused", ...content({ $ref: "#/components/schemas/Error" }) };
  return {
    operationId: name,
    tags: [tag],
    summary,
    description: role === "anyone" ? "Needs no sign-in." : `Takes the role ${role}.`,
    ...(role === "anyone" && { security: [] }),
    parameters: [...inPath, ...(query ? queryParameters(query) : [])],
    ...(body && { requestBody: { required: true, ...content(schemaOf(body, "input")) } }),
    responses: {
      ...(answer
        ? { 200: { description: "Done", ...content(schemaOf(answer, "output")) } }
        : { 204: { description: "Done" } }),
      default: refused,
    },
  };
}

function queryParameters(query: z.ZodObject): Json[] {
  const { properties = {}, required = [] } = schemaOf(query, "input") as {
    properties?: Json;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
}

const content = (schema: Json) => ({ content: { "application/json": { schema } } });

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}
