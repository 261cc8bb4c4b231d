/**
 * What describes one call of the management API. The server's routes, the OpenAPI document and the
 * dashboard's client are all made from these descriptions.
 */
import type * as z from "zod";

/** From the least to the most; who has one may do all that the ones before may. */
export const ROLES = ["viewer", "editor", "owner"] as const;
export type Role = (typeof ROLES)[number];

export interface Operation {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Below /admin/v1, with its parameters in braces: `/apps/{appId}`. */
  readonly path: `/${string}`;
  readonly tag: string;
  /** One line. */
  readonly summary: string;
  /** The least role that may call it; `anyone` needs no sign-in. */
  readonly role: Role | "anyone";
  /** A call that only looks, whatever its method: nothing of it goes into the audit log. */
  readonly changesNothing?: true;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Absent: 204 without a body. */
  readonly answer?: z.ZodType;
}

/** The parameters in a path: `/apps/{appId}` gives `{ appId: string }`. */
export type PathParams<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [K in Name]: string } & PathParams<Rest>
  : unknown;

export type ParamsOf<O extends Operation> = PathParams<O["path"]>;
export type QueryOf<O extends Operation> = O extends { query: infer Q extends z.ZodType }
  ? z.output<Q>
  : undefined;
export type BodyOf<O extends Operation> = O extends { body: infer B extends z.ZodType }
  ? z.output<B>
  : undefined;
export type AnswerOf<O extends Operation> = O extends { answer: infer A extends z.ZodType }
  ? z.output<A>
  : undefined;

export function atLeast(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
