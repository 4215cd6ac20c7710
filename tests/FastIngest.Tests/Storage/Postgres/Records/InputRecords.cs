using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FastIngest.Tests.Storage.Postgres.Records;

/// <summary>
/// The expected content of the tables of records for a valid data directory. It is read only with <c>System.Text.Json</c>,
/// without code of this program. A row is its columns, joined by bars; the order of rows does not matter.
/// </summary>
internal static class InputRecords
{
    private static readonly (string File, string Table, string Columns)[] Tables =
    [
        ("activities", "activities", "user_id date activity_type weather duration distance steps calories_burned heart_rate_avg heart_rate_max"),
        ("workouts", "workouts", "user_id date workout_type duration sets reps calories_burned"),
        ("nutrition", "meals", "user_id date meal_type calories protein carbs fat"),
        ("sleep", "sleep", "user_id date sleep_quality total_sleep deep_sleep rem_sleep resting_heart_rate"),
        ("heart_rate", "heart_rate", "user_id date_time value"),
    ];

    /// <summary>Returns one line per record, sorted: the name of the table and the values.</summary>
    public static List<string> Expected(string directory) =>
    [
        .. Tables.SelectMany(t => Read(directory, t.File).Select(r => t.Table + "|" + string.Join('|', t.Columns.Split(' ').Select(c => Value(r, c)))))
            .Concat(Read(directory, "measurements").Select(r => $"measurements|{Value(r, "user_id")}|{Value(r, "date")}|{Fields(r)}"))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Returns the same lines for the stored records.</summary>
    public static List<string> Stored(PostgresTables tables) =>
    [
        .. Tables.SelectMany(t => tables.Query(
            $"SELECT concat_ws('|', '{t.Table}', {string.Join(", ", t.Columns.Split(' ').Select(Column))}) FROM {{s}}.{t.Table}"))
            .Concat(tables.Query(
                "SELECT concat_ws('|', 'measurements', user_id, date, (SELECT coalesce(string_agg(k || '=' || v::float8, ',' ORDER BY k COLLATE \"C\"), '') FROM jsonb_each_text(fields) e (k, v))) FROM {s}.measurements"))
            .Order(StringComparer.Ordinal),
    ];

    private static string Column(string name) => name == "date_time" ? "to_char(ts, 'YYYY-MM-DD HH24:MI:SS')" : $"coalesce({name}::text, 'null')";

    private static string Value(JsonElement record, string name) => !record.TryGetProperty(name, out JsonElement value) ? "null" : value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble().ToString("R", CultureInfo.InvariantCulture),
        JsonValueKind.String => value.GetString()!.Replace('T', name == "date_time" ? ' ' : 'T'),
        _ => "null",
    };

    private static string Fields(JsonElement record) => string.Join(',', record.EnumerateObject()
        .Where(p => p.Value.ValueKind == JsonValueKind.Number && p.Name != "id" && !p.Name.EndsWith("_id", StringComparison.Ordinal))
        .OrderBy(p => p.Name, StringComparer.Ordinal)
        .Select(p => p.Name + "=" + p.Value.GetDouble().ToString("R", CultureInfo.InvariantCulture)));

    private static JsonElement.ArrayEnumerator Read(string directory, string category)
    {
        // A JSON parser does not accept concatenated records, so turn them into an array.
        string text = File.ReadAllText(Path.Combine(directory, category + ".json"), Encoding.UTF8).Trim();
        string array = text[0] == '[' ? text : "[" + string.Join(',', text.Split('\n', StringSplitOptions.RemoveEmptyEntries)) + "]";
        return JsonDocument.Parse(array).RootElement.EnumerateArray();
    }
}
