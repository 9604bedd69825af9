/** What the suite of hostile input shares. Each file is a table: input → the answer that is expected. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { Env } from "../../src/platform/env.ts";
import worker from "../../src/worker.ts";
import { ORIGIN, type ProblemBody } from "../client.ts";

/** A call of the Worker under other settings than the tests' own. */
export const callWith = async (settings: Partial<Env>, path: string, init: RequestInit): Promise<Response> =>
  worker.fetch(new Request(`${ORIGIN}${path}`, init), { ...env, ...settings }, createExecutionContext());

/** What a subscriber needs to know of the alert that was registered. */
export interface Registered {
  id: string;
  token: string;
  query: string;
  feed_url: string;
}

/** The problem that an answer must be: of this status, saying so as RFC 9457 has it, and nothing of what is inside. */
export async function problemOf(answer: Promise<Response>, status: number): Promise<ProblemBody> {
  const response = await answer;
  const text = await response.text();
  expect([response.status, text]).toEqual([status, expect.any(String)]);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(text).not.toMatch(/\.ts\b|\bat \w+ \(|sqlite|d1_|stack|\[object/i);
  const problem: ProblemBody = JSON.parse(text);
  expect(problem).toMatchObject({ status, title: expect.stringMatching(/./), detail: expect.stringMatching(/./) });
  return problem;
}

/** Expects a problem of this status. */
export async function expectProblem(answer: Promise<Response>, status: number): Promise<void> {
  await problemOf(answer, status);
}

/** Expects that one part of the input is refused, in these words. */
export async function expectRefusal(answer: Promise<Response>, path: string, message: RegExp | string): Promise<void> {
  const { errors = [] } = await problemOf(answer, 400);
  const said = errors.find((error) => error.path === path)?.message;
  expect({ path, said, errors }).toEqual({ path, said: expect.stringMatching(message), errors });
}

/** The JSON of an answer with this status. */
export async function jsonOf<T>(answer: Promise<Response>, status: number): Promise<T> {
  const response = await answer;
  const text = await response.text();
  expect([response.status, text]).toEqual([status, expect.any(String)]);
  return JSON.parse(text);
}

/** Bytes as a body that is sent as it stands. */
export const bytes = (...parts: (string | number[])[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? [...new TextEncoder().encode(part)] : part)));
