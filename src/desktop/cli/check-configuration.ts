// `microspime check-configuration`: what is wrong with a board's configuration file, by field.

import { Command } from "commander";
import { readFile } from "node:fs/promises";
import { unreadable, usageFailure } from "../failure.js";
import type { FieldFault } from "../provisioning/configuration-check.js";
import { plural, print, printable, printEvent } from "./terminal.js";

interface Flags {
  json?: boolean;
  schema?: boolean;
}

async function run(file: string | undefined, { json = false, schema }: Flags): Promise<void> {
  // Loaded here: no other command needs what compiles a schema.
  const { configurationSchema, faultsIn } = await import("../provisioning/configuration-check.js");
  if (schema) return print(JSON.stringify(configurationSchema(), null, 2));
  if (file === undefined) {
    throw usageFailure("No file is named.", "Name a microspime.json, or give --schema.");
  }
  const faults = faultsIn(parsed(file, await read(file)));
  for (const fault of faults) show(fault, json);
  if (faults.length > 0) throw faultyFailure(file, faults);
  if (!json) print(`${file} is right.`);
}

function show({ field, fault }: FieldFault, isJson: boolean): void {
  if (isJson) printEvent("fault", { field, fault });
  else print(printable(`${field || "it"} ${fault}`));
}

function faultyFailure(file: string, { length }: readonly FieldFault[]) {
  const message = `${file}: ${plural(length, "field is", "fields are")} wrong.`;
  return usageFailure(
    message,
    "docs/configuration.md has all of them, --schema their JSON Schema.",
  );
}

/** As the board has it: a character a byte. */
async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "latin1");
  } catch (error) {
    throw unreadable(file, error, "Give a microspime.json, as microspime provision writes it.");
  }
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw usageFailure(`${file} is no JSON.`, "Mend it, or write it anew: microspime provision.");
  }
}

export function checkConfigurationCommand(): Command {
  return new Command("check-configuration")
    .summary("say what is wrong with a board's microspime.json")
    .description(
      "Checks a microspime.json against its JSON Schema, and names each field that is wrong.",
    )
    .argument("[file]", "the configuration")
    .option("--schema", "print the JSON Schema instead")
    .option("--json", "one JSON object a line")
    .action(run);
}
