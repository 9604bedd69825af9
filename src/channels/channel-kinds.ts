/** The table of channels. A new channel is a file beside this one and a line in KINDS. */
import * as z from "zod";
import { discord } from "./discord.ts";
import { ntfy } from "./ntfy.ts";
import { privateFeed } from "./private-feed.ts";
import { slack } from "./slack.ts";
import { webhook } from "./webhook.ts";

/** Channels that are called, by the `type` of their input. */
export const KINDS = { webhook, slack, discord, ntfy } as const;

/** All channels. */
export const CHANNELS = { ...KINDS, feed: privateFeed } as const;

const called = Object.values(KINDS);

/** The channel in the body of a registration. */
export const channelInput = z.discriminatedUnion("type", [privateFeed.input, ...called.map(({ input }) => input)], {
  error: ({ code }) =>
    code === "invalid_union" ? `the channel types are ${Object.keys(KINDS).join(", ")} and feed` : undefined,
});
export type Channel = z.infer<typeof channelInput>;
export type ChannelType = Channel["type"];
/** A channel that is called, rather than read. */
export type CalledChannel = Exclude<Channel, { type: "feed" }>;

/** Types of the channels that are called, in the order of pages. */
export const CALLED_TYPES = called.map(({ input }) => input.shape.type.value);

/** Hosts that many unrelated people use. */
export const SHARED_HOSTS: readonly string[] = called.flatMap(({ sharedHosts }) => sharedHosts);
