/** Helpers of the hostile-input tests. Each test file is a table from input to expected answer. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { Env } from "../../src/platform/env.ts";
import worker from "../../src/worker.ts";
import { ORIGIN, type ProblemBody } from "../client.ts";
import { checkAnswer } from "../openapi/answers.ts";

/** Calls the Worker under settings other than those of the tests. */
export async function callWith(settings: Partial<Env>, path: string, init: RequestInit): Promise<Response> {
  const request = new Request(`${ORIGIN}${path}`, init);
  return checkAnswer(request, await worker.fetch(request, { ...env, ...settings }, createExecutionContext()));
}

/** What a subscriber knows of a registered alert. */
export interface Registered {
  id: string;
  token: string;
  query: string;
  feed_url: string;
}

/** Returns the problem in an answer. Checks its status and RFC 9457 form, and that it contains nothing internal. */
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

/** Expects a problem with this status. */
export async function expectProblem(answer: Promise<Response>, status: number): Promise<void> {
  await problemOf(answer, status);
}

/** Expects that one part of the input is refused, in these words. */
export async function expectRefusal(answer: Promise<Response>, path: string, message: RegExp | string): Promise<void> {
  const { errors = [] } = await problemOf(answer, 400);
  const said = errors.find((error) => error.path === path)?.message;
  expect({ path, said, errors }).toEqual({ path, said: expect.stringMatching(message), errors });
}

/** Returns the JSON of an answer with this status. */
export async function jsonOf<T>(answer: Promise<Response>, status: number): Promise<T> {
  const response = await answer;
  const text = await response.text();
  expect([response.status, text]).toEqual([status, expect.any(String)]);
  return JSON.parse(text);
}

/** Returns bytes as an unchanged body. */
export const bytes = (...parts: (string | number[])[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? [...new TextEncoder().encode(part)] : part)));
