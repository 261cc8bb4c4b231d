/** What differs between signing in and signing up: the words. */
export type Intent = "sign-in" | "sign-up";

export interface Words {
  readonly title: string;
  readonly askEmail: string;
  readonly finish: string;
  /** The way to the other page. */
  readonly other: string;
}

export function wordsFor(intent: Intent, appName: string): Words {
  return intent === "sign-up"
    ? {
        title: `Create your ${appName} account`,
        askEmail: "We mail you a code to make sure that the address is yours.",
        finish: "Create account",
        other: "I have an account already",
      }
    : {
        title: `Sign in to ${appName}`,
        askEmail: "We mail you a code to sign in with.",
        finish: "Sign in",
        other: "Create an account",
      };
}
