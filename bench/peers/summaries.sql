-- The daily summaries by docs/reading.md's columns and sentences, as a user of DuckDB would write them for this data:
-- exact decimals, one aggregation a category, joined on the key. Simplifications against FastIngest: the measurements are
-- the fields that the generated data has, and sentences stand in the order that the scan delivers.
-- {dir} is replaced by the data directory.
CREATE MACRO n(x) AS CASE WHEN contains(x::VARCHAR, '.') THEN rtrim(rtrim(x::VARCHAR, '0'), '.') ELSE x::VARCHAR END;
CREATE MACRO t(x) AS nullif(x, '');
CREATE MACRO kind(x) AS coalesce(t(x), 'unknown');

CREATE TABLE daily_summaries AS
WITH
users AS (
  SELECT user_id,
    coalesce(t(last(name)), 'User ' || user_id)
      || coalesce(' (' || t(concat_ws(', ', 'age ' || n(last(age)), t(last(gender)), n(last(height)) || ' cm', n(last(weight)) || ' kg',
                                      t(last(fitness_level)) || ' fitness')) || ')', '') AS opening
  FROM read_json('{dir}/users.json', format = 'array', columns = {user_id: 'VARCHAR', name: 'VARCHAR', age: 'DECIMAL(18,6)',
    gender: 'VARCHAR', height: 'DECIMAL(18,6)', weight: 'DECIMAL(18,6)', fitness_level: 'VARCHAR'})
  GROUP BY user_id
),
activities AS (
  SELECT user_id, date, count(*) AS activity_count, sum(duration) AS activity_minutes, sum(calories_burned) AS activity_kcal,
    sum(distance) AS activity_km, sum(steps) AS activity_steps, max(heart_rate_max) AS activity_hr_max,
    string_agg(concat_ws(', ', ' Activity: ' || kind(activity_type), n(duration) || ' min', n(distance) || ' km', n(steps) || ' steps',
      n(calories_burned) || ' kcal', t(weather) || ' weather', 'heart rate avg ' || n(heart_rate_avg),
      'heart rate max ' || n(heart_rate_max)) || '.', '') AS text
  FROM read_json('{dir}/activities.json', format = 'array', columns = {user_id: 'VARCHAR', date: 'DATE', activity_type: 'VARCHAR',
    duration: 'DECIMAL(18,6)', weather: 'VARCHAR', calories_burned: 'DECIMAL(18,6)', distance: 'DECIMAL(18,6)', steps: 'DECIMAL(18,6)',
    heart_rate_avg: 'DECIMAL(18,6)', heart_rate_max: 'DECIMAL(18,6)'})
  GROUP BY ALL
),
workouts AS (
  SELECT user_id, date, count(*) AS workout_count, sum(duration) AS workout_minutes, sum(calories_burned) AS workout_kcal,
    string_agg(concat_ws(', ', ' Workout: ' || kind(workout_type), n(duration) || ' min', n(sets) || ' sets', n(reps) || ' reps',
      n(calories_burned) || ' kcal') || '.', '') AS text
  FROM read_json('{dir}/workouts.json', format = 'array', columns = {user_id: 'VARCHAR', date: 'DATE', workout_type: 'VARCHAR',
    duration: 'DECIMAL(18,6)', sets: 'DECIMAL(18,6)', reps: 'DECIMAL(18,6)', calories_burned: 'DECIMAL(18,6)'})
  GROUP BY ALL
),
nutrition AS (
  SELECT user_id, date, count(*) AS meal_count, sum(calories) AS meal_kcal, sum(protein) AS protein_g, sum(carbs) AS carbs_g, sum(fat) AS fat_g,
    string_agg(concat_ws(', ', ' Meal: ' || kind(meal_type), n(calories) || ' kcal', n(protein) || ' g protein', n(carbs) || ' g carbs',
      n(fat) || ' g fat') || '.', '') AS text
  FROM read_json('{dir}/nutrition.json', format = 'array', columns = {user_id: 'VARCHAR', date: 'DATE', meal_type: 'VARCHAR',
    calories: 'DECIMAL(18,6)', protein: 'DECIMAL(18,6)', carbs: 'DECIMAL(18,6)', fat: 'DECIMAL(18,6)'})
  GROUP BY ALL
),
sleep AS (
  SELECT user_id, date, count(*) AS sleep_count, sum(total_sleep) AS sleep_hours, sum(deep_sleep) AS deep_sleep_hours,
    sum(rem_sleep) AS rem_sleep_hours, t(arg_max(sleep_quality, total_sleep)) AS sleep_quality, arg_max(resting_heart_rate, total_sleep) AS resting_hr,
    string_agg(' Sleep: ' || coalesce(t(concat_ws(', ', n(total_sleep) || ' h', n(deep_sleep) || ' h deep', n(rem_sleep) || ' h REM',
      'quality ' || t(sleep_quality), 'resting heart rate ' || n(resting_heart_rate))), 'unknown') || '.', '') AS text
  FROM read_json('{dir}/sleep.json', format = 'array', columns = {user_id: 'VARCHAR', date: 'DATE', total_sleep: 'DECIMAL(18,6)',
    deep_sleep: 'DECIMAL(18,6)', rem_sleep: 'DECIMAL(18,6)', sleep_quality: 'VARCHAR', resting_heart_rate: 'DECIMAL(18,6)'})
  GROUP BY ALL
),
heart_rate AS (
  SELECT user_id, date_time[:10]::DATE AS date, count(value) AS hr_count, min(value) AS hr_min, max(value) AS hr_max, sum(value) AS hr_sum
  FROM read_json('{dir}/heart_rate.json', format = 'array', columns = {user_id: 'VARCHAR', date_time: 'VARCHAR', value: 'DECIMAL(18,6)'})
  GROUP BY ALL
),
measured AS (
  SELECT user_id, date, last(bicep) AS bicep, last(bmi) AS bmi, last(body_fat) AS body_fat, last(body_water) AS body_water,
    last(bone_mass) AS bone_mass, last(chest) AS chest, last(muscle_mass) AS muscle_mass, last(thigh) AS thigh, last(waist) AS waist,
    last(weight) AS weight
  FROM read_json('{dir}/measurements.json', format = 'array', columns = {user_id: 'VARCHAR', date: 'DATE', bicep: 'DECIMAL(18,6)',
    bmi: 'DECIMAL(18,6)', body_fat: 'DECIMAL(18,6)', body_water: 'DECIMAL(18,6)', bone_mass: 'DECIMAL(18,6)', chest: 'DECIMAL(18,6)',
    muscle_mass: 'DECIMAL(18,6)', thigh: 'DECIMAL(18,6)', waist: 'DECIMAL(18,6)', weight: 'DECIMAL(18,6)'})
  GROUP BY ALL
),
measurements AS (
  SELECT user_id, date,
    '{' || concat_ws(', ', '"bicep": ' || bicep::DOUBLE, '"bmi": ' || bmi::DOUBLE, '"body_fat": ' || body_fat::DOUBLE, '"body_water": ' || body_water::DOUBLE,
      '"bone_mass": ' || bone_mass::DOUBLE, '"chest": ' || chest::DOUBLE, '"muscle_mass": ' || muscle_mass::DOUBLE, '"thigh": ' || thigh::DOUBLE,
      '"waist": ' || waist::DOUBLE, '"weight": ' || weight::DOUBLE) || '}' AS measurements,
    ' Measured: ' || concat_ws(', ', 'bicep ' || n(bicep), 'bmi ' || n(bmi), 'body_fat ' || n(body_fat), 'body_water ' || n(body_water),
      'bone_mass ' || n(bone_mass), 'chest ' || n(chest), 'muscle_mass ' || n(muscle_mass), 'thigh ' || n(thigh), 'waist ' || n(waist),
      'weight ' || n(weight)) || '.' AS text
  FROM measured
)
SELECT user_id, date,
  coalesce(activity_count, 0) AS activity_count, activity_minutes::DOUBLE AS activity_minutes, activity_kcal::DOUBLE AS activity_kcal,
  activity_km::DOUBLE AS activity_km, activity_steps::DOUBLE AS activity_steps, activity_hr_max::DOUBLE AS activity_hr_max,
  coalesce(workout_count, 0) AS workout_count, workout_minutes::DOUBLE AS workout_minutes, workout_kcal::DOUBLE AS workout_kcal,
  coalesce(meal_count, 0) AS meal_count, meal_kcal::DOUBLE AS meal_kcal, protein_g::DOUBLE AS protein_g, carbs_g::DOUBLE AS carbs_g,
  fat_g::DOUBLE AS fat_g,
  coalesce(sleep_count, 0) AS sleep_count, sleep_hours::DOUBLE AS sleep_hours, deep_sleep_hours::DOUBLE AS deep_sleep_hours,
  rem_sleep_hours::DOUBLE AS rem_sleep_hours, sleep_quality, resting_hr::DOUBLE AS resting_hr,
  coalesce(hr_count, 0) AS hr_count, hr_min::DOUBLE AS hr_min, hr_max::DOUBLE AS hr_max, hr_sum::DOUBLE / hr_count AS hr_mean,
  measurements,
  coalesce(opening, 'User ' || user_id) || ' on ' || date::VARCHAR || '.'
    || coalesce(activities.text, '') || coalesce(workouts.text, '') || coalesce(nutrition.text, '') || coalesce(sleep.text, '')
    || CASE WHEN hr_count > 0 THEN ' Heart rate: ' || n(hr_min) || ' to ' || n(hr_max) || ' bpm, mean '
         || n(round_even(hr_sum::DOUBLE / hr_count, 1)::DECIMAL(18,6)) || ' over ' || hr_count || ' readings.' ELSE '' END
    || coalesce(measurements.text, '') AS summary
FROM activities
FULL JOIN workouts USING (user_id, date)
FULL JOIN nutrition USING (user_id, date)
FULL JOIN sleep USING (user_id, date)
FULL JOIN heart_rate USING (user_id, date)
FULL JOIN measurements USING (user_id, date)
LEFT JOIN users USING (user_id);
