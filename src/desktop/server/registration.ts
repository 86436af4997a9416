// In-band registration before the login, XEP-0077 sections 3.1 and 5, as much of it as is bounded: so many
// accounts, and a few requests a stream. Who has an account cannot change or remove it here.
import type { Accounts } from "./accounts.js";
import type { StanzaCondition, StanzaErrorType } from "./conditions.js";
import { type Element, element } from "./element.js";
import { foldLocalpart } from "./jid.js";
import { NS } from "./namespaces.js";
import { errorFor, isProper, isRequest, resultFor } from "./stanza.js";

export interface RegistrationOptions {
  /** Of all accounts, those of the start included; default 100. */
  readonly maxAccounts?: number;
  /** Takes nobody, and sends everybody there (section 5). */
  readonly url?: string;
}

export const DEFAULT_MAX_ACCOUNTS = 100;
/** As RFC 7622 section 3.3 bounds a localpart. */
const MAX_PASSWORD_BYTES = 1023;

type Refusal = readonly [condition: StanzaCondition, type: StanzaErrorType];

export class Registration {
  constructor(
    private readonly accounts: Accounts,
    private readonly options: RegistrationOptions,
  ) {}

  /** Of the features of a stream that is not logged in: section 8. */
  feature(): Element {
    return element("register", NS.registerFeature);
  }

  isRegistration(stanza: Element): boolean {
    return isRequest(stanza) && isProper(stanza) && stanza.elements()[0].is("query", NS.register);
  }

  answer(request: Element): Element {
    const [query] = request.elements();
    if (request.get("type") === "get") return resultFor(request, this.form());
    const refusal = this.refusalOf(query);
    if (refusal) return errorFor(request, ...refusal);
    this.accounts.add(textOf(query, "username"), textOf(query, "password"));
    return resultFor(request);
  }

  private form(): Element {
    const { url } = this.options;
    const field = (name: string, ...text: string[]) => element(name, NS.register, {}, ...text);
    if (url === undefined) {
      const instructions = field("instructions", "Choose a username and a password.");
      return this.query(instructions, field("username"), field("password"));
    }
    const place = element("x", NS.outOfBand, {}, element("url", NS.outOfBand, {}, url));
    return this.query(field("instructions", `Register at ${url}`), place);
  }

  private query(...children: Element[]): Element {
    return element("query", NS.register, {}, ...children);
  }

  private refusalOf(query: Element): Refusal | undefined {
    const { maxAccounts = DEFAULT_MAX_ACCOUNTS, url } = this.options;
    if (url !== undefined || query.child("remove", NS.register)) return ["not-allowed", "cancel"];
    const local = foldLocalpart(textOf(query, "username"));
    const passwordBytes = Buffer.byteLength(textOf(query, "password"));
    if (local === undefined || passwordBytes === 0 || passwordBytes > MAX_PASSWORD_BYTES) {
      return ["not-acceptable", "modify"];
    }
    if (this.accounts.has(local)) return ["conflict", "cancel"];
    return this.accounts.size < maxAccounts ? undefined : ["resource-constraint", "wait"];
  }
}

function textOf(query: Element, name: string): string {
  return query.child(name, NS.register)?.text() ?? "";
}
