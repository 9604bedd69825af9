/** The table of channels: what a channel declares is all that the rest needs. */
import { describe, expect, it } from "vitest";
import { CALLED_TYPES, CHANNELS, channelInput, KINDS, SHARED_HOSTS } from "../../../src/channels/channel-kinds.ts";

describe("the table of channels", () => {
  it.each(Object.entries(CHANNELS))(
    "%s is declared under its own type, with a name and a purpose",
    (type, declared) => {
      const { input, name, purpose } = declared;
      expect(input.shape.type.value).toBe(type);
      expect([name, purpose]).toEqual([expect.stringMatching(/./), expect.stringMatching(/\.$/)]);
    },
  );

  it("the registration takes each of them, and nothing else", () => {
    const url = "https://a.example/";
    for (const type of CALLED_TYPES) {
      expect(channelInput.parse({ type, url, digest: "daily" })).toEqual({ type, url, digest: "daily" });
      expect(channelInput.safeParse({ type }).error?.issues).toMatchObject([{ path: ["url"] }]);
      expect(channelInput.safeParse({ type, url, more: 1 }).error?.issues).toMatchObject([{ keys: ["more"] }]);
    }
    expect(channelInput.parse({ type: "feed" })).toEqual({ type: "feed" });
    expect(channelInput.safeParse({ type: "fax", url }).error?.issues).toMatchObject([
      { path: ["type"], message: "the channel types are webhook, slack, discord, ntfy and feed" },
    ]);
    expect(CALLED_TYPES).toEqual(Object.keys(KINDS));
  });

  it("hosts that many share are those of the services", () => {
    expect(SHARED_HOSTS).toEqual(["hooks.slack.com", "discord.com", "discordapp.com", "ntfy.sh"]);
  });
});
