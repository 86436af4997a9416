// What the queue costs the flash, counted on a simulated one: bytes, writes and erases a sample, and in how many years
// the page that is erased most has been erased as often as it may be.
import { flashLog, flashLogState } from "../../build/tsc/src/firmware/store/flash-log.js";
import { createFakeFlash } from "../../build/tsc/test/portable/fake-flash.js";
import { hash, PAGE_BYTES } from "./queue-image.js";

/** Winbond, W25Q32JV datasheet, "Features": 100,000 program-erase cycles a sector at least. */
export const ERASE_LIMIT = 100_000;
const SAMPLES_PER_YEAR = 365.25 * 24 * 60;
/** Of the ESP32, all and the fewest that are allowed. */
export const AREAS = [16, 3];
/** 90 days. */
export const SAMPLES = 90 * 24 * 60;
const BODY_BYTES = 25;
/** Of `Settled`, which is a const enum. */
const DELIVERED = 0;

/** @param {number} pages */
function countingFlash(pages) {
  const flash = createFakeFlash(pages, PAGE_BYTES, () => 0);
  const counts = { bytes: 0, writes: 0, erases: 0 };
  return {
    counts,
    erased: flash.erased,
    area: flash.area,
    read: flash.read,
    write: (at, bytes) => {
      counts.bytes += bytes.length;
      counts.writes += 1;
      flash.write(at, bytes);
    },
    erase: (page) => {
      counts.erases += 1;
      flash.erase(page);
    },
  };
}

function wearOf({ pages, whenFull, isDelivered }) {
  const flash = countingFlash(pages);
  const state = flashLogState(() => flash, hash, { whenFull });
  const log = flashLog(state);
  log.begin();
  for (let number = 0; number < SAMPLES; number++) {
    log.append(String(number).padStart(BODY_BYTES, "0"));
    if (isDelivered) log.waiting(1).forEach((place) => log.settle(place, DELIVERED));
  }
  const { bytes, writes, erases } = flash.counts;
  const most = Math.max(...flash.erased);
  return {
    ...{ pages, whenFull, isDelivered, waiting: state.size },
    bytes: bytes / SAMPLES,
    writes: writes / SAMPLES,
    erases: erases / SAMPLES,
    years: (ERASE_LIMIT * SAMPLES) / most / SAMPLES_PER_YEAR,
  };
}

export function measureWear() {
  return AREAS.flatMap((pages) =>
    ["oldest", "thin"].flatMap((whenFull) =>
      [true, false].map((isDelivered) => wearOf({ pages, whenFull, isDelivered })),
    ),
  );
}
