// SASL, RFC 6120 section 6.4, with SCRAM and nothing else: the password itself is said to nobody.

import { xml } from "@xmpp/client";
import type { Element } from "@xmpp/client";
import type { ScramKeys } from "../provisioning/board-configuration.js";
import { parseAddress } from "../openspime/address.js";
import { NS } from "../server/namespaces.js";
import { askAbout, withEarlyStream } from "./early-stream.js";
import type { AccountPlace, EarlyStream } from "./early-stream.js";
import { SCRAM_MECHANISMS, ScramFault, ScramLogin } from "./scram.js";
import type { ScramMechanism, Secret } from "./scram.js";

/** The server has refused the login: `condition` of RFC 6120 section 6.5. */
export class LoginRefused extends Error {
  constructor(readonly condition: string) {
    super(`the server refuses the login (${condition})`);
  }
}

/**
 * Logs in and out, and tells what the login was proved with. Rejects with a `LoginRefused`, a `ScramFault`, or the
 * error of the connection.
 */
export function logInOnce(place: AccountPlace, secret: Secret): Promise<ScramKeys> {
  const { local } = parseAddress(place.jid);
  return withEarlyStream(place, async (stream) => {
    const login = new ScramLogin(mechanismOf(stream.features, secret), local, secret);
    return exchange(stream, login);
  });
}

function mechanismOf(features: Element, secret: Secret): ScramMechanism {
  const offer = features.getChild("mechanisms", NS.sasl);
  const offered = offer?.getChildren("mechanism").map((mechanism) => mechanism.getText()) ?? [];
  const wanted = "keys" in secret ? [secret.keys.mechanism] : SCRAM_MECHANISMS;
  const mechanism = wanted.find((name) => offered.includes(name));
  if (mechanism) return mechanism;
  throw new ScramFault(`the server offers no ${"keys" in secret ? wanted[0] : "SCRAM"} login`);
}

async function exchange(stream: EarlyStream, login: ScramLogin): Promise<ScramKeys> {
  const auth = { xmlns: NS.sasl, mechanism: login.mechanism };
  const challenge = await ask(stream, xml("auth", auth, encode(login.first)));
  if (!challenge.is("challenge", NS.sasl)) throw new ScramFault("the server asks for no proof");
  const answer = encode(login.answer(decode(challenge)));
  const success = await ask(stream, xml("response", { xmlns: NS.sasl }, answer));
  if (!success.is("success", NS.sasl)) throw new ScramFault("the server does not end the login");
  login.verify(decode(success));
  // Section 6.4.6: only the stream after it has an end that the server answers.
  await Promise.race([stream.entity.restart(), stream.lost]);
  return login.keys!;
}

async function ask(stream: EarlyStream, element: Element): Promise<Element> {
  const received = await askAbout(stream, element, (answer) => answer.getNS() === NS.sasl);
  if (!received.is("failure", NS.sasl)) return received;
  const [condition] = received.getChildElements().filter(({ name }) => name !== "text");
  throw new LoginRefused(condition?.name ?? "no reason given");
}

const encode = (text: string) => Buffer.from(text).toString("base64");
const decode = (element: Element) => Buffer.from(element.getText(), "base64").toString();
