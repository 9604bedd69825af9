/** Where things are, for links. */

export const eventUrl = (origin: string, id: string): string => `${origin}/events/${encodeURIComponent(id)}`;

/** The path of a name's page: `/places/aleppo` for `place:aleppo`. */
export const namePath = (id: string): string => `/${id.replace(":", "s/")}`;

/** The path of an alert's page. */
export const alertPath = (id: string): string => `/alerts/${encodeURIComponent(id)}`;
