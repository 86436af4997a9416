// Base64, RFC 4648 section 4, with the white space that XML's pretty-printing puts in. Node's own decoder
// takes anything: here what is not base64 is no value.

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export function decodeBase64(text: string): Buffer | undefined {
  const packed = text.replace(/[ \t\r\n]+/g, "");
  return packed !== "" && BASE64.test(packed) ? Buffer.from(packed, "base64") : undefined;
}
