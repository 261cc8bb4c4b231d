import fc from "fast-check";
import { expect, test } from "vitest";
import { passwordProblem } from "./password-rules.ts";

const owner = { email: "ada.lovelace@engine.example", appName: "Notes & Sums" };
const problem = (password: string) => passwordProblem(password, owner);

test.each(["short", "123456789", "äöüäöüäöü", "🔑🔑🔑"])(
  "%s is too short: length counts characters (ASVS 6.2.1)",
  (password) => {
    expect(problem(password)).toMatch(/too short/);
  },
);

test.each([
  "password123",
  "Password1!",
  "P@ssw0rd123",
  "passw0rd2024",
  "Passwort2024!",
  "qwertyuiop",
  "qwertyuiop123",
  "1q2w3e4r5t",
  "1qaz2wsx3edc",
  "qwerty12345",
  "iloveyou123",
  "welcome2024",
  "Welcome123!",
  "letmein1234",
  "Summer2024!",
  "December2025",
  "administrator",
  "changeme123",
  "football2023",
  "sunshine123",
  "superman99!",
  "dragonmaster",
  "correcthorsebatterystaple",
])("%s is what attackers try first (ASVS 6.2.4)", (password) => {
  expect(problem(password)).toMatch(/attackers try/);
});

test.each([
  "aaaaaaaaaa",
  "1111111111",
  "1234567890",
  "0987654321",
  "12345678901",
  "abcdefghij",
  "abcabcabcabc",
  "adminadmin1",
  "testtest123",
  "121212121212",
  "!!!!!!!!!!!!",
])("%s is a pattern", (password) => {
  expect(problem(password)).toMatch(/easy to guess/);
});

test.each([
  "lovelace2024",
  "AdaLovelace1",
  "ada.lovelace",
  "engine1234",
  "notes-sums-1",
  "NotesSums99",
])("%s is made of the app's name or the address (ASVS 6.2.11)", (password) => {
  expect(problem(password)).toMatch(/attackers try/);
});

test.each([
  "vier blaue Kutschen",
  "cobalt-teapot-9",
  "tr4mp0line-oyster",
  "Zug nach Nirgendwo",
  "夜空に星が三つ見えました",
  "my dog ate the sofa",
  "xK9#mQ2$vL",
  "          .x.      7",
])("%s is good: no kind of character is demanded or forbidden (ASVS 6.2.5)", (password) => {
  expect(problem(password)).toBeNull();
});

test("random passwords are good, and any text gets an answer at once", () => {
  const random = fc.string({
    unit: fc.constantFrom(..."abcdefghjkmnpqrstuvwxyz23456789"),
    minLength: 16,
    maxLength: 40,
  });
  let refused = 0;
  fc.assert(
    fc.property(random, (password) => void (problem(password) === null || refused++)),
    { numRuns: 300 },
  );
  expect(refused).toBeLessThan(30);
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 600 }), (text) => void problem(text)),
  );
  expect(problem("x".repeat(257))).toMatch(/too long/);
});
