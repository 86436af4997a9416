// What a board without TLS does not start with, told at the desk: the firmware's own rule, ports/plain-link.ts.

import type { Configuration } from "../../firmware/configuration.js";
import { checkPlainLink } from "../../firmware/ports/plain-link.js";
import { messageOf, usageFailure } from "../failure.js";
import type { BoardData } from "./board-data.js";

type Link = Pick<Configuration, "tls" | "host" | "plainTo" | "encrypt">;

/** A `Failure`; nothing for a board that has TLS. */
export function checkPlainLinkOf(board: BoardData, link: Link): void {
  if (board.port !== "kaluma") return;
  try {
    checkPlainLink(link as Configuration);
  } catch (error) {
    const message = messageOf(error).replace(/^configuration: /, "");
    throw usageFailure(
      `The board ${board.name} would not start with this configuration: ${message}.`,
      adviceFor(link),
    );
  }
}

function adviceFor({ tls, encrypt, host }: Link): string {
  if (tls) return "Leave --tls out; docs/kaluma.md says what that means.";
  if (!encrypt) return "Name a certification service (--certifier), and leave --no-encrypt out.";
  return `Give the address of a server in the local network, or --plain-to ${host}, if you know that others can listen.`;
}
