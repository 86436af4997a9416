// JerryScript's clock has whole milliseconds: the operation runs for a second, or once.
/* global print */

export function measure(operation) {
  const start = Date.now();
  let count = 0;
  let isRight = true;
  let elapsed = 0;
  while (elapsed < 1000) {
    isRight = operation() && isRight;
    count++;
    elapsed = Date.now() - start;
  }
  print("RESULT " + JSON.stringify({ ms: elapsed / count, isRight: isRight }));
}
