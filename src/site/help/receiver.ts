/** A receiver that verifies what it gets: README.md has the same lines, and a test runs them. */
export const RECEIVER = `${[
  // Not at the beginning of a line: they are none of this file's own.
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
    console.log(type, data.sequence, (data.article ?? data.event).title);
    response.end();
  } catch (error) { console.error(error.message); response.writeHead(400).end(); }
}).listen(9000);`;
