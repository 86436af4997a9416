// The part of regular expressions that Espruino has: literals, ., character classes, *, +, ^, $,
// plain groups and the escapes \d \w \s \D \W \S \n \r \t \v \f \0 and escaped punctuation.
// Espruino language notes 2v29, part 1, "Regular expressions"; each refusal was measured.

/**
 * What a pattern needs that Espruino lacks, or undefined.
 * @param {string} pattern
 * @param {string} flags
 * @returns {string | undefined}
 */
export function unsupportedInRegExp(pattern, flags) {
  const flag = [...flags].find((each) => !"gi".includes(each));
  if (flag) return `the flag ${flag}`;
  const pieces = pattern.match(/\\u....|\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/g) ?? [];
  return firstProblem(pieces) ?? groupProblem(pieces);
}

/** @param {string[]} pieces @returns {string | undefined} */
function firstProblem(pieces) {
  for (const [index, piece] of pieces.entries()) {
    const problem = pieceProblem(piece, pieces.slice(index).join(""));
    if (problem) return problem;
  }
  return undefined;
}

/** @param {string} piece @param {string} rest @returns {string | undefined} */
function pieceProblem(piece, rest) {
  if (piece.length > 1) return piece[0] === "[" ? classProblem(piece) : escapeProblem(piece);
  if (rest.startsWith("(?")) return "groups with (?";
  if (piece === "?") return "? (optional or non-greedy)";
  if (piece === "|") return "alternation with |";
  return /^\{\d+,?\d*\}/.test(rest) ? "repetition with { }" : undefined;
}

/** @param {string} escape @returns {string | undefined} */
function escapeProblem(escape) {
  return /^\\[dwsDWSnrtvf0]$|^\\[^a-zA-Z0-9]$/.test(escape) ? undefined : `the escape ${escape}`;
}

/** @param {string} piece a whole class with its brackets @returns {string | undefined} */
function classProblem(piece) {
  /** @type {string[]} */
  const inside = piece.slice(1, -1).match(/\\[\s\S]|[\s\S]/g) ?? [];
  if (inside.includes("/")) return "an unescaped / in a class";
  if (inside.includes("[")) return "an unescaped [ in a class";
  const escapes = inside.filter((each) => each[0] === "\\");
  return escapes.map(escapeProblem).find(Boolean);
}

/** @param {string[]} pieces @returns {string | undefined} */
function groupProblem(pieces) {
  let depth = 0;
  let groups = 0;
  for (const [index, piece] of pieces.entries()) {
    if (piece === "(") [depth, groups] = [depth + 1, groups + 1];
    if (piece === ")") depth--;
    if (depth > 1) return "a group in a group";
    if (groups > 9) return "more than nine groups";
    if (piece === ")" && /^[*+]$/.test(pieces[index + 1])) return "a repeated group";
  }
  return undefined;
}
