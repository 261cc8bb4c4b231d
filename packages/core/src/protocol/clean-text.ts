import * as z from "zod";

/** Control characters, which no address, name or identifier may carry. */
export const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

export const clean = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !CONTROL.test(text), "must not contain control characters");
