// XEP-0082 section 3.2, DateTime: CCYY-MM-DDThh:mm:ss[.sss]TZD, e.g. 2008-04-02T17:54:22+01:00.
// A year always has four digits here, so every accepted value is one that Date can hold (CVE-2013-6477).

const DATE_TIME =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** XML Schema part 2 section 3.2.7.3 bounds the offset, which XEP-0082 takes over. */
const MAX_OFFSET_MIN = 14 * 60;

/** The instant, to the millisecond, or undefined if the text is not a DateTime. */
export function parseDateTime(text: string): Date | undefined {
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const offsetMin = parseOffset(match[8], match[9], match[10]);
  const localMs = parseLocal(match.slice(1, 7).map(Number), match[7]);
  if (offsetMin === undefined || localMs === undefined) return undefined;
  return new Date(localMs - offsetMin * 60_000);
}

function parseLocal(fields: number[], fraction = ""): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields;
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  // Not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCDate() !== day) return undefined;
  return date.setUTCHours(hour, minute, second, Number(fraction.padEnd(3, "0").slice(0, 3)));
}

function parseOffset(sign = "+", hours = "00", minutes = "00"): number | undefined {
  const total = Number(hours) * 60 + Number(minutes);
  if (Number(minutes) > 59 || total > MAX_OFFSET_MIN) return undefined;
  return sign === "-" ? -total : total;
}
