-- The samples of the Observations in {dir}. The type of an Observation is the first coding; a component has one of its own.
WITH observations AS (
  SELECT subject.reference AS subject, coalesce(effectiveDateTime, effectivePeriod."start")[:10] AS date, device.display AS device,
    unnest(CASE WHEN component IS NULL THEN [{code: code, valueQuantity: valueQuantity}] ELSE component END) AS part
  FROM read_ndjson('{dir}/*.ndjson', columns = {
    resourceType: 'VARCHAR', status: 'VARCHAR', subject: 'STRUCT(reference VARCHAR)', effectiveDateTime: 'VARCHAR',
    effectivePeriod: 'STRUCT("start" VARCHAR)', device: 'STRUCT(display VARCHAR)',
    code: 'STRUCT(coding STRUCT(code VARCHAR)[])', valueQuantity: 'STRUCT("value" DOUBLE, code VARCHAR)',
    component: 'STRUCT(code STRUCT(coding STRUCT(code VARCHAR)[]), valueQuantity STRUCT("value" DOUBLE, code VARCHAR))[]'})
  WHERE resourceType = 'Observation' AND status NOT IN ('entered-in-error', 'cancelled')
),
readings AS (
  SELECT split_part(subject, '/', 2) AS user_id, date,
    CASE part.code.coding[1].code
      WHEN '8867-4' THEN 'heart_rate' WHEN '55423-8' THEN 'steps' WHEN '41953-1' THEN 'distance' WHEN '41979-6' THEN 'active_energy'
      WHEN '40443-4' THEN 'resting_heart_rate' WHEN '29463-7' THEN 'weight'
      WHEN '8480-6' THEN 'systolic_blood_pressure' WHEN '8462-4' THEN 'diastolic_blood_pressure' END AS metric,
    coalesce(device, '') AS device,
    part.valueQuantity."value" * CASE part.valueQuantity.code WHEN '[lb_av]' THEN 0.45359237 ELSE 1 END AS value
  FROM observations
)
SELECT user_id, date, metric, CASE WHEN metric IN ('steps', 'distance', 'active_energy') THEN device ELSE '' END AS source,
  value, value AS low, value AS high
FROM readings
WHERE metric IS NOT NULL
