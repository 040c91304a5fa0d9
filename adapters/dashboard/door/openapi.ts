import { z } from "zod";
import { VERSION } from "../../../src/core/version.ts";
import { OPERATIONS, type Operation } from "./operations.ts";

/** Where the door is, below the page's address. */
export const DOOR = "/api/v1";

/** The OpenAPI 3.1 document of the door for programs. */
export function openApiDocument(): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS as readonly Operation[])
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) };
  return {
    openapi: "3.1.0",
    info: {
      title: "Tieline",
      version: VERSION,
      description: [
        "Ask for the next experiments of a campaign and report what came of them.",
        "Who changes something says who he is; where the configuration lists operators, with a key.",
      ].join(" "),
    },
    servers: [{ url: DOOR }],
    paths,
    components: { schemas: { Failure: FAILURE } },
  };
}

const FAILURE = {
  type: "object",
  required: ["code", "message"],
  properties: {
    code: { type: "string", description: "stable: docs/errors.md" },
    message: { type: "string" },
    hint: { type: "string" },
  },
};

function describe(operation: Operation): Readonly<Record<string, unknown>> {
  const { name, path, summary, body, answer, isStream = false } = operation;
  const kind = isStream ? "text/event-stream" : "application/json";
  const failure = {
    description: "What happened, and what to do",
    content: { "application/json": { schema: { $ref: "#/components/schemas/Failure" } } },
  };
  return {
    operationId: name,
    summary,
    parameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => ({
      ...{ name: parameter, in: "path", required: true, schema: { type: "string" } },
    })),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { "application/json": { schema: schemaOf(body) } },
          },
        }),
    responses: {
      "200": { description: answer, content: { [kind]: { schema: {} } } },
      "4XX": failure,
      "5XX": failure,
    },
  };
}

function schemaOf(body: z.ZodObject): unknown {
  const { $schema: _, ...schema } = z.toJSONSchema(body, { target: "draft-2020-12", io: "input" });
  return schema;
}
