/** Addresses of pages, for links. */

/** Returns the path of an event's page. */
export const eventPath = (id: string): string => `/events/${encodeURIComponent(id)}`;

export const eventUrl = (origin: string, id: string): string => origin + eventPath(id);

export const articleUrl = (origin: string, id: string): string => `${origin}/articles/${encodeURIComponent(id)}`;

/** Returns the path of a name's page: `/places/aleppo` for `place:aleppo`. */
export const namePath = (id: string): string => `/${id.replace(":", "s/")}`;

/** Returns the path of an alert's page. */
export const alertPath = (id: string): string => `/alerts/${encodeURIComponent(id)}`;
