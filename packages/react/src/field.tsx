import { type InputHTMLAttributes, type Ref, useId } from "react";

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  /** What is wrong with the value; announced at once and tied to the input. */
  readonly problem: string | null;
  readonly inputRef: Ref<HTMLInputElement>;
}

/** A labelled input with its error beside it. */
export function Field({ label, problem, inputRef, ...input }: FieldProps) {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <input
        {...input}
        id={id}
        ref={inputRef}
        required
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : `${id}-problem`}
      />
      {problem !== null && (
        <p id={`${id}-problem`} className="latchkey-problem" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}
