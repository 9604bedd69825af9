/** Copies a JSON value. A snippet is a slice of a text, and without a copy the whole text would stay in memory. */
export const detached = <T>(value: T): T => JSON.parse(JSON.stringify(value));
