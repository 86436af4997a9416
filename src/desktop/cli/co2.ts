// `microspime co2`: frames of a CO2 sensor for a person.

import { Argument, Command } from "commander";
import { ExitCode, Failure, usageFailure } from "../failure.js";
import { CO2_SENSORS, decodeCo2 } from "../sensors/index.js";
import type { Co2SensorName, DecodedFrame } from "../sensors/index.js";
import { paint, plural, print, printable, printEvent } from "./terminal.js";

interface Flags {
  json?: boolean;
}

/** Any of `ff 86 …`, `ff86…`, `0xff,0x86`, `FF:86`. */
function bytesOf(texts: readonly string[]): Buffer {
  const words = texts.join(" ").split(/[\s,:]+/);
  const digits = words.map((word) => word.replace(/^0x/i, "")).filter((word) => word !== "");
  const wrong = digits.find((word) => !/^([\da-f]{2})+$/i.test(word));
  if (wrong === undefined && digits.length > 0) return Buffer.from(digits.join(""), "hex");
  const message = `${wrong === undefined ? "Nothing" : `"${printable(wrong)}"`} is no bytes.`;
  throw usageFailure(
    message,
    "Write them as pairs of hexadecimal digits: ff 86 02 20 or ff860220.",
  );
}

function hexOf(bytes: Buffer): string {
  return bytes.toString("hex").replace(/..(?!$)/g, "$& ");
}

const CHECKS = { right: "", wrong: "  check WRONG", none: "" };

function lineOf({ bytes, kind, what, fields, check }: DecodedFrame): string {
  const values = Object.entries(fields).map(
    ([name, value]) => `${name} ${printable(String(value))}`,
  );
  const told = [what, ...values].join(", ");
  const style = kind === "unknown" || check === "wrong" ? "red" : "green";
  return `${paint(style, kind.padEnd(7))}  ${hexOf(bytes)}  ${told}${CHECKS[check]}`;
}

function tell(frame: DecodedFrame, isJson: boolean): void {
  const { bytes, ...rest } = frame;
  if (isJson) printEvent("frame", { hex: hexOf(bytes), ...rest });
  else print(lineOf(frame));
}

function isWrong({ kind, check }: DecodedFrame): boolean {
  return kind === "unknown" || check === "wrong";
}

function run(sensor: Co2SensorName, hex: string[], { json = false }: Flags): void {
  const frames = decodeCo2(sensor, bytesOf(hex));
  for (const frame of frames) tell(frame, json);
  const wrong = frames.filter(isWrong);
  if (wrong.length === 0) return;
  throw new Failure(
    ExitCode.notAcknowledged,
    `${plural(wrong.length, "piece")} of ${frames.length} ${wrong.length === 1 ? "is" : "are"} not right: a driver takes no value of that.`,
    `Is it a ${sensor}, and are the bytes complete? A wrong check is noise on the line, or two sensors on it.`,
  );
}

export function co2Command(): Command {
  return new Command("co2")
    .summary("decode frames of a CO2 sensor")
    .description(
      "Says what bytes are that went between a board and its CO2 sensor: commands, answers, errors, their fields, " +
        "and whether their checks are right. On I2C without the address byte; what an answer means depends on the command before it.",
    )
    .addArgument(new Argument("<sensor>", "which one").choices(CO2_SENSORS))
    .argument("<hex...>", "the bytes: ff 86 02 20 …, or all in one word")
    .option("--json", "one JSON object a line: frame")
    .action(run);
}
