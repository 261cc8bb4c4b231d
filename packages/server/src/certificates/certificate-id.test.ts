import fc from "fast-check";
import { expect, test } from "vitest";
import { certificateId } from "./certificate-id.ts";
import { exampleCertificate } from "./testing/example-certificate.ts";

test("a certificate is named as in RFC 9773 section 4.1", () => {
  expect(certificateId(exampleCertificate())).toBe("aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
});

test("bytes that are no such certificate have no name, and do no harm", () => {
  const example = exampleCertificate();
  fc.assert(
    fc.property(fc.nat(example.length - 1), fc.nat(255), (at, value) => {
      const damaged = example.slice();
      damaged[at] = value;
      const id = certificateId(damaged);
      expect(id === null || id.includes(".")).toBe(true);
      expect(certificateId(example.subarray(0, at))).toBeNull();
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      certificateId(bytes);
    }),
  );
});
