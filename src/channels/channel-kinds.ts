/** The kinds of channel that are called. */
import type { CalledChannel } from "../alerts/alert.ts";
import type { ChannelKind } from "./channel.ts";
import { discord } from "./discord.ts";
import { ntfy } from "./ntfy.ts";
import { slack } from "./slack.ts";
import { webhook } from "./webhook.ts";

export const KINDS: Readonly<Record<CalledChannel["type"], ChannelKind>> = { webhook, slack, discord, ntfy };

export type { ChannelKind } from "./channel.ts";
