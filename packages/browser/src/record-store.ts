import type { KeyValueStorage } from "./options.ts";
import {
  EMPTY_RECORD,
  keepTokens,
  parseRecord,
  type SessionRecord,
  supersedes,
  withoutTokens,
} from "./record.ts";

export interface RecordStore {
  /** The latest record that this tab knows: what storage holds, or what it could not store. */
  read(): SessionRecord;
  /** Applies `change` to the latest record in one synchronous step. Same reference: no write. */
  update(change: (record: SessionRecord) => SessionRecord): void;
  /** Takes over what another tab wrote, or restores what an older write of another tab undid. */
  reconcile(): void;
}

/**
 * Storage shared with other tabs has no compare-and-swap. Tab and storage therefore converge by
 * `supersedes`: whatever the order of writes, the later session wins. Memory stands in where
 * storage is blocked or full.
 */
export function createRecordStore(
  key: string,
  storage: KeyValueStorage | null | undefined,
  onChange: () => void,
): RecordStore {
  let memory = EMPTY_RECORD;
  let seen: string | null = null;
  let undone = false;

  function load(): string | null {
    try {
      return storage?.getItem(key) ?? null;
    } catch {
      return null;
    }
  }

  function save(): void {
    const text = JSON.stringify(withoutTokens(memory));
    undone = false;
    try {
      storage?.setItem(key, text);
      seen = text;
    } catch {
      // Full or blocked. After an end, an old record left behind would sign the user in again.
      try {
        if (!memory.session) storage?.removeItem(key);
      } catch {}
    }
  }

  function read(): SessionRecord {
    const text = load();
    // A record that is gone was removed on purpose: it is neither believed nor written back.
    if (text === null || text === seen) return memory;
    seen = text;
    const stored = parseRecord(text);
    if (!stored) return memory;
    undone = supersedes(memory, stored);
    memory = undone
      ? { ...memory, config: stored.config, ended: stored.ended }
      : keepTokens(stored, memory);
    return memory;
  }

  return {
    read,
    update(change) {
      const before = read();
      memory = change(before);
      if (memory === before) return;
      save();
      onChange();
    },
    reconcile() {
      read();
      if (undone) save();
      onChange();
    },
  };
}
