// The check of Winsen's and Cubic's frames: a last byte with which the sum is a multiple of 256.

/** The frame with its check; the sum begins at that byte. */
export function withSum(body: string, from: number): string {
  let sum = 0;
  for (let at = from; at < body.length; at++) sum += body.charCodeAt(at);
  return body + String.fromCharCode(-sum & 255);
}
