// Compares FastIngest's rows with DuckDB's, by key, outside of any timing: node compare_summaries.mjs FASTINGEST.ndjson PEER.duckdb
// Prints one line; exits with 1 when rows or a number differ. Summaries that differ are counted and one pair is shown.
import { DuckDBInstance } from '@duckdb/node-api';

const [ours, theirs] = process.argv.slice(2);
const quote = (text) => `'${text.replaceAll("'", "''")}'`;
const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
await connection.run(`ATTACH ${quote(theirs)} AS peer (READ_ONLY)`);
const columns = (await connection.runAndReadAll(
  `SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = 'peer' AND table_name = 'daily_summaries' ORDER BY column_index`)).getRows();
await connection.run(`CREATE TABLE ours AS FROM read_json(${quote(ours)}, format = 'newline_delimited',
  columns = {${columns.map(([name, type]) => `${name}: '${name === 'measurements' ? 'JSON' : type}'`).join(', ')}})`);
const differs = ([name, type]) => type === 'DOUBLE'
  ? `(a.${name} IS NULL) <> (b.${name} IS NULL) OR abs(a.${name} - b.${name}) > 1e-9 * greatest(1, abs(a.${name}))`
  : name === 'measurements' ? 'json(a.measurements)::VARCHAR IS DISTINCT FROM json(b.measurements)::VARCHAR' : `a.${name} IS DISTINCT FROM b.${name}`;
const values = columns.filter(([name]) => !['user_id', 'date', 'summary'].includes(name));
const [[rows, missing, texts, ...wrong]] = (await connection.runAndReadAll(`
  SELECT count(*), count(*) FILTER (a.user_id IS NULL OR b.user_id IS NULL), count(*) FILTER (a.summary IS DISTINCT FROM b.summary),
    ${values.map((c) => `count(*) FILTER (${differs(c)})`).join(', ')}
  FROM ours a FULL JOIN peer.daily_summaries b ON a.user_id = b.user_id AND a.date = b.date`)).getRows();
const bad = values.map(([name], i) => [name, Number(wrong[i])]).filter(([, count]) => count > 0);
console.log(`${rows} rows, ${missing} on one side only, ${bad.reduce((sum, [, count]) => sum + count, 0)} values differ`
  + `${bad.length ? ` (${bad.map(([name, count]) => `${name}: ${count}`).join(', ')})` : ''}, ${texts} summary texts differ`);
if (texts > 0) {
  const [pair] = (await connection.runAndReadAll(`SELECT a.summary, b.summary FROM ours a JOIN peer.daily_summaries b
    ON a.user_id = b.user_id AND a.date = b.date WHERE a.summary <> b.summary LIMIT 1`)).getRows();
  console.error(`ours:   ${pair?.[0]}\ntheirs: ${pair?.[1]}`);
}
process.exit(Number(missing) > 0 || bad.length > 0 ? 1 : 0);
