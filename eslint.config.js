// Two worlds that never mix: firmware (ES5, no platform) and desktop (Node).
import js from "@eslint/js";
import tseslint from "typescript-eslint";

const noRandom = [
  {
    object: "Math",
    property: "random",
    message: "It repeats at every boot on Espruino: take bytes from crypto/random.ts.",
  },
  {
    object: "E",
    property: "hwRand",
    message: "A generator with constant seeds: take bytes from crypto/random.ts.",
  },
];

/** What gets round them by another name for the object. */
const noRandomByAnotherName = {
  selector: "CallExpression[callee.property.name=/^(random|hwRand)$/]",
  message: "Espruino's random numbers repeat at every boot: take bytes from crypto/random.ts.",
};

const forbidImports = (...rules) => ({
  "no-restricted-imports": [
    "error",
    { patterns: rules.map(([glob, message]) => ({ group: [glob], message })) },
  ],
});

const onlyEntriesTakePorts = ["**/ports/*", "Only board entry points (entry/) import ports."];
const noDesktop = ["**/desktop/**", "Firmware never imports the desktop side."];
const noPlatform = ["**/platform.js", "sensors, xml and crypto import no platform."];

export default tseslint.config(
  { ignores: ["build/", "coverage/", "node_modules/"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      eqeqeq: "error",
      "no-restricted-properties": ["error", ...noRandom],
      "no-restricted-syntax": ["error", noRandomByAnotherName],
    },
  },
  {
    files: ["**/*.js"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } },
  },
  {
    files: ["**/*.cjs"],
    languageOptions: { globals: { require: "readonly", module: "writable", process: "readonly" } },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    files: ["src/firmware/**/*.ts"],
    rules: {
      ...forbidImports(onlyEntriesTakePorts, noDesktop),
      "@typescript-eslint/no-use-before-define": ["error", { functions: false, variables: false }],
      "max-lines-per-function": ["error", { max: 200, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ["src/firmware/{sensors,xml,crypto}/**/*.ts"],
    rules: forbidImports(onlyEntriesTakePorts, noDesktop, noPlatform),
  },
  {
    files: ["src/firmware/entry/*.ts"],
    rules: forbidImports(noDesktop),
  },
  {
    // The desktop is an independent second implementation: it may know the shape of a platform, no more.
    files: ["src/desktop/**/*.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: ["**/firmware/**"],
              allowTypeImports: true,
              message:
                "The desktop shares no code with the firmware: one must show the other's mistakes.",
            },
          ],
        },
      ],
    },
  },
);
