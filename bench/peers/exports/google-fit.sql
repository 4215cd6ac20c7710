-- The samples of the data points in {dir}. For sums each stream is a source; of other readings equal ones of several files count once.
WITH streams AS (
  SELECT "Data Source" AS stream, unnest("Data Points") AS point
  FROM read_json('{dir}/Takeout/Fit/All Data/*.json', format = 'unstructured', maximum_object_size = 2147483648, columns = {
    "Data Source": 'VARCHAR',
    "Data Points": 'STRUCT(fitValue STRUCT("value" STRUCT(fpVal DOUBLE, intVal BIGINT))[], startTimeNanos BIGINT, dataTypeName VARCHAR, originDataSourceId VARCHAR)[]'})
),
points AS (
  SELECT stream, point.startTimeNanos AS time, point.dataTypeName[12:] AS type, coalesce(point.originDataSourceId, stream) AS origin,
    coalesce(point.fitValue[1]."value".fpVal, point.fitValue[1]."value".intVal) AS value, point.fitValue[2]."value".fpVal AS second
  FROM streams
),
readings AS (
  SELECT CASE type WHEN 'step_count.delta' THEN 'steps' ELSE 'distance' END AS metric, stream AS source, time,
    CASE type WHEN 'distance.delta' THEN value / 1000 ELSE value END AS value
  FROM points WHERE type IN ('step_count.delta', 'distance.delta')
  UNION ALL
  SELECT metric, '', time, value FROM (
    SELECT DISTINCT CASE WHEN type = 'weight' THEN 'weight' WHEN stream LIKE '%:resting_heart_rate%' THEN 'resting_heart_rate' ELSE 'heart_rate' END AS metric,
      origin, time, value
    FROM points WHERE type IN ('heart_rate.bpm', 'weight'))
  UNION ALL
  SELECT metric, '', time, value FROM (
    SELECT DISTINCT origin, time, unnest([{metric: 'systolic_blood_pressure', value: value}, {metric: 'diastolic_blood_pressure', value: second}], recursive := true)
    FROM points WHERE type = 'blood_pressure')
)
SELECT 'me' AS user_id, strftime(to_timestamp(time // 1000000000), '%Y-%m-%d') AS date, metric, source, value, value AS low, value AS high
FROM readings
