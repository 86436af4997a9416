// What to tell people whose component (XEP-0114) cannot join its server.

import { codeOf, ExitCode, Failure, messageOf } from "../failure.js";

/** What a server that was reached says to a component that it does not want. */
const REFUSALS = ["not-authorized", "host-unknown", "conflict"];

/** `who` begins a sentence, `where` is host:port, the error is one of connection.ts. */
export function componentRefused(
  who: string,
  where: string,
  domain: string,
  error: unknown,
): Failure {
  const isRefused = REFUSALS.includes(codeOf(error));
  const reason = messageOf(error).replace(/^.* on xmpp:\S+: /, "");
  return new Failure(
    isRefused ? ExitCode.loginRefused : ExitCode.network,
    `${who} cannot join the server at ${where}: ${reason}.`,
    isRefused
      ? `The server needs a component "${domain}" with the secret given (XEP-0114).`
      : "Check --component, and that the server lets components connect there (XEP-0114).",
  );
}
