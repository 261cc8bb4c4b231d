/** Before each test file of the project "edge": what is tested finds what an edge runtime has. */
import { vi } from "vitest";

const globals = globalThis as { Buffer?: unknown; EdgeRuntime?: string };
if (globals.EdgeRuntime !== "edge-runtime") throw new Error("This is no edge runtime.");

// Tests use Buffer to check independently, and so does what runs them, to read a file for the first
// time. The code looks for it once, while it loads.
const load = () => import("../src/encoding.ts");
await load();
vi.resetModules();
vi.stubGlobal("Buffer", undefined);
const { latin1 } = await load();
vi.unstubAllGlobals();
if (latin1(new Uint8Array()) !== null) throw new Error("The code uses Node's Buffer.");

const { crypto } = await import("../src/crypto/index.ts");
if (!(crypto.sha256(new Uint8Array()) instanceof Promise)) {
  throw new Error("This is Node's cryptography, not WebCrypto's.");
}
