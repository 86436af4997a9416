// A board that is sent a program, and its owner, without a network.

import { toBase64 } from "../../src/firmware/bytes.js";
import type { Configuration } from "../../src/firmware/configuration.js";
import type { ClaimingSurroundings } from "../../src/firmware/openspime/claiming.js";
import { createTurns } from "../../src/firmware/turns.js";
import { answerUpdate } from "../../src/firmware/update.js";
import type { UpdateState } from "../../src/firmware/update.js";
import { createFakePlatform } from "./fake-platform.js";
import type { FakePlatform } from "./fake-platform.js";
import { stanza, TOY_HASHES } from "./fake-server.js";
import { createProgramStore } from "./program-store.js";
import type { ProgramStore } from "./program-store.js";
import { repeated } from "./hex.js";
import { atOnce } from "./suite.js";
import { createToySecurity, reversed, toyKey } from "./toy-security.js";

export const OWNER = "owner@spime.example/web";
const NAMESPACE = " xmlns='urn:x-microspime:update'";
const PIECE_BYTES = 256;
const SHA_256_INFO = "010\r\x06\t`\x86H\x01e\x03\x04\x02\x01\x05\0\x04 ";
const MODULUS_BYTES = 128;

export interface UpdateWorld {
  platform: FakePlatform;
  store: ProgramStore;
  state: UpdateState;
  configuration: Configuration;
  restarts: number;
  /** Since the last call. */
  answers(): string[];
  /** Of the payload's attributes and text. */
  ask(name: string, attributes?: string, text?: string, from?: string): void;
  /** `waitMs`: until the signature is judged. */
  announce(program: string, version?: string, others?: string, waitMs?: number): void;
  chunk(program: string, at: number): void;
  /** All that is missing, and the order to try it. */
  send(program: string, version?: string): void;
}

export function digestOf(program: string): string {
  let digest = "";
  for (let at = 0; at < program.length; at += PIECE_BYTES)
    digest = TOY_HASHES[0].digest(digest + program.slice(at, at + PIECE_BYTES));
  return toBase64(digest);
}

/** What the toy's key makes of the words that are signed. */
function signatureOf(version: string, program: string): string {
  const words = ["urn:x-microspime:update", "test", version, program.length, digestOf(program)];
  const data = SHA_256_INFO + TOY_HASHES[0].digest(words.join("\n"));
  const padding = repeated("\xff", MODULUS_BYTES - data.length - 3);
  return toBase64(reversed("\0\x01" + padding + "\0" + data));
}

/** `place`: which of both runs. */
export function createUpdateWorld(store: ProgramStore, place: string): UpdateWorld {
  const platform = createFakePlatform();
  const security = createToySecurity();
  const turns = createTurns(platform.clock.monotonicMs, atOnce);
  let answers: string[] = [];

  const world: UpdateWorld = {
    platform: platform,
    store: store,
    state: { bytes: 0, digest: "", at: 0 },
    configuration: { samplePeriodS: 60 } as Configuration,
    restarts: 0,
    answers: function () {
      const all = answers;
      answers = [];
      return all;
    },
    ask: function (name, attributes, text, from) {
      const around: ClaimingSurroundings = {
        security: security,
        store: store,
        settings: { policy: "owners", owners: ["owner@spime.example"] },
        jid: "board@spime.example/spime",
        nowS: 1795564800,
        monotonicMs: 0,
      };
      const board = { name: "test", version: "1.2.3", uarts: {} as never, entropy: {} };
      const payload =
        "<" + name + NAMESPACE + (attributes || "") + ">" + (text || "") + "</" + name + ">";
      answerUpdate(
        {
          platform,
          machine: board,
          configuration: world.configuration,
          hashes: TOY_HASHES,
          turns,
          around,
        },
        world.state,
        stanza(payload),
        from || OWNER,
        function (error, result) {
          answers.push(error ? "! " + error : result || "");
        },
      );
    },
    announce: function (program, version, others, waitMs) {
      const wanted = version || "1.3.0";
      world.ask(
        "update",
        " version='" +
          wanted +
          "' digest='" +
          digestOf(program) +
          "' bytes='" +
          program.length +
          "' signature='" +
          signatureOf(wanted, program) +
          "'" +
          (others || " board='test'"),
      );
      platform.advance(waitMs || 60000);
    },
    chunk: function (program, at) {
      world.ask("chunk", " at='" + at + "'", toBase64(program.slice(at, at + PIECE_BYTES)));
    },
    send: function (program, version) {
      world.announce(program, version);
      while (world.state.at < world.state.bytes) world.chunk(program, world.state.at);
      world.ask("try");
      platform.advance(5000);
    },
  };

  platform.store = store;
  platform.restart = function () {
    world.restarts++;
  };
  platform.console = {};
  if (place) platform.console["microspimePlace"] = place;
  store.write("microspime.update", toyKey("vendor"));
  return world;
}

/** A program of so many bytes, different for each letter. */
export function programOf(letter: string, bytes: number): string {
  return repeated(letter, bytes);
}

export function worldWithRoom(place?: string): UpdateWorld {
  return createUpdateWorld(createProgramStore(100000), place === undefined ? "a" : place);
}
