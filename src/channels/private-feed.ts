/** A private feed: subscribers read it, so nothing is called and nothing has to be confirmed. */
import * as z from "zod";
import { type ChannelDescription, digestInput } from "./channel.ts";

export const privateFeed = {
  input: z.strictObject({ type: z.literal("feed"), digest: digestInput }),
  name: "Private feed",
  purpose: "For a feed reader: no confirmation needed.",
} satisfies ChannelDescription;
