/** OpenAPI 3.1 from the rows of routes.ts (https://spec.openapis.org/oas/v3.1.0). */
import type * as z from "zod";
import type { BodyPart, ParametersPart } from "./input.ts";
import { type JsonObject, JsonSchemas } from "./json-schemas.ts";
import { type Operation, type OperationFacts, type Route, TAGS } from "./operation.ts";
import { problemDocument } from "./problem.ts";

/** What the description says beside the routes. */
export interface ApiInfo {
  version: string;
  /** Address of the API: an origin, or one relative to the description. */
  server: string;
  /** The messages that Parley sends to webhooks, by type. */
  messages: Readonly<Record<string, z.ZodType>>;
}

const DESCRIPTION = [
  "A curated, sourced record of events as feeds, with keyword alerts as signed webhooks.",
  "HEAD works wherever GET does. A parameter that is given more than once is an error; unknown parameters are ignored.",
  "Errors are problem documents (RFC 9457); those of feeds are pages if the request accepts text/html.",
].join(" ");

const SECURITY_SCHEMES = {
  curator: { type: "http", scheme: "bearer", description: "The curators' token" },
  alert: {
    type: "http",
    scheme: "bearer",
    description:
      "The token of one alert, as POST /api/alerts returned it. A wrong token and an unknown alert are both 404.",
  },
};

interface ProblemKind {
  name: string;
  description: string;
  headers?: Readonly<Record<string, string>>;
}

const RETRY = { "Retry-After": "Seconds to wait before the next request" };

const PROBLEMS: Readonly<Record<number, ProblemKind>> = {
  400: { name: "BadRequest", description: "The input is wrong; `errors` names each place and limit" },
  401: {
    name: "Unauthorized",
    description: "The token is missing or wrong",
    headers: { "WWW-Authenticate": "The authentication scheme, Bearer" },
  },
  404: { name: "NotFound", description: "There is no such item, or the token or key is not its own" },
  405: {
    name: "MethodNotAllowed",
    description: "The address does not answer to this method",
    headers: { Allow: "The methods that the address answers to" },
  },
  409: { name: "Conflict", description: "The present state does not allow the change" },
  413: { name: "ContentTooLarge", description: "The body is too large" },
  415: { name: "UnsupportedMediaType", description: "The body has another media type" },
  429: { name: "TooManyRequests", description: "A rate limit is reached", headers: RETRY },
  500: { name: "InternalError", description: "A fault of Parley" },
  503: { name: "Unavailable", description: "Parley is not ready for this request", headers: RETRY },
};

/** Statuses of Problems that any operation may answer. */
const ALWAYS = [405, 500, 503];

/** Returns the description of all operations in `routes`, as JSON. */
export function describeApi(routes: readonly Route[], { version, server, messages }: ApiInfo): JsonObject {
  const schemas = new JsonSchemas("#/components/schemas/");
  const webhooks = Object.entries(messages).map(([type, schema]) => [type, describeMessage(type, schema, schemas)]);
  return {
    openapi: "3.1.0",
    info: { title: "Parley", version, description: DESCRIPTION, license: { name: "MIT", identifier: "MIT" } },
    servers: [{ url: server }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: describePaths(routes, schemas),
    webhooks: Object.fromEntries(webhooks),
    components: { securitySchemes: SECURITY_SCHEMES, responses: describeProblems(schemas), schemas: schemas.named },
  };
}

function describePaths(routes: readonly Route[], schemas: JsonSchemas): Record<string, JsonObject> {
  const paths: Record<string, JsonObject> = {};
  for (const [method, path, target] of routes) {
    if (!isOperation(target)) continue;
    const template = path.replace(/:(\w+)/g, "{$1}");
    paths[template] = { ...paths[template], [method.toLowerCase()]: describeOperation(target.facts, schemas) };
  }
  return paths;
}

const isOperation = (target: Route[2]): target is Operation => typeof target !== "function";

function describeOperation(facts: OperationFacts, schemas: JsonSchemas): JsonObject {
  const { id, summary, tag, answers } = facts;
  const { access, path, query, body } = facts.input;
  const parameters = [...describeParameters("path", path, schemas), ...describeParameters("query", query, schemas)];
  return {
    operationId: id,
    summary,
    tags: [tag],
    security: access.security,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: describeBody(body, schemas) }),
    responses: { ...describeAnswers(answers, schemas), ...problemResponses(problemStatuses(facts)) },
  };
}

/** Returns the statuses of all Problems that an operation may answer. */
export function problemStatuses({ input, problems = [] }: OperationFacts): number[] {
  const parts = [input.access, input.path, input.query, input.body];
  return [...new Set([...ALWAYS, ...problems, ...parts.flatMap((part) => part?.problems ?? [])])];
}

const problemResponses = (statuses: readonly number[]) =>
  Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/${PROBLEMS[status]?.name}` }]));

function describeParameters(place: "path" | "query", part: ParametersPart | undefined, schemas: JsonSchemas) {
  if (part === undefined) return [];
  return Object.entries(part.schema.shape).map(([name, field]) => {
    const { description, ...schema } = schemas.ofParameter(field);
    const required = !field.safeParse(undefined).success;
    return { name, in: place, required, ...(description !== undefined && { description }), schema };
  });
}

const describeBody = ({ schema, mediaType }: Pick<BodyPart, "schema" | "mediaType">, schemas: JsonSchemas) => ({
  required: true,
  content: { [mediaType]: { schema: schemas.ofInput(schema) } },
});

function describeAnswers(answers: OperationFacts["answers"], schemas: JsonSchemas) {
  const described = Object.entries(answers).map(([status, { description, mediaType, schema, headers = {} }]) => {
    const content = mediaType && { [mediaType]: schema ? { schema: schemas.ofAnswer(schema) } : {} };
    return [status, { description, ...describeHeaders(headers), ...(content && { content }) }];
  });
  return Object.fromEntries(described);
}

function describeHeaders(headers: Readonly<Record<string, string>>) {
  const described = Object.entries(headers).map(([name, description]) => [
    name,
    { description, schema: { type: "string" } },
  ]);
  return described.length > 0 && { headers: Object.fromEntries(described) };
}

function describeProblems(schemas: JsonSchemas) {
  const content = { "application/problem+json": { schema: schemas.ofAnswer(problemDocument) } };
  const described = Object.values(PROBLEMS).map(({ name, description, headers = {} }) => [
    name,
    { description, ...describeHeaders(headers), content },
  ]);
  return Object.fromEntries(described);
}

/** Headers of a message to a webhook (Standard Webhooks 1.0.0, section "Webhook headers"). */
const MESSAGE_HEADERS = {
  "webhook-id": "The same in every attempt",
  "webhook-timestamp": "When this attempt was made, in seconds of Unix time",
  "webhook-signature": "`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; several are separated by spaces",
};

/** Returns the description of a message that Parley sends to the webhook of an alert. */
function describeMessage(type: string, schema: z.ZodType, schemas: JsonSchemas) {
  const parameters = Object.entries(MESSAGE_HEADERS).map(([name, description]) => ({
    name,
    in: "header",
    required: true,
    description,
    schema: { type: "string" },
  }));
  const post = {
    operationId: `receive-${type}`,
    summary: `A message of type ${type}`,
    tags: ["Alerts"],
    security: [],
    parameters,
    requestBody: { required: true, content: { "application/json": { schema: schemas.ofAnswer(schema) } } },
    responses: {
      "2XX": { description: "The message has arrived" },
      "410": { description: "The receiver is gone: the alert is paused" },
      default: { description: "Parley tries again later" },
    },
  };
  return { post };
}
