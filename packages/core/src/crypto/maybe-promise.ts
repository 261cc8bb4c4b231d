/** What a runtime answers now or later; Node's cryptography answers at once. */
export type MaybePromise<T> = T | Promise<T>;

/**
 * `next` of the answer: at once where it is there, for waiting for what is there costs a promise and
 * a turn of the queue each time. Throws what `next` throws then, and rejects with it otherwise.
 */
export function after<T, Result>(
  answer: MaybePromise<T>,
  next: (value: T) => MaybePromise<Result>,
): MaybePromise<Result> {
  return isPromise(answer) ? answer.then(next) : next(answer);
}

/** By what it can do: sandboxes of edge runtimes hand over promises of another realm. */
function isPromise<T>(answer: MaybePromise<T>): answer is Promise<T> {
  return typeof (answer as { then?: unknown } | null | undefined)?.then === "function";
}
