const { leftOut } = require("./test/whole-run.cjs");

module.exports = {
  spec: ["build/tsc/test/**/*.test.js"],
  ignore: leftOut,
  timeout: 20000,
  parallel: true,
  jobs: 3,
  reporter: "./test/reporter.cjs",
};
