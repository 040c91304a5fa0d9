import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { MESSAGES, type MessageName } from "../../../adapters/mqtt/contract.ts";
import {
  contractDocuments,
  messageSchema,
  wholeMessage,
} from "../../../adapters/mqtt/contract-documents.ts";
import { readMessage } from "../../../adapters/mqtt/read-message.ts";
import { parseTopic } from "../../../adapters/mqtt/topics.ts";
import { fc } from "../../support/properties.ts";
import { bytes, NAMES, SAMPLES, SITE, sampleTopic, wrap } from "./sample-messages.ts";

const ajv = new Ajv2020({ strict: false, allErrors: false });
const validators = new Map(NAMES.map((name) => [name, ajv.compile(messageSchema(name))]));

function published(name: MessageName, message: unknown): boolean {
  return validators.get(name)?.(message) === true;
}

/** Values that sit at the edges of what a field may be. */
const edge = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(null, "", "a", "a b", "x".repeat(64), "x".repeat(65), "x".repeat(2001)),
  fc.constantFrom<unknown>(
    "\u{1F525}".repeat(64),
    "\u{1F525}".repeat(128),
    "\u{1F525}".repeat(129),
  ),
  fc.constantFrom<unknown>(-1, 0, 0.5, 1, 1.5, 2 ** 53, -0, 1e308, true, [], {}, ["a"], ["a", "a"]),
  fc.constantFrom<unknown>(
    "2026-11-23T09:00:00Z",
    "2026-11-23T09:00:00+01:00",
    "2026-13-01T00:00:00Z",
  ),
);

/** A valid message with any number of its parts replaced, removed or added. */
const damaged = fc
  .record({
    name: fc.constantFrom(...NAMES),
    damages: fc.array(fc.record({ where: fc.nat(), value: edge, remove: fc.boolean() }), {
      maxLength: 3,
    }),
  })
  .map(({ name, damages }) => {
    const message = structuredClone(wrap(name, SAMPLES[name]));
    for (const damage of damages) {
      const places = placesOf(message);
      const place = places[damage.where % places.length];
      if (place === undefined) continue;
      if (damage.remove) Reflect.deleteProperty(place.parent, place.key);
      else Reflect.set(place.parent, place.key, structuredClone(damage.value));
    }
    // Deleting an element of an array leaves a hole, which JSON has not.
    return { name, message: JSON.parse(JSON.stringify(message)) as object };
  })
  // Refused before any schema is asked.
  .filter(({ message }) => !JSON.stringify(message).includes("__proto__"));

function placesOf(value: object): { parent: object; key: string }[] {
  return Object.entries(value).flatMap(([key, inner]) => [
    { parent: value, key },
    ...(typeof inner === "object" && inner !== null ? placesOf(inner) : []),
  ]);
}

describe("the published contract", () => {
  test.each(NAMES)("%s: the published schema accepts the sample", (name) => {
    expect(published(name, wrap(name, SAMPLES[name]))).toBe(true);
  });

  test("it accepts what the program's schemas accept and rejects what they reject", () => {
    const answers = { accepted: 0, rejected: 0 };
    fc.assert(
      fc.property(damaged, ({ name, message }) => {
        const accepted = published(name, message);
        answers[accepted ? "accepted" : "rejected"]++;
        expect(wholeMessage(name).safeParse(message).success).toBe(accepted);
      }),
      { numRuns: 5000 },
    );
    // The property would be empty if one of the two hardly ever came up.
    expect(Math.min(answers.accepted, answers.rejected)).toBeGreaterThan(500);
  });

  test("what it rejects the decoder refuses; what it accepts is refused only for what a schema can't say", () => {
    fc.assert(
      fc.property(damaged, ({ name, message }) => {
        const topic = parseTopic(SITE, sampleTopic(name));
        if (typeof topic === "string") throw new Error(`no topic for ${name}`);
        const read = readMessage(topic, bytes(message));
        if (read.kind === "message") expect(published(name, message)).toBe(true);
        else if (published(name, message))
          expect(["wrongTopic", "invalidData"]).toContain(read.refusal.reason);
      }),
      { numRuns: 2000 },
    );
  });

  test("every message has a schema with its own id, listed in the index", () => {
    const documents = new Map(contractDocuments().map(({ file, content }) => [file, content]));
    const index = documents.get("index.json") as { messages: { name: string; schema: string }[] };
    expect(index.messages.map(({ name }) => name)).toEqual(Object.keys(MESSAGES));
    for (const { name, schema } of index.messages)
      expect(documents.get(schema)).toMatchObject({
        $schema: "https://json-schema.org/draft/2020-12/schema",
        $id: `urn:tieline:contract:v1:${name}`,
      });
  });

  test("every reference of the AsyncAPI document leads somewhere", () => {
    const document = contractDocuments().find(({ file }) => file === "asyncapi.json")?.content;
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(NAMES.length * 3);
    for (const [, path = ""] of references) {
      const target = path
        .split("/")
        .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);
      expect(target, path).toBeDefined();
    }
  });
});
