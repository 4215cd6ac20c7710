// Job "samples" with ClickHouse inside this process (chdb), all cores: node samples_clickhouse.mjs IN.json OUT.csv
import { createRequire } from 'node:module';
import { rmSync } from 'node:fs';

const { query } = createRequire(import.meta.url)('chdb');
const [input, output] = process.argv.slice(2);
const quote = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
rmSync(output, { force: true });
// JSONEachRow also reads an array of objects, and is the format that is parsed in parallel.
query(
  `SELECT user_id, substring(date_time, 1, 10) AS date, count(), sum(value), min(value), max(value)
   FROM file(${quote(input)}, JSONEachRow, 'user_id String, date_time String, value Float64')
   GROUP BY user_id, date
   INTO OUTFILE ${quote(output)} FORMAT CSV
   SETTINGS input_format_skip_unknown_fields = 1, input_format_parallel_parsing = 1`,
  'CSV');
