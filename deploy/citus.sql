-- Distributes the daily summaries over the nodes of a PostgreSQL cluster with Citus, by user: all days of a person are on one
-- node, and the primary key (user_id, date) holds on each of them. The other tables stay on the coordinator.
--
-- Needed: the extension Citus, 11 or newer, with its nodes added (citus_add_node); the tables, as a first run or
-- "health_ingestion schema | psql" makes them; and the schema of the run in the variable "schema":
--
--   psql -v ON_ERROR_STOP=1 -v schema=fastingest -f deploy/citus.sql
--
-- Rows that are there already are moved. Run it while no run writes.
SELECT create_distributed_table(format('%I.daily_summaries', :'schema')::regclass, 'user_id', colocate_with => 'none');
