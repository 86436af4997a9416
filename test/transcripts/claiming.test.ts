// Section 1.1.0 of the protocol document, stanza by stanza, in both directions.

import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { claimSpime } from "../../src/desktop/claimer/index.js";
import { openClaimKey, sealClaimKey } from "../../src/desktop/openspime/claim-key.js";
import { textOf } from "../../src/desktop/openspime/element.js";
import { assertPrinted, found, golden, idOf, withId } from "./golden.js";
import { CERTIFIER, keyAnswer, OWNER, SPIME, spimeKey, Stage } from "./stage.js";

describe("Transcripts: 1.1.0, standard claim", () => {
  let stage: Stage;

  afterEach(() => stage.close());

  it("the board reads 1.1.0-1-claim-request, writes 1.1.0-2-claim-response", async () => {
    stage = await Stage.ofSpimes("played");
    const owner = await stage.component("mydomain.com");
    const claims = { policy: "owners", owners: ["owner@mydomain.com"], days: 365 };
    const board = await stage.board({ claims }, { hasFix: false });
    await board.event(({ name }) => name === "online");
    owner.say(golden("1.1.0-1-claim-request"));
    const response = await owner.hear();
    assertPrinted(response, "1.1.0-2-claim-response");
    assert.equal(idOf(response), "200804021658230");
    const key = openClaimKey(textOf(found(response, "claimkey")), createPublicKey(spimeKey));
    assert.equal(key?.osid, OWNER, "the full address that asked");
    assert.ok(key.expiresAt > new Date());
  });

  /** The claimer, with a spime that says this. */
  async function claimWith(change: (response: string) => string) {
    stage = await Stage.ofOwners();
    const spimes = await stage.component("spime.openspime.com");
    const claiming = claimSpime({
      ...stage.loginOf(OWNER),
      spime: SPIME,
      spimeCertifier: CERTIFIER,
      now: () => new Date("2008-04-02T16:58:23Z"),
    });
    // Where the test fails first.
    claiming.catch(() => {});
    spimes.say(withId(keyAnswer(OWNER, SPIME, spimeKey), idOf(await spimes.hear())));
    const request = await spimes.hear();
    assertPrinted(request, "1.1.0-1-claim-request");
    const expiresAt = new Date("2009-04-02T16:58:23Z");
    const key = sealClaimKey({ osid: OWNER, expiresAt }, spimeKey);
    spimes.say(change(withId(golden("1.1.0-2-claim-response", key), idOf(request))));
    const { osid, authorizes, certifier, claimKey, ...claim } = await claiming;
    assert.deepEqual([osid, authorizes], [OWNER, "owner@mydomain.com"]);
    assert.deepEqual([certifier, claimKey], [CERTIFIER, key]);
    assert.deepEqual(claim, { spime: SPIME.toLowerCase(), expiresAt });
  }

  it("the claimer writes 1.1.0-1-claim-request, reads 1.1.0-2-claim-response", () =>
    claimWith((text) => text));

  it("the claimer reads 1.1.0-2-claim-response with <claim> as it is printed, without a namespace", () =>
    claimWith((text) => text.replace(/<claim xmlns='[^']*' version='0.9'>/, "<claim>")));
});
