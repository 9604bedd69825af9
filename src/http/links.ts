/** Where things are, for links. */

/** The path of an event's page. */
export const eventPath = (id: string): string => `/events/${encodeURIComponent(id)}`;

export const eventUrl = (origin: string, id: string): string => origin + eventPath(id);

export const articleUrl = (origin: string, id: string): string => `${origin}/articles/${encodeURIComponent(id)}`;

/** The path of a name's page: `/places/aleppo` for `place:aleppo`. */
export const namePath = (id: string): string => `/${id.replace(":", "s/")}`;

/** The path of an alert's page. */
export const alertPath = (id: string): string => `/alerts/${encodeURIComponent(id)}`;
