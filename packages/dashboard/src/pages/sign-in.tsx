import { Anchor, Button, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { session, useChange } from "../api/queries.ts";
import { Failure } from "../parts/failure.tsx";
import { Entrance } from "./entrance.tsx";

export function SignIn() {
  const { to } = useSearch({ from: "/sign-in" });
  const [email, setEmail] = useState("");
  const [code, setCode] = useState("");
  const send = useChange("POST /session/code");
  const signIn = useChange("POST /session");
  const client = useQueryClient();
  const navigate = useNavigate();
  const sent = send.isSuccess;

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!sent) return void (await send.mutateAsync({ body: { email } }));
    await signIn.mutateAsync({ body: { email, code } });
    await client.fetchQuery({ ...session, staleTime: 0 });
    await navigate({ href: to ?? "/dashboard/" });
  }

  const error = sent ? signIn.error : send.error;
  return (
    <Entrance
      title="Sign in"
      lead={
        sent
          ? `If ${email} belongs to an administrator, a six-digit code is on its way there.`
          : "A code is mailed to your address. It works once, for ten minutes."
      }
    >
      <form onSubmit={(event) => submit(event).catch(() => undefined)}>
        <Stack>
          <TextInput
            label="E-mail address"
            type="email"
            name="email"
            autoComplete="email"
            required
            readOnly={sent}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={sent ? undefined : error?.fields.email}
          />
          {sent && (
            <TextInput
              label="Code"
              name="code"
              inputMode="numeric"
              autoComplete="one-time-code"
              pattern="[0-9]{6}"
              maxLength={6}
              required
              autoFocus
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
              error={error?.fields.code}
            />
          )}
          {error && Object.keys(error.fields).length === 0 && <Failure error={error} />}
          <Button type="submit" loading={send.isPending || signIn.isPending}>
            {sent ? "Sign in" : "Mail me a code"}
          </Button>
          {sent && (
            <Anchor
              component="button"
              type="button"
              size="sm"
              onClick={() => {
                send.reset();
                signIn.reset();
                setCode("");
              }}
            >
              Use another address, or ask for another code
            </Anchor>
          )}
          <Text size="xs" c="dimmed">
            No way in any more? Whoever runs the server prints a new link: latchkey admins invite
          </Text>
        </Stack>
      </form>
    </Entrance>
  );
}
