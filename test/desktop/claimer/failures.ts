// A `Failure` as a person sees it.

import assert from "node:assert/strict";
import { Failure } from "../../../src/desktop/failure.js";

export async function assertFails(
  task: Promise<unknown>,
  exitCode: number,
  message: RegExp,
  advice: RegExp,
): Promise<void> {
  const failure = await task.then(
    () => assert.fail("no failure"),
    (error: unknown) => error,
  );
  if (!(failure instanceof Failure)) throw failure;
  assert.match(failure.message, message);
  assert.match(failure.advice, advice);
  assert.equal(failure.exitCode, exitCode);
}
