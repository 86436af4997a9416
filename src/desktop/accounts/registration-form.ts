// What a server asks of who wants an account: XEP-0077 sections 3.1.1 and 4 (data forms, XEP-0004), 5 (elsewhere).

import { xml } from "@xmpp/client";
import type { Element } from "@xmpp/client";
import { NS } from "../server/namespaces.js";

export interface RegistrationForm {
  /** What it demands beside username and password. */
  readonly demands: readonly string[];
  /** Where to register instead, if it says so. */
  readonly url: string | undefined;
  /** Whether username and password are asked for at all. */
  readonly takesPassword: boolean;
  readonly fields: Element | undefined;
}

const OWN_FIELDS = ["username", "password"];
const NO_FIELDS = ["instructions", "registered", "key", "x"];

/** Of the `<query/>` in the answer. Where there is a data form it is what counts (section 4). */
export function readForm(query: Element): RegistrationForm {
  const fields = query.getChild("x", NS.dataForms);
  const names = fields ? fieldsOf(fields).map(nameOf) : legacyFields(query);
  return {
    demands: (fields ? requiredFields(fields) : names).filter((name) => !OWN_FIELDS.includes(name)),
    url: query.getChild("x", NS.outOfBand)?.getChildText("url") ?? undefined,
    takesPassword: OWN_FIELDS.every((name) => names.includes(name)),
    fields,
  };
}

function legacyFields(query: Element): string[] {
  const own = query.getChildElements().filter((child) => child.getNS() === NS.register);
  return own.map(({ name }) => name).filter((name) => !NO_FIELDS.includes(name));
}

const fieldsOf = (form: Element) => form.getChildren("field");
const nameOf = ({ attrs }: Element) => attrs.var ?? "";

function requiredFields(form: Element): string[] {
  const isAsked = (field: Element) => field.attrs.type !== "hidden" && field.attrs.type !== "fixed";
  return fieldsOf(form)
    .filter((field) => isAsked(field) && field.getChild("required"))
    .map(nameOf);
}

/** The `<query/>` that asks for the account. */
export function filledForm(form: RegistrationForm, username: string, password: string): Element {
  const { fields } = form;
  const values: Readonly<Record<string, string>> = { username, password };
  if (!fields) {
    const children = Object.entries(values).map(([name, value]) => xml(name, {}, value));
    return xml("query", { xmlns: NS.register }, ...children);
  }
  const hidden = fieldsOf(fields).filter(({ attrs }) => attrs.type === "hidden");
  const filled = Object.entries(values).map(([name, value]) => fieldOf(name, value));
  const kept = hidden.map((field) => fieldOf(nameOf(field), field.getChildText("value") ?? ""));
  const answer = xml("x", { xmlns: NS.dataForms, type: "submit" }, ...kept, ...filled);
  return xml("query", { xmlns: NS.register }, answer);
}

function fieldOf(name: string, value: string): Element {
  return xml("field", { var: name }, xml("value", {}, value));
}
