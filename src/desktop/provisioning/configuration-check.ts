// What is wrong with a board's configuration, by field: schema/microspime.schema.json (JSON Schema 2020-12) says what each
// may be, and this what a schema cannot say.

import { Ajv2020 } from "ajv/dist/2020.js";
import type { ErrorObject } from "ajv/dist/2020.js";
import { readFileSync } from "node:fs";
import { configurationSchemaPath } from "../paths.js";

export interface FieldFault {
  /** As people write it, `samples.location`; empty: the whole. */
  readonly field: string;
  /** The rest of a sentence that begins with the field. No value is in it: it may be a secret. */
  readonly fault: string;
}

interface Schema {
  readonly description?: string;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

export function configurationSchema(): Schema {
  return JSON.parse(readFileSync(configurationSchemaPath, "utf8")) as Schema;
}

/** One for each field that is wrong; none where the configuration can be used. */
export function faultsIn(configuration: unknown): FieldFault[] {
  const schema = configurationSchema();
  const ajv = new Ajv2020({ allErrors: true, verbose: true, strictTypes: false });
  const check = ajv.compile(schema);
  check(configuration);
  const ofSchema = (check.errors ?? []).flatMap((error) => faultOf(error, schema));
  const all = [...ofSchema, ...ofText(configuration, []), ...ofBounds(configuration)];
  return all.filter(
    ({ field }, index) => all.findIndex((other) => other.field === field) === index,
  );
}

/** The reason why another part of the schema counts, or part of such a reason: what is wrong says that part. */
const SAY_NOTHING = ["if", "not"];

function faultOf(error: ErrorObject, schema: Schema): FieldFault[] {
  const { keyword, params, parentSchema } = error;
  const path = error.instancePath.split("/").slice(1);
  const fieldIn = (name: unknown) => [...path, String(name)].join(".");
  if (SAY_NOTHING.includes(keyword)) return [];
  if (keyword === "anyOf") return [{ field: "password", fault: "is missing, and so is scram" }];
  if (keyword === "additionalProperties") {
    const field = fieldIn(params["additionalProperty"]);
    return [{ field, fault: "is no field of a configuration" }];
  }
  if (keyword === "required" || keyword === "dependentRequired") {
    const name = String(params["missingProperty"]);
    // One of the two that are enough is told of by `anyOf`.
    if (error.schemaPath.startsWith("#/anyOf/")) return [];
    const { description } = descriptionOf([...path, name], schema);
    return [{ field: fieldIn(name), fault: `is missing: it must be ${description}` }];
  }
  if (path.length === 0) return [{ field: "", fault: "must be an object" }];
  const { description = error.message } = parentSchema as Schema;
  return [{ field: path.join("."), fault: `must be ${description}` }];
}

function descriptionOf(path: readonly string[], schema: Schema): { description: string } {
  let at = schema;
  for (const name of path) at = at.properties?.[name] ?? {};
  const referred = at.$ref && schema.$defs?.[at.$ref.replace("#/$defs/", "")];
  return { description: (referred || at).description ?? "there" };
}

/** Text on the board is bytes, a character each, and of UTF-8. */
function ofText(value: unknown, path: readonly string[]): FieldFault[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([name, field]) => ofText(field, [...path, name]));
  }
  if (typeof value !== "string" || isByteString(value)) return [];
  const fault = "must be UTF-8 written byte by byte, é as \\u00c3\\u00a9";
  return [{ field: path.join("."), fault }];
}

function isByteString(text: string): boolean {
  const bytes = Buffer.from(text, "latin1");
  if (bytes.toString("latin1") !== text) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** As report/sampler.ts has them where they are absent. */
const LEAST_PPM = 100;
const MOST_PPM = 40_000;

function ofBounds(configuration: unknown): FieldFault[] {
  const { samples } = (configuration ?? {}) as { samples?: Record<string, unknown> };
  const { leastPpm = LEAST_PPM, mostPpm = MOST_PPM } = samples ?? {};
  if (!(Number(leastPpm) > Number(mostPpm))) return [];
  return [{ field: "samples.leastPpm", fault: "must be mostPpm at most: no reading would count" }];
}
