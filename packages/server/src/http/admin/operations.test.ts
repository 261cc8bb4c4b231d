import { type Operation, type OperationName, operations } from "@latchkey/core/protocol/admin";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AdminClient, openAdminClient } from "./testing/admin-client.ts";
import { type Samples, samplesOf } from "./testing/samples.ts";

const names = Object.keys(operations) as OperationName[];

describe("every operation of the management API", () => {
  let client: AdminClient;
  let samples: Samples;
  beforeAll(async () => {
    client = await openAdminClient({
      app: { redirectUris: ["https://app.example.com/callback"] },
    });
    samples = await samplesOf(client);
  });
  afterAll(() => client.server.close());

  test.each(names)("%s answers as the OpenAPI document says", async (name) => {
    const operation: Operation = operations[name];
    const sample = await samples[name]();
    const { status, body } = await client.send(operation.method, sample.path, {
      headers: {
        "content-type": "application/json",
        ...(sample.cookie
          ? { cookie: sample.cookie, "sec-fetch-site": "same-origin" }
          : { authorization: `Bearer ${sample.key}` }),
      },
      ...(sample.body !== undefined && { body: JSON.stringify(sample.body) }),
    });
    expect({ status, body }).toMatchObject({ status: operation.answer ? 200 : 204 });
    if (operation.answer) {
      // As strict as the document: an answer carries nothing that it does not name.
      expect(operation.answer.parse(body)).toEqual(body);
    }
  });

  const guarded = names.filter((name) => operations[name].role !== "anyone");

  test.each(guarded)("%s is refused to who is not signed in (ASVS 8.2.1)", async (name) => {
    const { method } = operations[name];
    const { path, body } = await samples[name]();
    const answer = await client.call(null, method, path, body);
    // Without a key it is taken for a browser; a change is then refused before anything else.
    expect([401, 403]).toContain(answer.status);
    expect(["sign_in_required", "forbidden"]).toContain(answer.body.code);
  });

  test.each(guarded.filter((name) => operations[name].role !== "viewer"))(
    "%s is refused to a viewer (ASVS 8.2.1)",
    async (name) => {
      const { method } = operations[name];
      const { path, body } = await samples[name]();
      const answer = await client.call("viewer", method, path, body);
      expect(answer.status).toBe(403);
      expect(answer.body.code).toBe("role_required");
    },
  );

  test("the document names each of them once, with schemas", async () => {
    const { body } = await client.call(null, "GET", "/openapi.json");
    const documented = Object.values(body.paths as Record<string, Record<string, object>>).flatMap(
      (at) => Object.values(at).map((each) => (each as { operationId: string }).operationId),
    );
    expect(documented.sort()).toEqual([...names].sort());
    expect(body.openapi).toBe("3.1.0");
    expect(JSON.stringify(body)).not.toContain("undefined");
  });
});
