"use client";

import { type ComponentPropsWithoutRef, type CSSProperties, useEffect, useState } from "react";
import { getOrganizationAction } from "../actions.ts";
import { useAuth } from "./auth-context.ts";
import { barStyle, buttonStyle, frameStyle, rootStyle } from "./impersonation-styles.ts";

export interface ImpersonationProps extends ComponentPropsWithoutRef<"div"> {
  /** Where the bar is. Default `bottom`. */
  side?: "top" | "bottom";
  /** Where to go on after stopping. */
  returnTo?: string | undefined;
}

/** Says whom an operator acts as, with a way to stop. Shows nothing in a session of one's own. */
export function Impersonation({ side = "bottom", returnTo, style, ...props }: ImpersonationProps) {
  const { user, impersonator, organizationId, signOut } = useAuth();
  const [organization, setOrganization] = useState<string | null>(null);
  const [isSmall, setIsSmall] = useState(false);
  const isActing = Boolean(user && impersonator);

  useEffect(() => {
    if (!isActing || !organizationId) return setOrganization(null);
    let isCurrent = true;
    getOrganizationAction().then(
      (found) => isCurrent && setOrganization(found?.name ?? null),
      () => {},
    );
    return () => {
      isCurrent = false;
    };
  }, [isActing, organizationId]);

  if (!user || !impersonator) return null;
  return (
    <div
      {...props}
      data-workos-impersonation-root=""
      style={{ ...rootStyle, ...style } as CSSProperties}
    >
      {!isSmall && <div style={frameStyle} />}
      <section aria-label="Impersonation" style={barStyle(side, isSmall)}>
        {!isSmall && (
          <form
            style={{ display: "contents" }}
            onSubmit={(event) => {
              event.preventDefault();
              void signOut({ ...(returnTo !== undefined && { returnTo }) });
            }}
          >
            <span>
              You are impersonating <b>{user.email}</b>
              {organization !== null && (
                <>
                  {" "}
                  within the <b>{organization}</b> organization
                </>
              )}
            </span>
            <button type="submit" style={buttonStyle}>
              Stop
            </button>
          </form>
        )}
        <button
          type="button"
          style={buttonStyle}
          aria-expanded={!isSmall}
          aria-label={isSmall ? "Show whom you are impersonating" : "Make this smaller"}
          onClick={() => setIsSmall(!isSmall)}
        >
          {isSmall ? "↖" : "↘"}
        </button>
      </section>
    </div>
  );
}
