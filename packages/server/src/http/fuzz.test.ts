import { fuzzContract } from "./testing/fuzz-contract.ts";

fuzzContract(async () => ":memory:", 60);
