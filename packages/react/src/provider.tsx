"use client";
import { createLatchkeyClient, type LatchkeyClient } from "@latchkey/browser";
import { createContext, type ReactNode, useContext, useEffect, useMemo } from "react";

const ClientContext = createContext<LatchkeyClient | null>(null);

export type LatchkeyProviderProps = { readonly children?: ReactNode } & (
  | {
      /** The app id, 25 characters: `latchkey apps list` shows it. */
      readonly appId: string;
      /** Origin of the Latchkey server, such as `https://auth.example.com`. */
      readonly serverUrl: string;
      /** An app client's id, where the app has several. */
      readonly clientId?: string | undefined;
      readonly client?: never;
    }
  | {
      /** A client of your own making. The provider starts it and stops it. */
      readonly client: LatchkeyClient;
      readonly appId?: never;
      readonly serverUrl?: never;
      readonly clientId?: never;
    }
);

/**
 * Gives a session client to everything inside. Never throws while rendering: what is wrong with
 * the configuration or the network is in `useLatchkey().error`.
 */
export function LatchkeyProvider(props: LatchkeyProviderProps) {
  const { appId, serverUrl, clientId, client: given, children } = props;
  const client = useMemo(
    () =>
      given ??
      createLatchkeyClient({ appId: appId as string, serverUrl: serverUrl as string, clientId }),
    [given, appId, serverUrl, clientId],
  );
  useEffect(() => {
    void client.start();
    return client.destroy;
  }, [client]);
  return <ClientContext.Provider value={client}>{children}</ClientContext.Provider>;
}

/** The client of the nearest provider, for code that is not about rendering. */
export function useLatchkeyClient(): LatchkeyClient {
  const client = useContext(ClientContext);
  if (!client) {
    throw new TypeError(
      "There is no <LatchkeyProvider> above this component: wrap your app in one.",
    );
  }
  return client;
}
