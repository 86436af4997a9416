// `microspime status`: asking a board how it is, with a command line around it.

import { Command } from "commander";
import { askStatus } from "../claimer/index.js";
import { accountOf, withAccount } from "./account.js";
import type { AccountFlags } from "./account.js";
import { waiting } from "./claim.js";
import { claimerDisplay } from "./claimer-display.js";
import { fullJidOf, numberFrom } from "./parsers.js";

const WAIT_S = 60;

async function status(spime: string, flags: AccountFlags & { wait: number }): Promise<void> {
  const display = claimerDisplay(flags.json);
  const options = { ...accountOf(flags, display.onStanza), spime, timeoutMs: flags.wait * 1000 };
  display.onStatus(await waiting(spime, flags, () => askStatus(options)));
}

export function statusCommand(): Command {
  const command = new Command("status")
    .summary("ask a board how it is")
    .description(
      "Asks a spime how long it has been up, what waits and what was refused. It tells its owners, and whom " +
        "its configuration names in statusTo.",
    )
    .argument("<spime>", "its full address", fullJidOf);
  return withAccount(command)
    .option("--wait <seconds>", "for its answer", numberFrom(1, 86400), WAIT_S)
    .action(status);
}
