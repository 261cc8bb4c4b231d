import { readSealedSession, type SealedSession } from "@latchkey/core/sealed/sealed-session";

type Fields = Readonly<Record<string, unknown>>;

/** The session in an answer of POST /user_management/authenticate; null when it is none. */
export function answeredSession(answer: unknown): SealedSession | null {
  const body = fields(answer);
  const user = fields(body.user);
  const impersonator = body.impersonator ? fields(body.impersonator) : undefined;
  const read = readSealedSession({
    accessToken: body.access_token,
    refreshToken: body.refresh_token,
    user: {
      id: user.id,
      email: user.email,
      emailVerified: user.email_verified,
      name: user.name,
      firstName: user.first_name,
      lastName: user.last_name,
      profilePictureUrl: user.profile_picture_url,
      lastSignInAt: user.last_sign_in_at,
      locale: user.locale,
      externalId: user.external_id,
      metadata: user.metadata,
      createdAt: user.created_at,
      updatedAt: user.updated_at,
    },
    impersonator: impersonator && { email: impersonator.email, reason: impersonator.reason },
    authenticationMethod: body.authentication_method,
    organizationId: body.organization_id,
  });
  return read.ok ? read.session : null;
}

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}
