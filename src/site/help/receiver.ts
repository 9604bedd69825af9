/** A receiver that verifies its messages. README.md shows the same lines, and a test runs them. */
export const RECEIVER = `${[
  // Quoted, so that no tool takes them for imports of this file.
  'import { createServer } from "node:http";',
  'import { text } from "node:stream/consumers";',
  'import { Webhook } from "standardwebhooks";',
].join("\n")}

createServer(async (request, response) => {
  try {
    const body = await text(request);
    const { type, data } = JSON.parse(body);
    if (type === "alert.confirm") return response.end(data.challenge);
    new Webhook(process.env.SECRET).verify(body, request.headers); // throws if it is not from Parley
    for (const { article, event } of data.items ?? [data]) console.log(type, data.sequence, (article ?? event)?.title ?? "");
    response.end();
  } catch (error) { console.error(error.message); response.writeHead(400).end(); }
}).listen(9000);`;
