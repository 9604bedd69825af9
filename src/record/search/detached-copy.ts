/** The same JSON in memory of its own: a snippet is a piece of a text, and would keep the whole text. */
export const detached = <T>(value: T): T => JSON.parse(JSON.stringify(value));
