// The client that trusts as a board does: any certificate, but no password for anybody.

import assert from "node:assert/strict";
import { startCertificationService } from "../../../src/desktop/certification/index.js";
import { startServer } from "../../../src/desktop/server/server.js";
import type { EmbeddedServer, ServerOptions } from "../../../src/desktop/server/server.js";

const DOMAIN = "spime.example";
const PASSWORD = "correct horse";

describe("Certification service: trusting as a board does", () => {
  let server: EmbeddedServer;
  afterEach(() => server.close());

  async function start(mechanisms: NonNullable<ServerOptions["mechanisms"]>, isTrusting: boolean) {
    const sent: Buffer[] = [];
    server = await startServer({
      domain: DOMAIN,
      accounts: [{ localpart: "services", password: PASSWORD }],
      tlsPort: 0,
      mechanisms,
      onTraffic: (_id, _direction, bytes) => void sent.push(Buffer.from(bytes)),
    });
    const starting = startCertificationService({
      service: `xmpps://${server.address}:${server.ports.tls}`,
      ...{ domain: DOMAIN, username: "services", password: PASSWORD },
      ...{ keys: new Map(), isTrusting },
    });
    return { starting, sent: () => Buffer.concat(sent).toString() };
  }

  it("takes a certificate of the server's own making", async () => {
    const { starting } = await start(["SCRAM-SHA-1"], true);
    const service = await starting;
    assert.equal(service.jid, `services@${DOMAIN}/cert`);
    await service.stop();
  });

  it("else does not", async () => {
    const { starting } = await start(["SCRAM-SHA-1"], false);
    await assert.rejects(starting, /certification service services@.*self-signed/);
  });

  it("tells its password to nobody", async () => {
    const { starting, sent } = await start(["PLAIN"], true);
    await assert.rejects(starting, /the server offers no SCRAM login/);
    assert.doesNotMatch(sent(), /<auth/);
  });
});
