// The size of what speaks XMPP on the board next to that of its peers, measured in the same run from what npm
// has: `npm run build && node scripts/peers.js`, which is what `npm run bench -- peers` does. Rewrites that
// section of docs/benchmarks.md. Exit code 1: the target of issue 5 is missed.
import { benchPeers } from "./bench/peers.js";

const { isMet } = await benchPeers(console.log);
process.exitCode = isMet ? 0 : 1;
