/** The OpenAPI document of the management API, as this server answers it. */
import { queryOptions } from "@tanstack/react-query";
import { ApiError } from "../../api/client.ts";
import type { Schema } from "./schema-text.ts";

interface Content {
  readonly content?: { readonly "application/json"?: { readonly schema: Schema } };
}

interface Described {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: "path" | "query";
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

export interface ApiOperation extends Described {
  readonly method: string;
  readonly path: string;
}

export interface ApiDocument {
  readonly url: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly operations: readonly ApiOperation[];
}

export const apiDocument = queryOptions({
  queryKey: ["openapi.json"],
  staleTime: Number.POSITIVE_INFINITY,
  async queryFn(): Promise<ApiDocument> {
    const response = await fetch("/admin/v1/openapi.json").catch(() => null);
    if (!response?.ok) {
      throw new ApiError(response?.status ?? 0, {
        code: "no_answer",
        message: "The server did not answer with its OpenAPI document. Try again in a moment.",
      });
    }
    const { servers, info, tags, paths } = (await response.json()) as {
      servers: { url: string }[];
      info: { description: string };
      tags: { name: string }[];
      paths: Record<string, Record<string, Described>>;
    };
    return {
      url: servers[0]?.url ?? "",
      description: info.description,
      tags: tags.map(({ name }) => name),
      operations: Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, described]) => ({
          ...described,
          method: method.toUpperCase(),
          path,
        })),
      ),
    };
  },
});
