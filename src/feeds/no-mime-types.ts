/**
 * Replaces the package mime-types in the bundle (`alias` in wrangler.toml). The package `rss` uses it for enclosures, which our feeds do not
 * have, and its table would be the largest part of the bundle.
 */
export const lookup = (): false => false;
