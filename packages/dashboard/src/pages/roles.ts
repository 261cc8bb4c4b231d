import type { Admin } from "@latchkey/core/protocol/admin";

export type Role = Admin["role"];

export const ROLE_OPTIONS: { value: Role; label: string }[] = [
  { value: "viewer", label: "Viewer" },
  { value: "editor", label: "Editor" },
  { value: "owner", label: "Owner" },
];

/** A select's value; what is none of them allows the least. */
export function toRole(value: string | null): Role {
  return ROLE_OPTIONS.find((option) => option.value === value)?.value ?? "viewer";
}
