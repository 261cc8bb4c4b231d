/** Calls the management API, typed by its operations; nothing of their schemas is loaded here. */
import type {
  AnswerOf,
  Operation,
  OperationName,
  Operations,
  ParamsOf,
} from "@latchkey/core/protocol/admin";

type Named = {
  readonly [N in OperationName as `${Operations[N]["method"]} ${Operations[N]["path"]}`]: Operations[N];
};

/** Such as `GET /apps/{appId}`. */
export type Endpoint = keyof Named;
export type Answer<E extends Endpoint> = AnswerOf<Named[E]>;

type InputOf<Schema> = Schema extends { readonly _zod: { readonly input: infer I } } ? I : never;
type BodyPart<O extends Operation> = O extends { readonly body: infer Schema }
  ? { readonly body: InputOf<Schema> }
  : unknown;
type QueryPart<O extends Operation> = O extends { readonly query: infer Schema }
  ? { readonly query?: InputOf<Schema> }
  : unknown;

type PathPart<O extends Operation> = keyof ParamsOf<O> extends never
  ? unknown
  : { readonly params: ParamsOf<O> };

export type Input<E extends Endpoint> = PathPart<Named[E]> &
  BodyPart<Named[E]> &
  QueryPart<Named[E]>;

/** None where a call takes nothing. */
export type Arguments<E extends Endpoint> =
  unknown extends Input<E> ? [input?: undefined] : [input: Input<E>];

/** A refusal in the API's own words. `status` 0: no answer came. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: string;
  /** What is wrong with each field, by its path. */
  readonly fields: Readonly<Record<string, string>>;
  readonly requestId: string | null;

  constructor(
    status: number,
    {
      code,
      message,
      fields = {},
    }: { code: string; message: string; fields?: Record<string, string> },
    requestId: string | null = null,
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.requestId = requestId;
  }
}

interface AnyInput {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

export async function call<E extends Endpoint>(
  endpoint: E,
  ...[input]: Arguments<E>
): Promise<Answer<E>> {
  const { params = {}, query = {}, body } = (input ?? {}) as AnyInput;
  const [method = "", template = ""] = endpoint.split(" ");
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ""),
  );
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) =>
      value === undefined || value === null || value === "" ? [] : [[name, String(value)]],
    ),
  );
  const response = await fetch(`/admin/v1${path}${search.size > 0 ? `?${search}` : ""}`, {
    method,
    ...(body !== undefined && {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  }).catch(() => {
    throw new ApiError(0, {
      code: "no_answer",
      message: "The server did not answer. Nothing is known of the change; look again in a moment.",
    });
  });
  if (response.ok) {
    return (response.status === 204 ? undefined : await response.json()) as Answer<E>;
  }
  const requestId = response.headers.get("x-request-id");
  const refusal = await response.json().catch(() => ({
    code: "no_answer",
    message: `Something between here and the server answered ${response.status}.`,
  }));
  throw new ApiError(response.status, refusal, requestId);
}
