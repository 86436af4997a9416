// What servers ask of who wants an account: XEP-0077's examples, and forms as servers write them.

import assert from "node:assert/strict";
import { filledForm, readForm } from "../../../src/desktop/accounts/registration-form.js";
import { parseStanza } from "../scopenode/support.js";

const formOf = (content: string) => {
  const query = `<query xmlns='jabber:iq:register'>${content}</query>`;
  const [child] = parseStanza(`<iq>${query}</iq>`).getChildElements();
  return readForm(child);
};

const OWN = "<instructions>Hello</instructions><username/><password/>";
const field = (name: string, isRequired: boolean, type = "text-single") =>
  `<field var='${name}' type='${type}'>${isRequired ? "<required/>" : ""}</field>`;
const dataForm = (...fields: string[]) =>
  `<x xmlns='jabber:x:data' type='form'>` +
  `<field var='FORM_TYPE' type='hidden'><value>jabber:iq:register</value></field>` +
  `${field("username", true)}${field("password", true, "text-private")}${fields.join("")}</x>`;
const elsewhere = "<x xmlns='jabber:x:oob'><url>https://example.org/join</url></x>";

describe("A form for an account", () => {
  const forms: [name: string, content: string, demands: string[], takesPassword: boolean][] = [
    ["of two fields", OWN, [], true],
    ["of one more (example 2)", `${OWN}<email/>`, ["email"], true],
    ["of data, with two fields", OWN + dataForm(), [], true],
    ["of data, with one that may be left out", OWN + dataForm(field("nick", false)), [], true],
    ["of data, with one that may not", OWN + dataForm(field("ocr", true)), ["ocr"], true],
    ["of data, that says less than the fields do", `${OWN}<email/>${dataForm()}`, [], true],
    ["of data, hidden", OWN + dataForm(field("challenge", true, "hidden")), [], true],
    ["elsewhere (section 5)", `<instructions>There</instructions>${elsewhere}`, [], false],
    ["of nothing", "", [], false],
  ];
  for (const [name, content, demands, takesPassword] of forms) {
    it(name, () => {
      const form = formOf(content);
      assert.deepEqual([form.demands, form.takesPassword], [demands, takesPassword]);
      assert.equal(form.url, content.includes(elsewhere) ? "https://example.org/join" : undefined);
    });
  }

  it("is filled in as it is", () => {
    const plain = filledForm(formOf(OWN), "a<b", "c&d").toString();
    assert.match(plain, /<username>a&lt;b<\/username><password>c&amp;d<\/password>/);
    const data = filledForm(formOf(OWN + dataForm(field("nick", false))), "board", "secret");
    const [x] = data.getChildElements();
    const values = x.getChildren("field").map(({ attrs }) => attrs.var);
    assert.equal(x.attrs.type, "submit");
    assert.deepEqual(values, ["FORM_TYPE", "username", "password"]);
  });
});
