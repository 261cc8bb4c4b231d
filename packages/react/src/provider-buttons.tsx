"use client";
import type { OAuthProvider } from "@latchkey/browser/oauth";
import type { SignInTexts } from "./sign-in-texts.ts";

interface ProviderButtonsProps {
  readonly providers: readonly OAuthProvider[];
  readonly texts: SignInTexts;
  readonly disabled: boolean;
  /** The provider that was chosen. */
  readonly busy: string | null;
  readonly onChoose: (provider: string) => void;
}

/** One button for each provider. */
export function ProviderButtons({ providers, texts, ...props }: ProviderButtonsProps) {
  return (
    <ul className="latchkey-providers" aria-label={texts.providers}>
      {providers.map(({ provider, name, iconUrl }) => (
        <li key={provider}>
          <button
            type="button"
            className="latchkey-quiet"
            data-testid={`sign-in-${provider}`}
            disabled={props.disabled}
            onClick={() => props.onChoose(provider)}
          >
            {/* The name says it all. */}
            {iconUrl && <img src={iconUrl} alt="" width="20" height="20" />}
            {props.busy === provider ? texts.goingTo(name) : texts.continueWith(name)}
          </button>
        </li>
      ))}
    </ul>
  );
}
