import { expect, it } from "vitest";
import { call } from "../client.ts";

const post = (body: string) =>
  call("/alerts", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "text/html" },
    body,
  });

it("a form over its limit is refused whole, and registers nothing", async () => {
  const answer = await post(`query=aleppo&url=&x=${"b".repeat(20_000)}`);
  expect(answer.status).toBe(413);
  expect(await answer.text()).toContain("at most 16384 bytes");
});

it("what was typed is shown again as text, never as markup", async () => {
  const answer = await post(
    `query=${encodeURIComponent('"<script>alert(1)</script>')}&url=${encodeURIComponent('"><img src=x>')}`,
  );
  expect(answer.status).toBe(400);
  const page = await answer.text();
  expect(page).not.toContain("<script");
  expect(page).not.toContain("<img");
  expect(answer.headers.get("content-security-policy")).not.toContain("unsafe");
});
