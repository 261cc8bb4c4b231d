import type { core } from "zod";

const MAX_ISSUES = 3;
const MAX_PATH = 100;

/** What is wrong with a body, field by field, and what it should be. */
export function describeIssues(issues: readonly core.$ZodIssue[]): string {
  const words = issues.slice(0, MAX_ISSUES).map((issue) => `${where(issue.path)} ${what(issue)}`);
  if (issues.length > MAX_ISSUES) words.push(`and ${issues.length - MAX_ISSUES} more`);
  return `${words.join("; ")}.`;
}

/** What is wrong with each field, by its path. */
export function describeFields(issues: readonly core.$ZodIssue[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const issue of issues) fields[issue.path.map(String).join(".")] ??= what(issue);
  return fields;
}

function where(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "The body";
  const text = path.map(String).join(".");
  return text.length > MAX_PATH ? `${text.slice(0, MAX_PATH)}…` : text;
}

function what(issue: core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return describeType(issue);
    case "invalid_value":
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
    case "too_big":
      return `must ${bound(issue.origin, "most", issue.maximum)}`;
    case "too_small":
      return `must ${bound(issue.origin, "least", issue.minimum)}`;
    case "invalid_key":
      return issue.issues[0] ? `is not a good name: it ${what(issue.issues[0])}` : issue.message;
    case "invalid_union":
      return describeUnion(issue);
    default:
      return issue.message;
  }
}

function describeUnion(issue: core.$ZodIssueInvalidUnion): string {
  const { options } = issue as { options?: unknown };
  if (Array.isArray(options)) {
    return `must be ${options.map((option) => JSON.stringify(option)).join(" or ")}`;
  }
  const first = issue.errors.map(([each]) => each);
  const types = first.flatMap((each) => (each?.code === "invalid_type" ? [each.expected] : []));
  if (types.length === first.length) return `must be ${oneOf(types)}`;
  // The right type with a wrong value says what is wrong with the value.
  const closest = first.find((each) => each && each.code !== "invalid_type");
  return closest ? what(closest) : issue.message;
}

const TYPES: Readonly<Record<string, string>> = {
  array: "an array",
  boolean: "true or false",
  int: "a whole number",
  null: "null",
  number: "a number",
  object: "an object",
  string: "a string",
};

const named = (type: string): string => TYPES[type] ?? type;
const oneOf = (types: readonly string[]): string => types.map(named).join(" or ");

function describeType(issue: core.$ZodIssueInvalidType): string {
  const received = /received (.+)$/.exec(issue.message)?.[1];
  const expected = named(issue.expected);
  if (received === "undefined") return `is missing: send ${expected}`;
  // A number that is not whole is a number all the same.
  if (received === undefined || received === issue.expected || issue.expected === "int") {
    return `must be ${expected}`;
  }
  return `must be ${expected}, not ${named(received)}`;
}

function bound(origin: string, side: "most" | "least", limit: number | bigint): string {
  switch (origin) {
    case "string":
      return `have at ${side} ${limit} characters`;
    case "array":
      return `have at ${side} ${limit} items`;
    default:
      return `be at ${side} ${limit}`;
  }
}
