/** The table `event_names`: the names of events in feeds. Reading costs a row or two for each name, however many events there are. */

/** Returns the full ids of the names that have events in feeds, sorted. */
export async function namesWithEvents(db: D1Database): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT id FROM names WHERE EXISTS (SELECT 1 FROM event_names WHERE name = names.id) ORDER BY id")
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

/** Returns statements that replace the names of an event. */
export const fileNames = (
  db: D1Database,
  event: string,
  names: readonly string[],
  shown: boolean,
): D1PreparedStatement[] => [
  db.prepare("DELETE FROM event_names WHERE event = ?").bind(event),
  ...(shown
    ? [
        db
          .prepare("INSERT INTO event_names (name, event) SELECT DISTINCT value, ? FROM json_each(?)")
          .bind(event, JSON.stringify(names)),
      ]
    : []),
];
