/** Which users are listed; part of the page's address. Days are `2026-05-01`, of the reader's time zone. */
export interface UserFilter {
  readonly search?: string;
  readonly createdFrom?: string;
  readonly createdTo?: string;
  readonly signedInFrom?: string;
  readonly signedInTo?: string;
  readonly disabled?: boolean;
  readonly guest?: boolean;
  readonly accountType?: string;
  readonly organizationId?: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function readUserFilter(search: Record<string, unknown>): UserFilter {
  const text = (name: keyof UserFilter) => {
    const value = search[name];
    return typeof value === "string" && value !== "" ? { [name]: value } : {};
  };
  const day = (name: keyof UserFilter) =>
    DAY.test(String(search[name])) && startOf(String(search[name])) !== undefined
      ? { [name]: String(search[name]) }
      : {};
  const flag = (name: keyof UserFilter) =>
    typeof search[name] === "boolean" ? { [name]: search[name] } : {};
  return {
    // A number in the address is read as one, also where it is what was searched for.
    ...(typeof search.search === "number" ? { search: String(search.search) } : text("search")),
    ...day("createdFrom"),
    ...day("createdTo"),
    ...day("signedInFrom"),
    ...day("signedInTo"),
    ...flag("disabled"),
    ...flag("guest"),
    ...text("accountType"),
    ...text("organizationId"),
  };
}

/** What the API is asked. The last day of a range is in it. */
export function userQuery({
  createdFrom,
  createdTo,
  signedInFrom,
  signedInTo,
  disabled,
  guest,
  ...same
}: UserFilter) {
  const word = (flag: boolean | undefined) =>
    flag === undefined ? undefined : flag ? ("true" as const) : ("false" as const);
  return {
    ...same,
    createdFrom: startOf(createdFrom),
    createdUntil: startOf(createdTo, 1),
    signedInFrom: startOf(signedInFrom),
    signedInUntil: startOf(signedInTo, 1),
    disabled: word(disabled),
    guest: word(guest),
  };
}

function startOf(day: string | undefined, later = 0): number | undefined {
  if (day === undefined) return undefined;
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const at = new Date(year, month - 1, date + later).getTime();
  return Number.isNaN(at) || at < 0 ? undefined : at;
}
