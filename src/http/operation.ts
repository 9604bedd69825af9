/** One call of the API: what OpenAPI says about it, how its input is read, and how it is answered. */
import type * as z from "zod";
import type { Context, Handler } from "./context.ts";
import type { BodyPart, InputPart, ParametersPart } from "./input.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A row of routes.ts. OpenAPI describes the operations; plain handlers are pages, styles and icons. */
export type Route = readonly [Method, path: string, Operation | Handler];

export const handlerOf = (target: Operation | Handler): Handler =>
  typeof target === "function" ? target : target.handler;

export const TAGS = {
  Feeds: "The record as feeds, and the matches of an alert as a private feed",
  WebSub: "Feeds that are pushed to subscribers",
  Alerts: "Stored queries that send a message for each match",
  Record: "Articles, events and names: everyone may read them, curators may change them",
  Operation: "The state of this Parley",
};

/** Who may make a call. */
export interface Access<T = unknown> extends InputPart<T> {
  /** Security requirements as OpenAPI writes them; one of them is enough. `{}` is nobody in particular. */
  security: readonly { curator?: readonly []; alert?: readonly [] }[];
}

export const everyone: Access<undefined> = { security: [], problems: [], read: () => undefined };

/** The input of an operation, in the order in which its parts are read. */
interface Input {
  access: Access;
  path?: ParametersPart;
  query?: ParametersPart;
  body?: BodyPart;
}

/** A successful answer. */
interface OperationAnswer {
  description: string;
  /** Absent for an answer without a body. */
  mediaType?: string;
  /** Absent for a body that is not JSON. */
  schema?: z.ZodType;
  /** What each header says. */
  headers?: Readonly<Record<string, string>>;
}

/** A JSON answer. */
export const json = <S extends z.ZodType>(description: string, schema: S, headers: Record<string, string> = {}) => ({
  description,
  mediaType: "application/json",
  schema,
  headers,
});

/** By status. */
type Answers = Readonly<Record<number, OperationAnswer>>;

/** What OpenAPI says about an operation. */
export interface OperationFacts {
  id: string;
  summary: string;
  tag: keyof typeof TAGS;
  input: Input;
  answers: Answers;
  /** Statuses of Problems, beside those of the parts of the input and those that every operation may answer. */
  problems?: readonly number[];
}

export interface Operation {
  facts: OperationFacts;
  handler: Handler;
}

/** What was read from a call, and how to answer it as JSON. */
type Given<I extends Input, R extends Answers> = {
  [part in keyof I]: I[part] extends InputPart<infer T> ? T : never;
} & { reply: Reply<R> };

/** Makes a JSON answer. The body must fit the schema of the status. */
type Reply<R extends Answers> = <S extends keyof R & number>(
  status: S,
  body: JsonOf<R[S]>,
  headers?: Record<string, string>,
) => Response;

type JsonOf<A> = A extends { schema: z.ZodType<infer T> } ? T : never;

/** Makes an operation: its input is read and checked before `answer` is called. */
export function operation<I extends Input, R extends Answers>(
  facts: OperationFacts & { input: I; answers: R },
  answer: (given: Given<I, R>, context: Context, request: Request) => Response | Promise<Response>,
): Operation {
  const { access, path, query, body } = facts.input;
  const handler: Handler = async (request, context) => {
    const given = {
      access: await access.read(request, context),
      path: await path?.read(request, context),
      query: await query?.read(request, context),
      body: await body?.read(request, context),
      reply: (status: number, value: unknown, headers: Record<string, string> = {}) =>
        Response.json(value, { status, headers }),
    };
    return answer(given as Given<I, R>, context, request);
  };
  return { facts, handler };
}
