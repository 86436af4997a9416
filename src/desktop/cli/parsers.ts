// Values of options: each parser gives the value, or says what it must be.

import { InvalidArgumentError } from "commander";
import { foldFingerprint } from "../certificates/index.js";
import { isAddress } from "../openspime/address.js";
import type { AcceptedCertifier } from "../openspime/certifiers.js";
import { MAX_KEY_BITS, MIN_KEY_BITS } from "../openspime/keys.js";

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

export function numberFrom(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== "" && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`);
  };
}

export function count(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number from 1 on.");
}

export function countTo(most: number) {
  return (text: string): number => {
    if (/^[1-9]\d{0,8}$/.test(text) && Number(text) <= most) return Number(text);
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
  };
}

/** A day, UTC. */
export function dateOf(text: string): Date {
  const date = new Date(`${text}T00:00:00Z`);
  const isDay = !isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
  if (isDay) return date;
  throw new InvalidArgumentError("It must be a day like 2026-11-25.");
}

export function portNumber(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65536) return Number(text);
  throw new InvalidArgumentError("It must be a port, 1 to 65535.");
}

export function hostAndPort(text: string): HostAndPort {
  const match = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match && port > 0 && port < 65536) return { host: match[1] ?? match[2], port };
  throw new InvalidArgumentError("It must be host:port, for example localhost:5222.");
}

export function jidOf(text: string): string {
  if (/^[^@/\s]+@[^@/\s]+(\/.+)?$/.test(text)) return text;
  throw new InvalidArgumentError("It must be an address like board@example.org/spime.");
}

export function fullJidOf(text: string): string {
  if (/^[^@/\s]+@[^@/\s]+\/.+$/.test(text)) return text;
  throw new InvalidArgumentError("It must be a full address like board@example.org/spime.");
}

/** Of a service: a full address, or the domain of a component. */
export function serviceAddressOf(text: string): string {
  if (/^([^@/\s]+|[^@/\s]+@[^@/\s]+\/.+)$/.test(text)) return text;
  throw new InvalidArgumentError(
    "It must be a full address like services@example.org/cert, or a component's domain.",
  );
}

/** A bare address or a domain, each option adding one. */
export function ownersOf(text: string, others: string[] = []): string[] {
  if (/^([^@/\s]+@)?[^@/\s]+$/.test(text)) return [...others, text];
  throw new InvalidArgumentError("It must be an address without a resource, or a domain.");
}

/** Of a service too, which may be a whole domain. */
export function addressOf(text: string): string {
  if (isAddress(text)) return text;
  throw new InvalidArgumentError("It must be an address like services@example.org/cert.");
}

/** `ADDRESS` or `ADDRESS=domain,domain`, each option adding one. No domain has a `=`: the last one counts. */
export function certifiersOf(text: string, others: AcceptedCertifier[] = []): AcceptedCertifier[] {
  const equals = text.lastIndexOf("=");
  if (equals < 0) return [...others, addressOf(text)];
  const domains = text.slice(equals + 1).split(",");
  const jid = addressOf(text.slice(0, equals));
  if (domains.every(isAddress)) return [...others, { jid, domains }];
  throw new InvalidArgumentError("It must be ADDRESS=domain, or ADDRESS=domain,domain and so on.");
}

/** Whole words of every arithmetic and accelerator in both primes. */
const BITS_STEP = 64;

export function keyBits(text: string): number {
  const bits = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (bits >= MIN_KEY_BITS && bits <= MAX_KEY_BITS && bits % BITS_STEP === 0) return bits;
  throw new InvalidArgumentError(
    `It must be from ${MIN_KEY_BITS} to ${MAX_KEY_BITS}, in steps of ${BITS_STEP}.`,
  );
}

/** Of a certificate, as `openssl x509 -fingerprint -sha256` prints it, or without colons. */
export function fingerprintOf(text: string): string {
  const fingerprint = foldFingerprint(text.replace(/^sha256 fingerprint=/i, ""));
  if (fingerprint !== undefined) return fingerprint;
  throw new InvalidArgumentError(
    "It must be a SHA-256: 64 hexadecimal digits, colons between them or not.",
  );
}

/** IEEE 802.11: an SSID has 32 octets at most. */
const MAX_SSID_OCTETS = 32;

export function ssidOf(text: string): string {
  const octets = Buffer.byteLength(text);
  if (octets > 0 && octets <= MAX_SSID_OCTETS) return text;
  throw new InvalidArgumentError(`It must have 1 to ${MAX_SSID_OCTETS} bytes.`);
}
