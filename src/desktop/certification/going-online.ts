// The way online of a client or a component. The package's own `start` waits for two things at a time: if the connection breaks
// before the stream is open, nobody hears the second rejection, and Node ends the process.

import type { Entity } from "@xmpp/client";

/** The JID that the server gave; rejects with the reason. */
export async function goOnline(entity: Entity): Promise<string> {
  const { service, domain } = entity.options;
  const online = new Promise<{ toString(): string }>((resolve, reject) => {
    entity.once("online", resolve);
    entity.once("error", reject);
  });
  online.catch(() => {});
  await entity.connect(service);
  await entity.open({ domain });
  return (await online).toString();
}
