import { vi } from "vitest";
import { TIMEOUT } from "../src/delivery/attempt.ts";

/**
 * Requests never end by themselves, however slow the machine is: only by an answer, or since Parley gives them up earlier. Until mocks are
 * restored.
 */
export function stopTimeouts(): void {
  const { setTimeout } = globalThis;
  const hour = 3_600_000;
  const longer = (callback: () => void, delay = 0) => setTimeout(callback, delay === TIMEOUT ? hour : delay);
  vi.spyOn(globalThis, "setTimeout").mockImplementation(longer as typeof setTimeout);
  vi.spyOn(AbortSignal, "timeout").mockImplementation(() => new AbortController().signal);
}
