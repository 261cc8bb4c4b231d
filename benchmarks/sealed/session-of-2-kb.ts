import { randomBytes } from "node:crypto";
import type { KeyRing } from "@latchkey/core/sealed/key-ring";

type Sealable = Parameters<KeyRing["seal"]>[0];

const BYTES = 2_048;

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const random = (bytes: number) => randomBytes(bytes).toString("base64url");

const CLAIMS = {
  iss: "https://auth.example.com/user_management/client_01JD6V7W4Y0Z8Q2M5N3K1H9G7F",
  sub: "user_01JD6V9R3T5X7Z1B2D4F6H8K0M",
  sid: "session_01JD6VA5C7E9G1J3M5P7R9T1V3",
  jti: "01JD6VB2N4Q6S8V0X2Z4B6D8F0",
  org_id: "org_01JD6VC8E0G2J4M6P8R0T2V4X6",
  role: "admin",
  roles: ["admin", "billing"],
  permissions: ["posts:create", "posts:delete", "users:manage", "invoices:read", "invoices:send"],
  entitlements: ["audit-logs", "single-sign-on"],
  feature_flags: ["new-editor", "shared-drafts"],
  client_id: "client_01JD6V7W4Y0Z8Q2M5N3K1H9G7F",
  auth_time: 1_800_000_000,
  iat: 1_800_000_000,
  exp: 1_800_000_900,
};

/**
 * A session whose JSON has 2,048 bytes: an access token with the form of ES256 and every claim, a
 * refresh token of Latchkey's form, a user with every field, and a note that fills the rest.
 */
export function sessionOf2Kb(): Sealable {
  const missing = BYTES - Buffer.byteLength(JSON.stringify(sessionWith("")));
  const note = "Met at the fair. ".repeat(BYTES).slice(0, missing);
  // Read from JSON, as the answer of a session server is: texts put together in parts cost more.
  return JSON.parse(JSON.stringify(sessionWith(note))) as Sealable;
}

const accessToken = [
  encoded({ alg: "ES256", typ: "JWT", kid: "key_01JD6VD4H6K8N0Q2S4V6X8Z0B2" }),
  encoded(CLAIMS),
  random(64),
].join(".");
const refreshToken = `lk1.k1.${CLAIMS.sid}.12.1834560000.${random(16)}.${random(32)}`;

function sessionWith(note: string): object {
  return {
    accessToken,
    refreshToken,
    user: {
      object: "user",
      id: CLAIMS.sub,
      email: "marcelina.davis@example.com",
      emailVerified: true,
      name: "Marcelina Davis-Łukasiewicz",
      firstName: "Marcelina",
      lastName: "Davis-Łukasiewicz",
      profilePictureUrl: "https://images.example.com/users/4f6c1d2e-8a7b-4c3d-9e0f/avatar.jpg",
      lastSignInAt: "2026-11-21T19:07:33.155Z",
      locale: "en-US",
      externalId: "f1ffa2b2-c20b-4d39-be5c-212726e11222",
      metadata: { language: "en", plan: "team", note },
      createdAt: "2025-03-25T19:07:33.155Z",
      updatedAt: "2026-11-21T19:07:33.155Z",
    },
    authenticationMethod: "GoogleOAuth",
    organizationId: CLAIMS.org_id,
  };
}
