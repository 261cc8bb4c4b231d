/**
 * Which passwords are refused (ASVS 6.2.1, 6.2.4, 6.2.9, 6.2.11; NIST SP 800-63B 5.1.1.2): short
 * ones, breached ones, and those that anybody who knows the app and the address would try. Anything
 * else is allowed: no character is demanded, none forbidden.
 */
import { COMMON_WORDS } from "./common-passwords.ts";

const MIN_PASSWORD_LENGTH = 10;
/** Bounds the work of hashing, far above what anybody types. */
const MAX_PASSWORD_LENGTH = 256;

export interface PasswordOwner {
  readonly email: string;
  readonly appName: string;
}

/** Null when the password may be used, else what to say beside its field. */
export function passwordProblem(password: string, owner: PasswordOwner): string | null {
  const length = [...password].length;
  if (length < MIN_PASSWORD_LENGTH) {
    return `That is too short: use at least ${MIN_PASSWORD_LENGTH} characters. A few words in a row are good.`;
  }
  if (length > MAX_PASSWORD_LENGTH) {
    return `That is too long: use at most ${MAX_PASSWORD_LENGTH} characters.`;
  }
  const plain = password.normalize("NFKC").toLowerCase();
  if (isPattern(plain))
    return "That is easy to guess: it repeats, or counts on. Use a few words in a row.";
  if (isMadeOf(plain, COMMON_WORDS)) {
    return "That is among the first that attackers try. Use a few words in a row.";
  }
  if (isMadeOf(plain, wordsOf(owner))) {
    return "That is made of the app's name or your address, which attackers try. Use something else.";
  }
  return null;
}

/** One text over and over, or neighbours of the alphabet, the digits, in either direction. */
function isPattern(plain: string): boolean {
  if (/^(.{1,5})\1+.{0,4}$/u.test(plain)) return true;
  const points = [...plain].map((char) => char.codePointAt(0) ?? 0);
  const steps = points.slice(1).map((point, at) => point - (points[at] ?? 0));
  const counting = steps.filter((step) => Math.abs(step) === 1 || Math.abs(step) === 9).length;
  return counting >= steps.length - 2;
}

const LOOKALIKES: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "8": "b",
  "9": "g",
  "@": "a",
  $: "s",
  "!": "i",
  "|": "l",
  "+": "t",
};

/** Whether nothing but such words is left once digits and signs around them are taken away. */
function isMadeOf(plain: string, words: ReadonlySet<string>): boolean {
  const lettered = [...plain].map((char) => LOOKALIKES[char] ?? char).join("");
  return [plain, lettered].some((text) => {
    const trimmed = text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, "");
    return [text, trimmed, onlyLetters(text)].some((each) => isSequenceOf(each, words));
  });
}

const onlyLetters = (plain: string): string => plain.replace(/[^\p{L}]/gu, "");

/** Up to three of the words after each other; longer rows are passphrases. Up to two letters may be over. */
function isSequenceOf(text: string, words: ReadonlySet<string>, most = 3): boolean {
  if (text === "") return false;
  if (words.has(text)) return true;
  if (most === 1) return false;
  for (let at = 3; at <= text.length - 1; at++) {
    if (!words.has(text.slice(0, at))) continue;
    const rest = text.slice(at);
    if (rest.length <= 2 || isSequenceOf(rest, words, most - 1)) return true;
  }
  return false;
}

function wordsOf({ email, appName }: PasswordOwner): ReadonlySet<string> {
  const [local = "", domain = ""] = email.toLowerCase().split("@");
  const whole = [local, domain, email.toLowerCase(), appName.toLowerCase()];
  const parts = whole.flatMap((text) => [text, onlyLetters(text), ...text.split(/[^\p{L}]+/u)]);
  return new Set(parts.filter((part) => part.length >= 3));
}
