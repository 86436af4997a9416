import { embedded, prosody } from "../../support/servers.js";
import { describePubSubOn } from "./pubsub-suite.js";

describePubSubOn({
  ...prosody,
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
});

describePubSubOn({
  ...embedded,
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
});
