using FastIngest.Health;

namespace FastIngest.Storage.Columns;

/// <summary>The table of daily summaries: the columns of <see cref="SummaryColumn.All"/>.</summary>
internal static class SummaryRows
{
    private static readonly SummaryColumn[] Source = [.. SummaryColumn.All];

    private static readonly Dictionary<string, string> Units = new()
    {
        ["activity_minutes"] = "min",
        ["activity_kcal"] = "kcal",
        ["activity_km"] = "km",
        ["activity_steps"] = "steps",
        ["activity_hr_max"] = "bpm",
        ["workout_minutes"] = "min",
        ["workout_kcal"] = "kcal",
        ["meal_kcal"] = "kcal",
        ["protein_g"] = "g",
        ["carbs_g"] = "g",
        ["fat_g"] = "g",
        ["sleep_hours"] = "h",
        ["deep_sleep_hours"] = "h",
        ["rem_sleep_hours"] = "h",
        ["resting_hr"] = "bpm",
        ["hr_min"] = "bpm",
        ["hr_max"] = "bpm",
        ["hr_mean"] = "bpm",
    };

    public static OutputTable Table { get; } = new("daily_summaries", [.. Source.Select(Describe)]);

    /// <summary>Appends a row.</summary>
    public static void Add(ColumnGroup group, SummaryBatch batch, in DailySummary row)
    {
        ReadOnlySpan<ColumnValues> columns = group.Columns;
        for (int i = 0; i < Source.Length; i++)
        {
            SummaryColumn source = Source[i];
            ColumnValues values = columns[i];
            switch (source.Kind)
            {
                case ColumnKind.Date:
                    values.AddDay(row.Day - UnixTime.EpochDay);
                    break;

                case ColumnKind.Count:
                    values.Add((long)row.Numbers[source.Slot]);
                    break;

                case ColumnKind.Number when !double.IsNaN(row.Numbers[source.Slot]):
                    values.Add(row.Numbers[source.Slot]);
                    break;

                case ColumnKind.Text or ColumnKind.Json when !row.Texts[source.Slot].IsNull:
                    values.Add(batch.Text(row.Texts[source.Slot]));
                    break;

                default:
                    values.AddNull();
                    break;
            }
        }

        group.EndRow();
    }

    private static OutputColumn Describe(SummaryColumn column) => new(
        column.Name,
        column.Kind switch
        {
            ColumnKind.Date => ColumnType.Date,
            ColumnKind.Count => ColumnType.Count,
            ColumnKind.Number => ColumnType.Number,
            _ => ColumnType.Text,
        },
        column.Kind != ColumnKind.Count && column.Owner is not null,
        Units.GetValueOrDefault(column.Name))
    {
        HasFewTexts = column.Kind == ColumnKind.Text && column.Slot is TextSlot.UserId or TextSlot.SleepQuality,
    };
}
