/**
 * The session rules told a second time, from their words and not from their code: what anyone who
 * presents a generation of one session is to be answered. Times in milliseconds.
 */

export interface ModelSettings {
  readonly window: number;
  readonly forgives: boolean;
  readonly idle: number;
  readonly absoluteEnd: number;
}

export type ModelAnswer =
  | { readonly generation: number }
  | { readonly over: string }
  | { readonly unavailable: "session_state_lost" };

/** All that the session remembers; a copy of it is a backup. */
export interface ModelMemory {
  readonly generation: number;
  /** When the window began that is open or was open last. */
  readonly windowBegan: number;
  readonly idleEnd: number;
  readonly forgiven: readonly number[];
  readonly over: string | null;
}

export interface SessionModel {
  present(generation: number, now: number): ModelAnswer;
  end(reason: string, now: number): void;
  /** Null once the database knows nothing of the session. */
  memory(): ModelMemory | null;
  /** The database goes back to a backup, or to before the session began. */
  restore(memory: ModelMemory | null): void;
  /** Kinds of what must have left an event, in order. */
  readonly alarms: readonly string[];
}

export function sessionModel(settings: ModelSettings, begin: number): SessionModel {
  const alarms: string[] = [];
  const born: ModelMemory = {
    generation: 0,
    windowBegan: begin,
    idleEnd: Math.min(begin + settings.idle, settings.absoluteEnd),
    forgiven: [],
    over: null,
  };
  let memory: ModelMemory | null = born;

  /** A new window opens: the idle time slides, to the absolute end at most. */
  function open(from: ModelMemory, now: number, changes: Partial<ModelMemory>): ModelAnswer {
    // Time never runs backwards within a session.
    const windowBegan = Math.max(from.windowBegan, now);
    const idleEnd = Math.min(windowBegan + settings.idle, settings.absoluteEnd);
    memory = { ...from, ...changes, windowBegan, idleEnd };
    return { generation: memory.generation };
  }

  return {
    alarms,
    memory: () => memory,
    restore(backup) {
      memory = backup;
    },
    end(reason, now) {
      if (now >= settings.absoluteEnd) return;
      if (memory) memory = { ...memory, over: memory.over ?? reason };
      // Who signs out is remembered, though nothing else is; no one else names the session.
      else if (reason === "logout") memory = { ...born, over: reason };
    },
    present(generation, now) {
      if (!memory) {
        // The token itself carries the absolute end, and nothing else ends what nobody remembers.
        if (now >= settings.absoluteEnd) return { over: "expired" };
        return { unavailable: "session_state_lost" };
      }
      if (memory.over) return { over: memory.over };
      if (now >= settings.absoluteEnd) return { over: "expired" };
      const newest = memory.generation;
      if (generation > newest) {
        alarms.push("generation_regressed");
        return open(memory, now, { generation: generation + 1 });
      }
      if (now >= memory.idleEnd) return { over: "expired" };
      const windowIsOpen = now - memory.windowBegan < settings.window && settings.window > 0;
      const isNewest = generation === newest;
      const isOneBehind = generation === newest - 1;
      if (windowIsOpen && (isNewest || isOneBehind)) return { generation: newest };
      if (isNewest) return open(memory, now, { generation: newest + 1 });
      const spent =
        memory.forgiven.includes(generation) || memory.forgiven.includes(generation - 1);
      if (isOneBehind && settings.forgives && !spent) {
        alarms.push("late_replay");
        return open(memory, now, { forgiven: [...memory.forgiven, generation] });
      }
      alarms.push("reuse");
      memory = { ...memory, over: "reuse" };
      return { over: "reuse" };
    },
  };
}
