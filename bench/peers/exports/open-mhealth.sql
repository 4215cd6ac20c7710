-- The samples of the data points in {dir}. A count of steps is a bare number or has a unit.
WITH points AS (
  SELECT header.user_id AS user_id, header.acquisition_provenance.source_name AS device, body,
    coalesce(body.effective_time_frame.date_time, body.effective_time_frame.time_interval.start_date_time)[:10] AS date,
    header.schema_id.name AS schema
  FROM read_ndjson('{dir}/*.ndjson', columns = {
    header: 'STRUCT(user_id VARCHAR, schema_id STRUCT(name VARCHAR), acquisition_provenance STRUCT(source_name VARCHAR))',
    body: 'STRUCT(heart_rate STRUCT("value" DOUBLE), step_count JSON, body_weight STRUCT("value" DOUBLE, unit VARCHAR),
      systolic_blood_pressure STRUCT("value" DOUBLE), diastolic_blood_pressure STRUCT("value" DOUBLE),
      effective_time_frame STRUCT(date_time VARCHAR, time_interval STRUCT(start_date_time VARCHAR)))'})
),
readings AS (
  SELECT user_id, date, unnest(CASE schema
      WHEN 'heart-rate' THEN [{metric: 'heart_rate', source: '', value: body.heart_rate."value"}]
      WHEN 'step-count' THEN [{metric: 'steps', source: device,
        value: coalesce(TRY_CAST(body.step_count AS DOUBLE), CAST(body.step_count ->> '$.value' AS DOUBLE))}]
      WHEN 'body-weight' THEN [{metric: 'weight', source: '',
        value: body.body_weight."value" * CASE body.body_weight.unit WHEN 'lb' THEN 0.45359237 ELSE 1 END}]
      WHEN 'blood-pressure' THEN [{metric: 'systolic_blood_pressure', source: '', value: body.systolic_blood_pressure."value"},
        {metric: 'diastolic_blood_pressure', source: '', value: body.diastolic_blood_pressure."value"}]
    END, recursive := true)
  FROM points
)
SELECT user_id, date, metric, source, value, value AS low, value AS high FROM readings
