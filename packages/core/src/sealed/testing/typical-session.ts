import { crypto } from "../../crypto/index.ts";
import { base64url } from "../../encoding.ts";
import { signJwt } from "../../tokens/jwt.ts";
import type { SealedSession } from "../sealed-session.ts";

const privateKey = await crypto.importEs256Private(await crypto.generateEs256());

/** Every claim that the app-server protocol documents, those of permissions well filled. */
const accessToken = (issuedAt = 1_800_000_000) =>
  signJwt(
    {
      iss: "https://auth.example.com/user_management/client_01JD6V7W4Y0Z8Q2M5N3K1H9G7F",
      sub: "user_01JD6V9R3T5X7Z1B2D4F6H8K0M",
      sid: "session_01JD6VA5C7E9G1J3M5P7R9T1V3",
      jti: "01JD6VB2N4Q6S8V0X2Z4B6D8F0",
      org_id: "org_01JD6VC8E0G2J4M6P8R0T2V4X6",
      role: "admin",
      roles: ["admin", "billing"],
      permissions: ["posts:create", "posts:delete", "users:manage"],
      entitlements: ["audit-logs"],
      feature_flags: ["new-editor"],
      client_id: "client_01JD6V7W4Y0Z8Q2M5N3K1H9G7F",
      auth_time: issuedAt,
      iat: issuedAt,
      exp: issuedAt + 900,
    },
    { kid: "key_01JD6VD4H6K8N0Q2S4V6X8Z0B2", privateKey },
  );

/** A user with every field, a refresh token of this server's form, and an ES256 access token. */
export async function typicalSession(issuedAt?: number): Promise<SealedSession> {
  const mac = base64url(crypto.randomBytes(32));
  const r = base64url(crypto.randomBytes(16));
  return {
    accessToken: await accessToken(issuedAt),
    refreshToken: `lk1.k1.session_01JD6VA5C7E9G1J3M5P7R9T1V3.12.1834560000.${r}.${mac}`,
    user: {
      object: "user",
      id: "user_01JD6V9R3T5X7Z1B2D4F6H8K0M",
      email: "marcelina.davis@example.com",
      emailVerified: true,
      name: "Marcelina Davis-Łukasiewicz",
      firstName: "Marcelina",
      lastName: "Davis-Łukasiewicz",
      profilePictureUrl:
        "https://images.example.com/users/4f6c1d2e-8a7b-4c3d-9e0f/avatar.jpg?s=256",
      lastSignInAt: "2026-11-21T19:07:33.155Z",
      locale: "en-US",
      externalId: "f1ffa2b2-c20b-4d39-be5c-212726e11222",
      metadata: { language: "en", plan: "team", referrer: "newsletter" },
      createdAt: "2025-03-25T19:07:33.155Z",
      updatedAt: "2026-11-21T19:07:33.155Z",
    },
    authenticationMethod: "GoogleOAuth",
    organizationId: "org_01JD6VC8E0G2J4M6P8R0T2V4X6",
  };
}
