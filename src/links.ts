/** Where things are, for links. */

export const eventUrl = (origin: string, id: string): string => `${origin}/events/${encodeURIComponent(id)}`;
