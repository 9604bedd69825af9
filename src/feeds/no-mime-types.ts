/**
 * In place of the package mime-types (wrangler.toml, alias): `rss` asks it for the types of enclosures, of which our feeds have none. Its table would
 * be the largest part of the bundle.
 */
export const lookup = (): false => false;
