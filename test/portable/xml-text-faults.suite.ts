// What must not be in a stream's text, with the stream error that answers it (RFC 6120 section 4.9.3).

import { suite } from "./suite.js";
import { testInRoot } from "./xml-samples.js";
import { BAD_TEXTS, BAD_UTF8, RESTRICTED_XML } from "./xml-text-faults.js";

export const xmlTextFaultsSuite = suite("xml/parser text faults", function (test) {
  testInRoot(test, "text", BAD_TEXTS, []);
  testInRoot(test, "UTF-8", BAD_UTF8, []);
  testInRoot(test, "restricted", RESTRICTED_XML, []);
});
