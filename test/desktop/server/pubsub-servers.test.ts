import { startServer } from "../../../src/desktop/server/server.js";
import { findProsody, startProsody } from "../../support/prosody.js";
import { describePubSubOn } from "./pubsub-suite.js";

describePubSubOn({
  name: "Prosody",
  ...(findProsody() === undefined && { skipped: "install prosody" }),
  answers: {
    named: `<pubsub xmlns="http://jabber.org/protocol/pubsub"><publish node="NODE"><item id="i1"/></publish></pubsub>`,
    subscribingAnother: "auth forbidden",
    notSubscribed: "modify unexpected-request not-subscribed",
    withoutPayload: "modify bad-request",
    withoutItem: "modify bad-request",
    publishingToMadeNode: "auth forbidden",
    leavingAfterBounce: "result",
    eventType: "headline",
    first: "message",
  },
  start: startProsody,
});

describePubSubOn({
  name: "the embedded server",
  answers: {
    named: "",
    subscribingAnother: "modify bad-request invalid-jid",
    notSubscribed: "cancel unexpected-request not-subscribed",
    withoutPayload: "modify bad-request payload-required",
    withoutItem: "modify bad-request item-required",
    publishingToMadeNode: "result",
    leavingAfterBounce: "cancel unexpected-request not-subscribed",
    eventType: undefined,
    first: "iq",
  },
  async start(setup) {
    const server = await startServer({ ...setup, componentPort: 0 });
    const { client, component = 0 } = server.ports;
    const stop = () => server.close();
    return { host: server.address, c2sPort: client, componentPort: component, stop };
  },
});
