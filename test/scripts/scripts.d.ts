// The scripts are plain JavaScript, found from the compiled tests: this tells TypeScript their types.

declare module "*/scripts/bundle-rules.js" {
  export const ruleNames: string[];
  export function checkBundle(
    source: string,
  ): { line: number; column: number; rule: string; message: string }[];
}

declare module "*/scripts/bundling.js" {
  export const bundleFormat: { format: "iife"; strict: boolean; sourcemap: boolean };
  export function minifiersFor(port: string, bytesPerVariable?: number): import("rollup").Plugin[];
}

declare module "*/scripts/build-day.js" {
  export function buildDayMs(
    environment: Record<string, string | undefined>,
    nowMs: number,
  ): number;
}

declare module "*/scripts/boards-page.js" {
  export function writtenPages(): Promise<[file: string, text: string][]>;
}

declare module "*/scripts/boards.js" {
  export function boardNames(folder?: string): string[];
  export function readChip(name: string): Record<string, unknown>;
  export function readBoard(name: string): Record<string, unknown>;
}

declare module "*/scripts/chosen-drivers.js" {
  export function chosenDrivers(board: object): import("rollup").Plugin;
  export function isBusDriver(name: string): boolean;
}

declare module "*/scripts/chosen-suites.js" {
  export function chosenSuites(board: object): import("rollup").Plugin[];
}

declare module "*/scripts/size.js" {
  export interface Budget {
    bundle?: number;
    groups?: Record<string, number>;
  }
  export interface Size {
    bytes: number;
    gzip: number;
    groups: Record<string, number>;
    files: Record<string, Record<string, number>>;
    budget: Budget;
  }
  export function measure(code: string, map: object, budget: Budget): Size;
  export function groupOf(source: string | undefined): string;
  export function findExcesses(
    sizes: Record<string, Size>,
  ): { bundle: string; group: string; bytes: number; budget: number }[];
}

declare module "*/scripts/bundle-unwrapping.js" {
  export function unwrap(code: string): { code: string; map: object };
}

declare module "*/scripts/bundle-lasting.js" {
  export function keepLasting(code: string): { code: string; map: object };
}

declare module "*/scripts/bundle-nesting.js" {
  export const nestingPasses: number;
  export function nestFunctions(code: string): { code: string; map: object };
}

declare module "*/scripts/bench/peer-table.js" {
  export const TARGET_BYTES: number;
  export function peerSection(
    rows: { name: string; bytes?: number; gzip?: number; cited?: string; note: string }[],
    machine: { date: string; node: string },
  ): string;
}

declare module "*/scripts/bench/driver-table.js" {
  export const TARGET_BYTES: number;
  interface Row {
    driver: string;
    isOnBus: boolean;
    own: number;
    shared: number;
    bundle: number;
    gzip: number;
  }
  export function isWithinTarget(row: Row): boolean;
  export function driverSection(
    rows: Row[],
    machine: { date: string; model: string; cores: number; node: string },
  ): string;
}
