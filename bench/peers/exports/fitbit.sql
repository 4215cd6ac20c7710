-- The samples of the files in {dir}. Heart rates, steps and distances are in UTC, the others in local time.
WITH readings AS (
  SELECT 'heart_rate' AS metric, timezone('UTC', strptime("dateTime", '%m/%d/%y %H:%M:%S')) AS time, "value".bpm AS value
  FROM read_json('{dir}/Takeout/Fitbit/Global Export Data/heart_rate-*.json', format = 'array',
    columns = {dateTime: 'VARCHAR', "value": 'STRUCT(bpm DOUBLE)'})
  UNION ALL
  SELECT 'steps', timezone('UTC', strptime("dateTime", '%m/%d/%y %H:%M:%S')), CAST("value" AS DOUBLE)
  FROM read_json('{dir}/Takeout/Fitbit/Global Export Data/steps-*.json', format = 'array', columns = {dateTime: 'VARCHAR', "value": 'VARCHAR'})
  UNION ALL
  SELECT 'distance', timezone('UTC', strptime("dateTime", '%m/%d/%y %H:%M:%S')), CAST("value" AS DOUBLE) / 100000
  FROM read_json('{dir}/Takeout/Fitbit/Global Export Data/distance-*.json', format = 'array', columns = {dateTime: 'VARCHAR', "value": 'VARCHAR'})
  UNION ALL
  SELECT 'resting_heart_rate', CAST(strptime("dateTime", '%m/%d/%y %H:%M:%S') AS TIMESTAMPTZ), "value"."value"
  FROM read_json('{dir}/Takeout/Fitbit/Global Export Data/resting_heart_rate-*.json', format = 'array',
    columns = {dateTime: 'VARCHAR', "value": 'STRUCT("value" DOUBLE)'})
  WHERE "value"."value" > 0
  UNION ALL
  SELECT 'weight', CAST(strptime("date" || ' ' || "time", '%m/%d/%y %H:%M:%S') AS TIMESTAMPTZ), weight * 0.45359237
  FROM read_json('{dir}/Takeout/Fitbit/Global Export Data/weight-*.json', format = 'array',
    columns = {"date": 'VARCHAR', "time": 'VARCHAR', weight: 'DOUBLE'})
)
SELECT 'me' AS user_id, strftime(time, '%Y-%m-%d') AS date, metric, '' AS source, value, value AS low, value AS high
FROM readings
