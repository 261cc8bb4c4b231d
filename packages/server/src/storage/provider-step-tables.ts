/** What a sign-in at a provider keeps between its steps; the conventions are those of schema.ts. */

export interface ProviderStepTable {
  /** HMAC of the state or code that the browser carries */
  id: string;
  app_id: string;
  /** conn_… */
  provider_id: string;
  /** flow, proof or transfer */
  kind: string;
  /** Opens with the master key and the state or code together */
  sealed: string;
  created_at: number;
  expires_at: number;
  used_at: number | null;
}

export interface ProviderStepTables {
  provider_steps: ProviderStepTable;
}
