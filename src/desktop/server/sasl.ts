// The SASL negotiation of one stream: RFC 6120 section 6, PLAIN of RFC 4616, SCRAM of RFC 5802.
import type { Accounts } from "./accounts.js";
import type { SaslCondition } from "./conditions.js";
import type { Element } from "./element.js";
import { foldLocalpart } from "./jid.js";
import { NS } from "./namespaces.js";
import { parseClientFirst, ScramExchange, type ScramHash } from "./scram.js";

export const MECHANISMS = ["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"] as const;
export type Mechanism = (typeof MECHANISMS)[number];

const SCRAM_HASHES: Record<string, ScramHash> = {
  "SCRAM-SHA-256": "sha256",
  "SCRAM-SHA-1": "sha1",
};

export type SaslStep =
  | { readonly kind: "challenge"; readonly data: string }
  | { readonly kind: "success"; readonly data: string; readonly local: string }
  | { readonly kind: "failure"; readonly condition: SaslCondition };

export type SaslState =
  | { readonly name: "idle" }
  | { readonly name: "awaiting-initial-response"; readonly mechanism: Mechanism }
  | { readonly name: "challenged"; readonly exchange: ScramExchange; readonly local: string };

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const failure = (condition: SaslCondition): SaslStep => ({ kind: "failure", condition });

/** RFC 6120 section 6.4.2: base64 without white space, and a lone `=` for no bytes at all. */
function decode(text: string): string | undefined {
  if (text === "=") return "";
  return BASE64.test(text) ? Buffer.from(text, "base64").toString("utf8") : undefined;
}

export class SaslNegotiation {
  private state: SaslState = { name: "idle" };

  constructor(
    private readonly accounts: Accounts,
    private readonly domain: string,
    private readonly mechanisms: readonly Mechanism[],
    private readonly secure: boolean,
  ) {}

  /** RFC 6120 section 6.3.4: PLAIN only where nobody can listen. */
  offers(): Mechanism[] {
    return this.mechanisms.filter((mechanism) => this.secure || mechanism !== "PLAIN");
  }

  receive(request: Element): SaslStep {
    const step = this.stepFor(request);
    if (step.kind !== "challenge") this.state = { name: "idle" };
    return step;
  }

  private stepFor(request: Element): SaslStep {
    if (request.is("auth", NS.sasl)) return this.begin(request);
    if (request.is("response", NS.sasl)) return this.respond(request.text());
    return failure(request.is("abort", NS.sasl) ? "aborted" : "malformed-request");
  }

  private begin(request: Element): SaslStep {
    if (this.state.name !== "idle") return failure("malformed-request");
    const name = request.get("mechanism") ?? "";
    const mechanism = this.mechanisms.find((candidate) => candidate === name);
    if (mechanism === undefined) return failure("invalid-mechanism");
    if (!this.offers().includes(mechanism)) return failure("encryption-required");
    this.state = { name: "awaiting-initial-response", mechanism };
    if (request.text() === "") return { kind: "challenge", data: "" };
    return this.respond(request.text());
  }

  private respond(encoded: string): SaslStep {
    const text = decode(encoded);
    if (text === undefined) return failure("incorrect-encoding");
    if (this.state.name === "awaiting-initial-response") {
      return this.state.mechanism === "PLAIN"
        ? this.plain(text)
        : this.scramFirst(text, SCRAM_HASHES[this.state.mechanism]);
    }
    if (this.state.name === "challenged") return this.scramFinal(text, this.state);
    return failure("malformed-request");
  }

  /** RFC 6120 section 6.3.8: nobody here may act for another. */
  private mayActAs(authzid: string, local: string): boolean {
    return authzid === "" || authzid === `${local}@${this.domain}`;
  }

  /** RFC 4616: authzid NUL authcid NUL password */
  private plain(text: string): SaslStep {
    const parts = text.split("\0");
    if (parts.length !== 3) return failure("malformed-request");
    const local = foldLocalpart(parts[1]);
    if (local === undefined) return failure("not-authorized");
    if (!this.accounts.passwordMatches(local, parts[2])) return failure("not-authorized");
    if (!this.mayActAs(parts[0], local)) return failure("invalid-authzid");
    return { kind: "success", data: "", local };
  }

  private scramFirst(text: string, hash: ScramHash): SaslStep {
    const first = parseClientFirst(text);
    if (first === undefined) return failure("malformed-request");
    const local = foldLocalpart(first.username);
    if (local === undefined) return failure("not-authorized");
    if (!this.mayActAs(first.authzid, local)) return failure("invalid-authzid");
    const exchange = new ScramExchange(this.accounts.credentials(local, hash), first);
    this.state = { name: "challenged", exchange, local };
    return { kind: "challenge", data: exchange.serverFirst };
  }

  private scramFinal(text: string, state: SaslState & { name: "challenged" }): SaslStep {
    const outcome = state.exchange.finish(text);
    if ("condition" in outcome) return failure(outcome.condition);
    return { kind: "success", data: outcome.serverFinal, local: state.local };
  }
}
