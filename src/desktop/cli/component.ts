// The options of a command that joins an XMPP server as a component (XEP-0114), and what to do where that fails.

import { Option } from "commander";
import type { Command } from "commander";
import { messageOf, usageFailure } from "../failure.js";
import type { Failure } from "../failure.js";
import { componentRefused } from "../scopenode/joining.js";
import { serviceOf } from "../sim/cast.js";
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
  const { host, port } = demand(command, flags.component, "--component");
  const domain = demand(command, flags.componentDomain, "--component-domain");
  const option = "--component-secret (or MICROSPIME_SECRET)";
  return {
    service: serviceOf(host, port),
    domain,
    secret: demand(command, flags.componentSecret, option),
  };
}

/** An empty one, from the environment for example, is none. */
export function demand<T>(command: string, value: T | undefined, option: string): T {
  if (value) return value;
  const advice = `microspime ${command} --help lists what it takes.`;
  throw usageFailure(`${option} is missing.`, advice);
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
