/** A feed in a format, as text. */
import type { Feed } from "../../src/feeds/feed.ts";
import { type Format, render } from "../../src/feeds/format.ts";

export const renderText = (format: Format, feed: Feed): string => new TextDecoder().decode(render(format, feed).body);
