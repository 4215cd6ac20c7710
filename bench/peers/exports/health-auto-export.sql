-- The samples of the points of all metrics in the file of the app in {dir}.
WITH metrics AS (
  SELECT unnest(data.metrics) AS metric
  FROM read_json('{dir}/*.json', format = 'unstructured', maximum_object_size = 2147483648, columns = {
    data: 'STRUCT(metrics STRUCT(name VARCHAR, units VARCHAR, data STRUCT("date" VARCHAR, qty DOUBLE, "Min" DOUBLE, "Avg" DOUBLE, "Max" DOUBLE,
      systolic DOUBLE, diastolic DOUBLE, source VARCHAR)[])[])'})
),
points AS (SELECT metric.name AS name, metric.units AS unit, unnest(metric.data) AS point FROM metrics),
readings AS (
  SELECT point."date"[:10] AS date, coalesce(point.source, '') AS device, point,
    CASE name WHEN 'step_count' THEN 'steps' WHEN 'walking_running_distance' THEN 'distance' WHEN 'active_energy' THEN 'active_energy'
      WHEN 'heart_rate' THEN 'heart_rate' WHEN 'resting_heart_rate' THEN 'resting_heart_rate' WHEN 'weight_body_mass' THEN 'weight' END AS metric,
    coalesce(point.qty, point."Avg") * CASE unit WHEN 'lb' THEN 0.45359237 ELSE 1 END AS value
  FROM points
  WHERE name <> 'blood_pressure'
)
SELECT 'me' AS user_id, date, metric, CASE WHEN metric IN ('steps', 'distance', 'active_energy') THEN device ELSE '' END AS source,
  value, coalesce(point."Min", value) AS low, coalesce(point."Max", value) AS high
FROM readings
WHERE metric IS NOT NULL
UNION ALL
SELECT 'me', point."date"[:10], 'systolic_blood_pressure', '', point.systolic, point.systolic, point.systolic
FROM points WHERE name = 'blood_pressure'
UNION ALL
SELECT 'me', point."date"[:10], 'diastolic_blood_pressure', '', point.diastolic, point.diastolic, point.diastolic
FROM points WHERE name = 'blood_pressure'
