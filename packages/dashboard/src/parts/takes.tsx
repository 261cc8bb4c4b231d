import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import type { Endpoint } from "../api/client.ts";
import { session } from "../api/queries.ts";
import "./takes.css";

/** Tells the frame of the page that something on it is greyed out. */
const Refusals = createContext<(difference: 1 | -1) => void>(() => {});

/** What a change takes that is not the caller's role, in words; null where they may. */
function useRefusal(call: Endpoint): string | null {
  const { data: actor } = useQuery(session);
  return actor?.mayNot.includes(call)
    ? `This takes a higher role than yours, which is ${actor.role}.`
    : null;
}

/** Greys out what makes `call` for those whose role it would be refused to. */
export function Takes({ call, children }: { call: Endpoint; children: ReactNode }) {
  const refusal = useRefusal(call);
  const tell = useContext(Refusals);
  useEffect(() => {
    if (refusal === null) return;
    tell(1);
    return () => tell(-1);
  }, [refusal, tell]);
  if (refusal === null) return children;
  return (
    <fieldset disabled className="takes" title={refusal}>
      {children}
    </fieldset>
  );
}

/** Around a page: `note` is given whether something below is greyed out. */
export function WithRefusals({
  note,
  children,
}: {
  note: (isAny: boolean) => ReactNode;
  children: ReactNode;
}) {
  const [count, setCount] = useState(0);
  const [tell] = useState(() => (by: 1 | -1) => setCount((before) => before + by));
  return (
    <Refusals value={tell}>
      {note(count > 0)}
      {children}
    </Refusals>
  );
}
