// Numbers as text.

/**
 * A decimal number from an integer of 10^-`places` units. Digits are put together from integers below
 * 2^31, because Espruino prints a fraction with 13 digits at most.
 */
export function formatScaled(value: number, places: number): string {
  const scale = +("1e" + places);
  const whole = Math.floor(Math.abs(value) / scale);
  let fraction = "" + (scale + (Math.abs(value) % scale));
  fraction = fraction.slice(1);
  while (fraction.length > 1 && fraction.slice(-1) === "0") fraction = fraction.slice(0, -1);
  return (value < 0 ? "-" : "") + whole + "." + fraction;
}
