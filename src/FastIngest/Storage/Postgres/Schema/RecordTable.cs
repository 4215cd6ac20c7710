using FastIngest.Health;

namespace FastIngest.Storage.Postgres.Schema;

/// <summary>
/// The table of the records of one category. Its columns are <c>user_id</c>, the day or point in time, and the fields of the
/// category with their names in the input, texts before numbers.
/// </summary>
internal sealed class RecordTable
{
    private const string UserId = "user_id text COLLATE \"C\" NOT NULL";

    private RecordTable(Category category, string name)
    {
        Category = category;
        Name = name;
        RecordSchema schema = RecordSchema.Of(category);
        string[] texts = [.. Enumerable.Range(RecordSchema.FirstOwn, schema.TextCount).Select(schema.Names.NameAt)];
        string[] numbers = [.. Enumerable.Range(RecordSchema.FirstOwn + schema.TextCount, schema.NumberCount).Select(schema.Names.NameAt)];
        (Time, string[] columns, string[] definitions) = category switch
        {
            Category.HeartRate => ("ts", numbers, (string[])["ts timestamp NOT NULL", "value double precision NOT NULL"]),
            Category.Samples => ("date", ["start", "metric", "value", "unit", "source", "\"end\""], [
                "date date NOT NULL", "start timestamp NOT NULL", "metric text NOT NULL", "value double precision NOT NULL", "unit text NOT NULL", "source text", "\"end\" timestamp"]),
            Category.Measurements => ("date", ["fields"], ["date date NOT NULL", "fields jsonb NOT NULL"]),
            _ => ("date", [.. texts, .. numbers], [
                "date date NOT NULL", .. texts.Select(t => $"{t} text"), .. numbers.Select(n => $"{n} double precision")]),
        };
        Columns = string.Join(", ", ["user_id", Time, .. columns]);
        Fields = string.Join(", ", ["user_id", Day, .. category switch
        {
            Category.Measurements => (string[])["fields::text"],
            Category.Samples => ["metric", "source", IsoText("\"end\""), "value", IsoText("start")],
            _ => columns,
        }]);
        Order = string.Join(", ", ["user_id", Time, .. category == Category.Measurements ? ["fields::text COLLATE \"C\""] : columns.Select(c => texts.Contains(c) || c == "unit" ? c + " COLLATE \"C\"" : c)]);
        Definition = string.Join(",\n    ", [UserId, .. definitions]);
    }

    /// <summary>The table of the samples of exports.</summary>
    public static RecordTable Samples { get; } = new(Category.Samples, "samples");

    /// <summary>One table for each category whose records have a day, in reading order.</summary>
    public static IReadOnlyList<RecordTable> All { get; } =
    [
        new(Category.Activities, "activities"),
        new(Category.Workouts, "workouts"),
        new(Category.Nutrition, "meals"),
        new(Category.Sleep, "sleep"),
        new(Category.HeartRate, "heart_rate"),
        new(Category.Measurements, "measurements"),
        Samples,
    ];

    public Category Category { get; }

    /// <summary>Returns the index in <see cref="All"/> of the table of a category.</summary>
    public static int IndexOf(Category category)
    {
        int index = 0;
        while (All[index].Category != category)
        {
            index++;
        }

        return index;
    }

    public string Name { get; }

    /// <summary>The column that holds the day or the point in time.</summary>
    public string Time { get; }

    /// <summary>The day of a row as an SQL expression.</summary>
    public string Day => Category == Category.HeartRate ? $"{Time}::date" : Time;

    /// <summary>All columns as a list in SQL, in the order of a tuple.</summary>
    public string Columns { get; }

    /// <summary>The expressions in SQL by which records are read: the user's id, the day, then the fields of the category.</summary>
    public string Fields { get; }

    /// <summary>An order of rows in SQL that depends on their content alone, in every database.</summary>
    public string Order { get; }

    /// <summary>All columns with their types.</summary>
    private string Definition { get; }

    /// <summary>Whether the table has monthly partitions.</summary>
    public bool IsByMonth => Category is Category.HeartRate or Category.Samples;

    /// <summary>A timestamp as text, in the form of a record.</summary>
    private static string IsoText(string column) => $"to_char({column}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US')";

    /// <summary>
    /// Returns the SQL that creates the table. An export holds the records of a user close together, and months are partitions.
    /// Therefore a BRIN index finds the days of a user, and it hardly slows down loading.
    /// </summary>
    public string Create(PostgresNames names)
    {
        string name = names.Records(Name);
        string partitions = !IsByMonth ? "" : string.Concat(((int[])[Month.Before, Month.After]).Select(month =>
        {
            (string from, string to) = Month.Bounds(month);
            return $"\nCREATE TABLE IF NOT EXISTS {names.Records(Month.Partition(Name, month))} PARTITION OF {name} FOR VALUES FROM ({from}) TO ({to});";
        }));
        return $"""
            CREATE TABLE IF NOT EXISTS {name} (
                {Definition}
            ){(IsByMonth ? $" PARTITION BY RANGE ({Time})" : "")};
            CREATE INDEX IF NOT EXISTS {Name}_user_{Time} ON {name} USING brin (user_id, {Time}) WITH (autosummarize = on);{partitions}
            """;
    }
}
