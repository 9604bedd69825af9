/** GET /openapi.json */
import * as z from "zod";
import { version } from "../../package.json";
import { isLoopback } from "../alerts/origins.ts";
import { describeApi } from "../http/openapi.ts";
import { everyone, json, type Operation, operation, type Route } from "../http/operation.ts";
import { messageSchema } from "../messages/message-schema.ts";

/** The messages that Parley sends to webhooks, by type. */
const messages = Object.fromEntries(messageSchema.options.map((schema) => [schema.shape.type.value, schema]));

/** Describes all routes, its own included. */
export const describeRoutes = (routes: () => readonly Route[]): Operation =>
  operation(
    {
      id: "describeApi",
      summary: "This description, as OpenAPI 3.1",
      tag: "Operation",
      input: { access: everyone },
      answers: { 200: json("The description", z.record(z.string(), z.unknown())) },
    },
    ({ reply }, { origin }) => reply(200, describeApi(routes(), { version, server: serverOf(origin), messages })),
  );

/** Returns the address of the API. An address of this machine means nothing elsewhere, so it is relative. */
const serverOf = (origin: string): string => (isLoopback(new URL(origin).hostname) ? "/" : origin);
