/** How a call of the management API reaches what answers it. */
import type {
  AnswerOf,
  BodyOf,
  Operation,
  OperationName,
  Operations,
  ParamsOf,
  QueryOf,
  Role,
} from "@latchkey/core/protocol/admin";
import type { RequestContext } from "../context.ts";

/** Who calls. */
export interface Actor {
  readonly kind: "admin" | "api_key";
  readonly id: string;
  /** The address of an administrator, the name of a key. */
  readonly name: string;
  readonly role: Role;
}

/** What the audit log keeps of a change beside who made it; never a secret. */
export interface Change {
  readonly before?: unknown;
  readonly after?: unknown;
  readonly appId?: string;
  /** Where the call itself shows who it is, such as signing in. */
  readonly actor?: Pick<Actor, "kind" | "id" | "name">;
}

export interface Call<O extends Operation> {
  readonly params: ParamsOf<O>;
  readonly query: QueryOf<O>;
  readonly body: BodyOf<O>;
  /** Null where anyone may call. */
  readonly actor: Actor | null;
  readonly context: RequestContext;
  /** Says what was changed; the last word counts. */
  record(change: Change): void;
}

export type Handler<O extends Operation> = (call: Call<O>) => Promise<AnswerOf<O>>;

/** What answers each of the named operations; one left out does not compile. */
export type Handlers<Name extends OperationName> = {
  readonly [N in Name]: Handler<Operations[N]>;
};
