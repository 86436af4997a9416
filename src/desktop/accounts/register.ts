// In-band registration, XEP-0077 section 3.1: an account is made before anybody has logged in. The password goes to
// the server as it is: over TLS, or to this very machine.

import { xml } from "@xmpp/client";
import type { Element } from "@xmpp/client";
import { randomUUID } from "node:crypto";
import { messageOf } from "../failure.js";
import { NS } from "../server/namespaces.js";
import { isLoopback } from "../server/options.js";
import { isSameAddress, parseAddress } from "../openspime/address.js";
import { isReply } from "../openspime/replies.js";
import { conditionsOf } from "../scopenode/questions.js";
import { askAbout, withEarlyStream } from "./early-stream.js";
import type { AccountPlace, EarlyStream } from "./early-stream.js";
import { filledForm, readForm } from "./registration-form.js";
import type { RegistrationForm } from "./registration-form.js";

/** The server would have made the account, but not like this; or it makes none. */
export class RegistrationRefused extends Error {
  constructor(
    /** Of RFC 6120 section 8.3.3, or `not-offered`. */
    readonly condition: string,
    /** In the server's own words, if it had any. */
    readonly said: string,
  ) {
    super(`the server refuses the registration (${condition})`);
  }
}

/** The server wants to know more than a program can tell it. */
export class MoreDemanded extends Error {
  constructor(readonly form: RegistrationForm) {
    super("the server demands more than a password");
  }
}

/** There is no TLS, and the password would lie open. */
export class OpenLine extends Error {
  constructor() {
    super("the server offers no TLS");
  }
}

/** The connection broke between the request and its answer: the account may be there, or not. */
export class Undecided extends Error {
  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
  }
}

/** Rejects with one of the errors above, or that of the connection. */
export async function registerAccount(place: AccountPlace, password: string): Promise<void> {
  let isRequested = false;
  try {
    await withEarlyStream(place, async (stream) => {
      const form = await formOf(stream, place);
      isRequested = true;
      await ask(stream, "set", filledForm(form, parseAddress(place.jid).local, password));
    });
  } catch (error) {
    const refusal = refusedByStream(error);
    // Also where time is up while the server thinks.
    const isUndecided = isRequested && !(refusal instanceof RegistrationRefused);
    throw isUndecided ? new Undecided(refusal) : refusal;
  }
}

async function formOf(stream: EarlyStream, { service }: AccountPlace): Promise<RegistrationForm> {
  if (!stream.entity.isSecure() && !isOnThisMachine(service)) throw new OpenLine();
  const form = readForm(await ask(stream, "get", xml("query", { xmlns: NS.register })));
  if (!form.takesPassword || form.demands.length > 0) throw new MoreDemanded(form);
  return form;
}

function isOnThisMachine(service: string): boolean {
  return isLoopback(new URL(service).hostname.replace(/^\[|\]$/g, ""));
}

/** The `<query/>` of its answer, or an empty one. */
async function ask(stream: EarlyStream, type: "get" | "set", query: Element): Promise<Element> {
  const { domain } = stream.entity.options;
  const id = randomUUID();
  const question = xml("iq", { type, id, to: domain }, query);
  const iq = await askAbout(stream, question, (element) => isAnswer(element, id, domain));
  if (iq.attrs.type === "error") throw refusalOf(iq);
  return iq.getChild("query", NS.register) ?? xml("query", { xmlns: NS.register });
}

function isAnswer(element: Element, id: string, domain: string): boolean {
  const { attrs } = element;
  return isReply(element) && attrs.id === id && isSameAddress(attrs.from ?? domain, domain);
}

function refusalOf(iq: Element): RegistrationRefused {
  const [condition = "no reason given"] = conditionsOf(iq).filter((name) => name !== "text");
  const said = iq.getChild("error")?.getChildText("text") ?? "";
  return new RegistrationRefused(condition, said);
}

/** Servers that know nothing of it end the stream: nobody has logged in. */
const NOT_OFFERED = ["not-authorized", "unsupported-stanza-type"];

function refusedByStream(error: unknown): unknown {
  const isStream = error instanceof Error && error.name === "StreamError" && "condition" in error;
  if (!isStream || !NOT_OFFERED.includes(String(error.condition))) return error;
  return new RegistrationRefused("not-offered", "");
}
