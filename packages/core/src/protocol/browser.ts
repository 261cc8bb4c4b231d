export * from "./browser-types.ts";
