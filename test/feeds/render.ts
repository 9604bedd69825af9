/** A feed in a format, as text. */
import type { Feed } from "../../src/feeds/feed.ts";
import { type FeedFormat, render } from "../../src/feeds/feed-format.ts";

export const renderText = (format: FeedFormat, feed: Feed): string =>
  new TextDecoder().decode(render(format, feed).body);
