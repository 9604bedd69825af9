/** The alerts' forms under hostile input. */
import { describe, expect, it } from "vitest";
import { call } from "../client.ts";
import { callWith } from "../hostile/support.ts";

const form = (body: string): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded", accept: "text/html" },
  body,
});

describe.each(["/alerts", "/alerts/al_0_aaaaaaaaaaaaaaaa"])("a form sent to %s", (path) => {
  it("is refused beyond its limit", async () => {
    const answer = await call(path, form(`query=aleppo&type=feed&token=a&x=${"b".repeat(20_000)}`));
    expect(answer.status).toBe(413);
    expect(await answer.text()).toContain("at most 16384 bytes");
  });

  it.each([
    ["is empty", ""],
    ["has a field without a value", "query&type&url&digest&token&action"],
    ["has each field twice", "query=a&query=b&type=fax&type=feed&token=a&token=b"],
    ["is JSON", '{"query": "aleppo"}'],
    ["says an unknown channel", "query=aleppo&type=fax&url=https%3A%2F%2Fbot.example"],
    ["says a property of objects", "query=aleppo&type=__proto__&action=constructor&token=toString"],
    ["has half an encoding", "query=%zz&type=%&token=%2"],
  ])("is answered with a page where it %s", async (_, body) => {
    const answer = await call(path, form(body));
    expect([400, 404]).toContain(answer.status);
    expect(answer.headers.get("content-type")).toContain("text/html");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(await answer.text()).toContain("<h1");
  });
});

it("shows the input again as text, never as markup", async () => {
  const markup = encodeURIComponent('"><script>alert(1)</script><img src=x>');
  const answer = await call("/alerts", form(`query=${markup}&type=${markup}&url=${markup}&digest=${markup}`));
  expect(answer.status).toBe(400);
  const page = await answer.text();
  expect(page).not.toContain("<script>");
  expect(page).not.toContain("<img");
  expect(page).toContain("&lt;script>");
  expect(answer.headers.get("content-security-policy")).not.toContain("unsafe");
});

it("shows all errors at once, each beside its field", async () => {
  const page = await (
    await call("/alerts", form("query=aleppo+%22safe&type=webhook&url=ftp%3A%2F%2Fbot.example"))
  ).text();
  expect(page).toMatch(/id="reading">.*never closed/);
  expect(page).toMatch(/id="url-error">[^<]*https/);
  expect(page).toContain('value="ftp://bot.example"');
  expect(page).toMatch(/<input type="radio" name="type" value="webhook" checked/);
});

it("beyond the hourly limit, says when to try again and keeps the input", async () => {
  const settings = { REGISTRATION_LIMIT: "1" };
  const again = () => callWith(settings, "/alerts", form("query=aposiopesis&type=feed"));
  let answer = await again();
  while (answer.status === 200) answer = await again();
  expect(answer.status).toBe(429);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  const page = await answer.text();
  expect(page).toContain("One caller may register 1 alerts in an hour");
  expect(page).toContain('value="aposiopesis"');
});
