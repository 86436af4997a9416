// `microspime relay`: the relay between two PubSub services with a command line around it.

import { Command } from "commander";
import { ExitCode, Failure, usageFailure } from "../failure.js";
import { SEEK_NODE } from "../openspime/pubsub.js";
import { RelayFault, startRelay } from "../relay/index.js";
import type { ItemIdentity, Relay } from "../relay/index.js";
import { componentFailure, componentLoginOf, withComponent } from "./component.js";
import type { ComponentFlags, ComponentLogin } from "./component.js";
import { demandFor } from "./demand.js";
import { interrupted, interruption } from "./interruption.js";
import { createLines } from "./lines.js";
import type { Lines } from "./lines.js";
import { addressOf } from "./parsers.js";
import { printable, timeOf } from "./terminal.js";

const demand = demandFor("relay");

interface Flags extends ComponentFlags {
  from?: string;
  to?: string;
  node: string;
  json?: boolean;
}

interface Way {
  readonly from: string;
  readonly to: string;
  readonly node: string;
}

function wayOf({ from, to, node }: Flags): Way {
  const way = { from: demand(from, "--from"), to: demand(to, "--to"), node };
  if (way.from.toLowerCase() !== way.to.toLowerCase()) return way;
  const message = "--from and --to name the same service.";
  throw usageFailure(message, "A relay takes requests from one service to another.");
}

async function run(flags: Flags): Promise<void> {
  const way = wayOf(flags);
  const login = componentLoginOf("relay", flags);
  const lines = createLines(flags.json ?? false);
  const stop = interruption();
  const counts = { relayed: 0, failed: 0 };
  const relay = await join(login, way, {
    onRelayed(identity) {
      counts.relayed++;
      tellRelayed(lines, identity);
    },
    onError(error) {
      counts.failed++;
      lines.warn(error.message);
    },
  });
  const { from, to, node } = way;
  lines.tell("started", `${relay.jid} relays ${node} of ${from} to ${to}.`, {
    jid: relay.jid,
    ...way,
  });
  await interrupted(stop);
  await relay.stop();
  lines.tell("outcome", `${counts.relayed} relayed, ${counts.failed} errors.`, counts);
}

interface Listener {
  onRelayed(identity: ItemIdentity): void;
  onError(error: Error): void;
}

async function join(login: ComponentLogin, way: Way, listener: Listener): Promise<Relay> {
  const { from, to, node } = way;
  try {
    const places = { from: { service: from, node }, to: { service: to, node } };
    return await startRelay({ ...login, ...places, ...listener });
  } catch (error) {
    throw error instanceof RelayFault
      ? placeFailure(error)
      : componentFailure("The relay", login, error);
  }
}

function placeFailure({ place, message }: RelayFault): Failure {
  const advice = `Check --${place} and --node, and what that service lets a component do (XEP-0060).`;
  return new Failure(ExitCode.network, `The relay ${message}.`, advice);
}

function tellRelayed(lines: Lines, { itemId, request }: ItemIdentity): void {
  const now = new Date();
  const what = request ? `request ${request.id} of ${request.osid}` : `item ${itemId}`;
  const text = `${timeOf(now)}  ${printable(what)}`;
  const values = request && { osid: request.osid, requestId: request.id };
  lines.tell("relayed", text, { time: now, itemId, ...values });
}

export function relayCommand(): Command {
  const command = new Command("relay")
    .summary("pass SpimeSeek requests on from one PubSub service to another")
    .description(
      "Joins an XMPP server as a component, subscribes to a node of one PubSub service and publishes " +
        "each request once to the same node of another. Runs until Ctrl-C.",
    )
    .option("--from <service>", "the PubSub service to subscribe to", addressOf)
    .option("--to <service>", "the PubSub service to publish to", addressOf)
    .option("--node <name>", "the node of both", SEEK_NODE)
    .option("--json", "one JSON object a line, for scripts");
  return withComponent(command).action(run);
}
