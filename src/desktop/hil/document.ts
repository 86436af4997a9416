// A YAML file checked against a JSON Schema: what is wrong with it is said with the file's line and the field.

import { readFileSync } from "node:fs";
import path from "node:path";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from "yaml";
import { codeOf, type Failure, usageFailure } from "../failure.js";
import { scenariosFolder } from "../paths.js";

type Path = readonly (string | number)[];

export interface ReadDocument {
  readonly value: unknown;
  /** Of what is there, counted from 1. */
  lineOf(path: Path): number;
}

/** Rejected where it stands in a file. */
export function documentFailure(file: string, line: number, what: string, others = 0): Failure {
  const more = others > 0 ? ` And ${others} more.` : "";
  return usageFailure(
    `${file}:${line}: ${what}.${more}`,
    "docs/hil.md has what may stand there; scenarios/ has examples.",
  );
}

const compiled = new Map<string, ValidateFunction>();

function validatorOf(schema: string): ValidateFunction {
  const validator = compiled.get(schema) ?? compile(schema);
  compiled.set(schema, validator);
  return validator;
}

function compile(schema: string): ValidateFunction {
  const text = readFileSync(path.join(scenariosFolder, schema), "utf8");
  // Strict mode takes offence at conditions that name their fields elsewhere.
  const ajv = new Ajv({ allErrors: true, strict: false });
  return ajv.compile(JSON.parse(text) as object);
}

/** Throws a `Failure` that names the first thing that is wrong. `schema`: a file of scenarios/. */
export function readDocument(file: string, schema: string): ReadDocument {
  const lines = new LineCounter();
  const document = parseDocument(textOf(file), { lineCounter: lines });
  const [broken] = document.errors;
  if (broken) {
    const line = broken.linePos?.[0].line ?? 1;
    throw documentFailure(
      file,
      line,
      `not YAML: ${broken.message.split("\n")[0].replace(/[.:]+$/, "")}`,
    );
  }
  const lineOf = (at: Path) => lineAt(document, lines, at);
  const value: unknown = document.toJS();
  const validate = validatorOf(schema);
  if (validate(value)) return { value, lineOf };
  const faults = faultsIn(validate.errors ?? [], lineOf);
  throw documentFailure(file, faults[0].line, faults[0].what, faults.length - 1);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw usageFailure(`${file} cannot be read (${codeOf(error)}).`, "Check the path.");
  }
}

/** The key's line, where it is one of a map; else that of the nearest thing around it. */
function lineAt(document: Document, lines: LineCounter, at: Path): number {
  for (let length = at.length; length >= 0; length--) {
    const offset = offsetOf(document, at.slice(0, length));
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  return 1;
}

function offsetOf(document: Document, at: Path): number | undefined {
  const parent: unknown = at.length > 1 ? document.getIn(at.slice(0, -1), true) : document.contents;
  const last = at.at(-1);
  if (isMap(parent) && last !== undefined) {
    const pair = parent.items.find(
      (one) => isPair(one) && isScalar(one.key) && one.key.value === last,
    );
    if (pair && isScalar(pair.key)) return pair.key.range?.[0];
  }
  const node: unknown = at.length > 0 ? document.getIn(at, true) : document.contents;
  return isNode(node) ? node.range?.[0] : undefined;
}

interface DocumentFault {
  readonly line: number;
  readonly what: string;
}

/** Of what could have been this or that, why it is not each of them helps nobody. */
const IN_A_CHOICE = /\/(anyOf|oneOf)\/\d/;

/** What stands first in the file is told first. A condition's own failure says nothing that its inside does not. */
function faultsIn(errors: readonly ErrorObject[], lineOf: (at: Path) => number): DocumentFault[] {
  const telling = errors.filter(
    ({ keyword, schemaPath }) => keyword !== "if" && !IN_A_CHOICE.test(schemaPath),
  );
  const faults = telling.map((error) => ({ line: lineOf(pathOf(error)), what: whatIn(error) }));
  const distinct = faults.filter(
    ({ line, what }, i) =>
      !faults.slice(0, i).some((one) => one.line === line && one.what === what),
  );
  return distinct.sort((one, other) => one.line - other.line);
}

/** Of the field that is too much, or where one is missing. */
function pathOf({ instancePath, keyword, params }: ErrorObject): Path {
  const steps = instancePath.split("/").slice(1);
  const at = steps.map((step) => (/^\d+$/.test(step) ? Number(step) : unescaped(step)));
  return keyword === "additionalProperties" ? [...at, String(params["additionalProperty"])] : at;
}

function unescaped(step: string): string {
  return step.replace(/~1/g, "/").replace(/~0/g, "~");
}

/** `steps[3].within must be > 0`, the steps counted from 1. */
function whatIn(error: ErrorObject): string {
  const { keyword, params, message = "is wrong" } = error;
  const field = fieldOf(pathOf(error));
  if (keyword === "additionalProperties") return `${field} is no field that belongs here`;
  if (keyword === "required") {
    return `${field}${field ? ": " : ""}${String(params["missingProperty"])} is missing`;
  }
  if (keyword === "anyOf" && /^steps\[\d+\]$/.test(field)) return `${field} names nothing to do`;
  if (keyword === "enum") {
    const allowed = (params["allowedValues"] as unknown[]).join(", ");
    return `${field} must be one of ${allowed}`;
  }
  if (keyword === "oneOf") return `${field} has none of the forms that it may have`;
  if (keyword === "const") return `${field} must be ${String(params["allowedValue"])}`;
  return `${field || "it"} ${message}`;
}

function fieldOf(at: Path): string {
  return at
    .map((step) => (typeof step === "number" ? `[${step + 1}]` : `.${step}`))
    .join("")
    .replace(/^\./, "");
}
