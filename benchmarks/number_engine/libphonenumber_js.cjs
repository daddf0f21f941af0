// The job through libphonenumber-js with its full metadata; it has neither places, carriers nor time zones:
//   node libphonenumber_js.cjs COLUMN.tsv TARGET
// Writes the seconds of the fastest of three passes on the first line of TARGET, and each row's E.164 number on the
// lines after it.
"use strict";

const { readFileSync, writeFileSync } = require("node:fs");
const { isSupportedCountry, parsePhoneNumberFromString } = require("libphonenumber-js/max");

const describe = ([raw, region]) => {
  // It throws at a country that it does not know.
  const defaultCountry = isSupportedCountry(region) ? region : undefined;
  const number = parsePhoneNumberFromString(raw, { defaultCountry });
  if (number === undefined) return undefined;
  return {
    possible: number.isPossible(),
    valid: number.isValid(),
    type: number.getType(),
    region: number.country,
    e164: number.format("E.164"),
    international: number.format("INTERNATIONAL"),
  };
};

const [column, target] = process.argv.slice(2);
const cells = readFileSync(column, "utf8").split("\n").slice(0, -1).map((line) => line.split("\t"));
// The first pass compiles the patterns and warms the compiler up.
cells.forEach(describe);
let answers = [];
let fastest = Infinity;
for (let pass = 0; pass < 3; pass += 1) {
  const began = process.hrtime.bigint();
  answers = cells.map(describe);
  fastest = Math.min(fastest, Number(process.hrtime.bigint() - began) / 1e9);
}
writeFileSync(target, [fastest, ...answers.map((answer) => answer?.e164 ?? ""), ""].join("\n"));
