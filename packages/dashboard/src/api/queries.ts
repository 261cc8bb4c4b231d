/** What pages read, kept and shared by TanStack Query. */
import { type QueryClient, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import {
  type Answer,
  ApiError,
  type Arguments,
  call,
  type Endpoint,
  type Input,
} from "./client.ts";

export const session = queryOptions({
  queryKey: ["GET /session"],
  queryFn: () =>
    call("GET /session").catch((error: unknown) => {
      // Only this says that nobody is signed in; a failure is no sign-out.
      if (error instanceof ApiError && error.code === "sign_in_required") return null;
      throw error;
    }),
});

/** A read of the API as a query. */
export function read<E extends Extract<Endpoint, `GET ${string}`>>(
  endpoint: E,
  ...input: Arguments<E>
) {
  return queryOptions<Answer<E>>({
    queryKey: [endpoint, ...input],
    queryFn: () => call(endpoint, ...input),
  });
}

/** A change, after which everything that is shown is read anew. */
export function useChange<E extends Exclude<Endpoint, `GET ${string}`>>(endpoint: E) {
  const client = useQueryClient();
  const mutation = useMutation<Answer<E>, ApiError, Input<E>>({
    mutationFn: (input) => call(endpoint, ...([input] as Arguments<E>)),
    onSettled: () => refreshAll(client),
  });
  return { ...mutation, call: endpoint };
}

export const refreshAll = (client: QueryClient) => client.invalidateQueries();
