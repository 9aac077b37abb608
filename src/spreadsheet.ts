/** Rows as every spreadsheet opens them, with nothing in a cell that it would run. */
import { stringify } from "csv-stringify/sync";

/** Before the first row, or Excel takes UTF-8 for something else. */
export const byteOrderMark = "\ufeff";

export interface Separators {
  between: "," | ";";
  decimal: "." | ",";
}
const plain: Separators = { between: ",", decimal: "." };

/** What a person could have typed gets an apostrophe in front where a spreadsheet would take it for a formula. */
export function spreadsheetRows(
  rows: readonly (readonly unknown[])[],
  { between, decimal }: Separators = plain,
): string {
  return stringify(
    rows.map((row) => row.map((value) => (typeof value === "string" ? cell(value) : value))),
    {
      delimiter: between,
      escape_formulas: true,
      record_delimiter: "windows",
      // A line break alone is no record's end to the writer, but it is to every spreadsheet.
      quoted_match: /\n/,
      cast: {
        // Ours, not a person's: a minus sign would be no formula, and there is none.
        number: (value) => ({ value: String(value).replace(".", decimal), escape_formulas: false }),
      },
    },
  );
}

/** A line break before a formula hides it from `escape_formulas`, not from every spreadsheet. */
const cell = (text: string) => text.replace(/\r\n?/g, "\n").replace(/^(?=\n)/, "'");

/** A cell that `spreadsheetRows` wrote, as it was. */
export const unescapedCell = (written: string) =>
  /^'[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(written) ? written.slice(1) : written;
