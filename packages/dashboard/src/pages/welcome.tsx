import { Button, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { ApiError } from "../api/client.ts";
import { session, useChange } from "../api/queries.ts";
import { Failure } from "../parts/failure.tsx";
import { TextLink } from "../parts/text-link.tsx";
import { Entrance } from "./entrance.tsx";

/** Read once: the address bar and the history keep no secret. */
function takeToken(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token !== null) history.replaceState(history.state, "", location.pathname);
  return token;
}

/** Where a one-time link leads. */
export function Welcome() {
  const [token] = useState(takeToken);
  const [email, setEmail] = useState("");
  const redeem = useChange("POST /session/invitation");
  const client = useQueryClient();
  const navigate = useNavigate();

  if (token === null) {
    return (
      <Entrance
        title="This link is not complete"
        lead="Open it whole, as it was printed or sent: it ends in a long code behind #token=."
      >
        <TextLink to="/sign-in">Sign in by mail instead</TextLink>
      </Entrance>
    );
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (token === null) return;
    await redeem.mutateAsync({ body: { token, email } });
    await client.fetchQuery({ ...session, staleTime: 0 });
    await navigate({ to: "/" });
  }

  const { error } = redeem;
  const beside = error instanceof ApiError ? error.fields.email : undefined;
  return (
    <Entrance
      title="Welcome"
      lead="This link lets you in once. Say which address you will sign in with from then on: codes are mailed there."
    >
      <form onSubmit={(event) => submit(event).catch(() => undefined)}>
        <Stack>
          <TextInput
            label="E-mail address"
            type="email"
            name="email"
            autoComplete="email"
            required
            data-autofocus
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={beside}
          />
          {error && !beside && <Failure error={error} />}
          <Button type="submit" loading={redeem.isPending}>
            Enter the dashboard
          </Button>
        </Stack>
      </form>
    </Entrance>
  );
}
