// The command that provision prints when its questions are answered, for copying: no secret is in it.

import assert from "node:assert/strict";
import { commandFor } from "../../../src/desktop/cli/asking.js";

const flags = { board: "sim", sign: true, encrypt: true, input: true };

describe("The command that needs no questions", () => {
  for (const option of ["--password", "--wifi-password", "--console-password"]) {
    for (const typed of [[option, "hunter2 4711"], [`${option}=hunter2 4711`]]) {
      it(`has no secret of ${typed.length === 1 ? "one word" : "two words"} after ${option}`, () => {
        const command = commandFor(["--board", "sim", ...typed], flags, { ...flags, period: 60 });
        assert.ok(!command.includes("hunter2"), command);
        assert.match(command, new RegExp(`^npx microspime provision --board sim ${option}[ =]… `));
        assert.match(command, /--period 60 --no-input$/);
      });
    }
  }
});
