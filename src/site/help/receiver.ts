/** A receiver that verifies its messages. README.md shows the same lines, and a test runs them. */
export const RECEIVER = `${[
  // Quoted, so that no tool takes them for imports of this file.
  'import { createServer } from "node:http";',
  'import { text } from "node:stream/consumers";',
  'import { Webhook } from "standardwebhooks";',
].join("\n")}

createServer(async (request, response) => {
  try {
    const body = await text(request), { type, data } = JSON.parse(body);
    if (type === "alert.confirm") return response.end(data.challenge);
    new Webhook(process.env.SECRET).verify(body, request.headers); // throws if it is not from Parley
    const items = data.items ?? [data]; // those of a digest, or the message itself
    for (const { article, event = article } of items) console.log(type, data.sequence, event?.title ?? "");
    response.end();
  } catch (error) { console.error(error.message); response.writeHead(400).end(); }
}).listen(9000);`;
