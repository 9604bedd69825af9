/** Which names have events that stand in feeds. Costs a row or two a name, however many events there are. */

/** Full ids, in their order. */
export async function namesWithEvents(db: D1Database): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT id FROM names WHERE EXISTS (SELECT 1 FROM event_names WHERE name = names.id) ORDER BY id")
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

/** Statements that note the names of an event, in place of those it had. */
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
