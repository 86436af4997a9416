// The options of a command that joins an XMPP server as a component (XEP-0114), and what to do where that fails.

import { Option } from "commander";
import type { Command } from "commander";
import { serviceOf } from "../connecting.js";
import { messageOf, usageFailure } from "../failure.js";
import type { Failure } from "../failure.js";
import { componentRefused } from "../scopenode/joining.js";
import { demandFor } from "./demand.js";
import type { HostAndPort } from "./parsers.js";
import { hostAndPort } from "./parsers.js";

export interface ComponentFlags {
  component?: HostAndPort;
  componentDomain?: string;
  componentSecret?: string;
}

export interface ComponentLogin {
  /** xmpp://host:port */
  readonly service: string;
  readonly domain: string;
  readonly secret: string;
}

export function withComponent(command: Command): Command {
  return command
    .option("--component <host:port>", "where the server lets components connect", hostAndPort)
    .option("--component-domain <domain>", "the component's domain there")
    .addOption(new Option("--component-secret <text>", "its secret").env("MICROSPIME_SECRET"));
}

export function componentLoginOf(command: string, flags: ComponentFlags): ComponentLogin {
  const demand = demandFor(command);
  const { host, port } = demand(flags.component, "--component");
  return {
    service: serviceOf(host, port),
    domain: demand(flags.componentDomain, "--component-domain"),
    secret: demand(flags.componentSecret, "--component-secret (or MICROSPIME_SECRET)"),
  };
}

/** `who` begins a sentence. */
export function componentFailure(who: string, login: ComponentLogin, error: unknown): Failure {
  const { service, domain } = login;
  if (error instanceof TypeError) {
    const advice = "Check --component, --component-domain and --component-secret.";
    return usageFailure(`${who} cannot log in: ${messageOf(error)}.`, advice);
  }
  return componentRefused(who, service.replace("xmpp://", ""), domain, error);
}
