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
  return answer instanceof Promise ? answer.then(next) : next(answer);
}
