// A claim in a file, for later use: JSON, readable by its owner alone, never written over anything but an
// older claim of the same spime by the same owner.
//
//   { "spime": "full JID", "osid": "full JID", "authorizes": "bare JID", "expires": "ISO 8601",
//     "certifier": "full JID", "claimkey": "base64" }

import { randomUUID } from "node:crypto";
import { access, constants, link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf, Failure, messageOf, usageFailure } from "../failure.js";
import { isAddress, isSameAddress, parseAddress } from "../openspime/address.js";
import { parseDateTime } from "../openspime/datetime.js";
import type { Claim } from "./claim.js";

type Owned = Pick<Claim, "spime" | "osid">;

/** The localpart of a spime is a file name but for what the system has its own meaning for. */
export function claimFileOf(spime: string): string {
  const { local, domain } = parseAddress(spime);
  return `${encodeURIComponent(local || domain)}.claim.json`;
}

/** Rejects with a `Failure` if the file cannot be read or is no claim. */
export async function readClaim(path: string): Promise<Claim> {
  try {
    return parseClaim(await readFile(path, "utf8"));
  } catch (error) {
    const why = codeOf(error) ? `cannot be read (${codeOf(error)})` : messageOf(error);
    throw usageFailure(`${path} ${why}.`, "microspime claim writes such a file.");
  }
}

/** Rejects with a `Failure` if something else is there, or no folder. To know before a claim is asked for. */
export async function checkPlaceOf(path: string, claim: Owned): Promise<void> {
  await isRenewal(path, claim);
  try {
    await access(dirname(path), constants.W_OK);
  } catch (error) {
    throw unwritable(path, codeOf(error));
  }
}

/** All of it is there or nothing. Rejects with a `Failure`. */
export async function writeClaim(path: string, claim: Claim): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await writeFile(temporary, textOf(claim), { mode: 0o600, flag: "wx" });
    // A link, unlike renaming, does not replace what has come there meanwhile.
    if (await isRenewal(path, claim)) await rename(temporary, path);
    else await link(temporary, path);
  } catch (error) {
    throw error instanceof Failure ? error : unwritable(path, codeOf(error));
  } finally {
    await rm(temporary, { force: true });
  }
}

/** False if nothing is there. */
async function isRenewal(path: string, { spime, osid }: Owned): Promise<boolean> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw unwritable(path, codeOf(error));
  }
  const isSame = isClaimOf(text, spime, osid);
  if (isSame) return true;
  throw unwritable(path, "EEXIST");
}

function isClaimOf(text: string, spime: string, osid: string): boolean {
  try {
    const old = parseClaim(text);
    return isSameAddress(old.spime, spime) && isSameAddress(old.osid, osid);
  } catch {
    return false;
  }
}

function unwritable(path: string, code: string): Failure {
  const isThere = code === "EEXIST";
  return usageFailure(
    isThere
      ? `${path} is there already, and is no claim of that spime by this account.`
      : `${path} cannot be written (${code}).`,
    "Give another --out.",
  );
}

function textOf({ spime, osid, authorizes, expiresAt, certifier, claimKey }: Claim): string {
  const expires = expiresAt.toISOString();
  const fields = { spime, osid, authorizes, expires, certifier, claimkey: claimKey };
  return `${JSON.stringify(fields, undefined, 2)}\n`;
}

/** Throws an Error that says what is wrong. */
function parseClaim(text: string): Claim {
  const fields = fieldsOf(text);
  const textIn = (name: string) => {
    const value = fields[name];
    if (typeof value !== "string" || value === "")
      throw new Error(`is no claim: ${name} is missing`);
    return value;
  };
  const addressIn = (name: string) => {
    const jid = textIn(name);
    if (!isAddress(jid)) throw new Error(`is no claim: ${name} is no address`);
    return jid;
  };
  const expiresAt = parseDateTime(textIn("expires"));
  if (expiresAt === undefined) throw new Error("is no claim: expires is no date");
  return {
    spime: addressIn("spime"),
    osid: addressIn("osid"),
    authorizes: addressIn("authorizes"),
    expiresAt,
    ...(fields.certifier !== undefined && { certifier: addressIn("certifier") }),
    claimKey: textIn("claimkey"),
  };
}

function fieldsOf(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    throw new Error("is no claim: not JSON");
  }
}
