using System.Text;
using FastIngest.Health;
using FastIngest.Sinks.Summaries;

namespace FastIngest.Tests.Storage;

/// <summary>Builds rows for tests, with texts in the form of the reducer.</summary>
internal static class Rows
{
    public static readonly RunFigures Figures = new(10, 9, 1, 3);

    private static int _runs;

    public static SinkRun Run(params InputFileInfo[] files) => new(
        new Guid(++_runs, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0), new DateTime(2024, 2, 29, 12, 0, 0, DateTimeKind.Utc), files);

    /// <summary>Adds a user; the numbers are years, centimetres and kilograms.</summary>
    public static SummaryBatch User(this SummaryBatch batch, string id, string? name, double? age = null, string? gender = null)
    {
        batch.AddUser(new UserProfile
        {
            UserId = Text(batch, id),
            Name = Text(batch, name),
            Gender = Text(batch, gender),
            FitnessLevel = TextRef.Null,
            Age = age is { } years ? (long)(years * 1e6) : UserProfile.Missing,
            Height = UserProfile.Missing,
            Weight = UserProfile.Missing,
        });
        return batch;
    }

    /// <summary>
    /// Adds a row with the given sentences, one per category. Its profile sentence uses the profile of the user in the batch. The
    /// categories' counts are <paramref name="count"/>.
    /// </summary>
    public static SummaryBatch Row(this SummaryBatch batch, string id, string date, int count, params (Category Category, string Sentence)[] parts)
    {
        int day = DateOnly.Parse(date, null).DayNumber;
        UserProfile? profile = null;
        foreach (UserProfile user in batch.Users)
        {
            profile = Encoding.UTF8.GetString(batch.Text(user.UserId)) == id ? user : profile;
        }

        TextRef userId = Text(batch, id);
        TextRef quality = Text(batch, "good");
        TextRef measurements = Text(batch, "{\"weight\": 61.5}");
        ref DailySummary row = ref batch.AddRow();
        row.Day = day;
        row.Texts[TextSlot.UserId] = userId;
        foreach (int slot in (int[])[NumberSlot.ActivityCount, NumberSlot.WorkoutCount, NumberSlot.MealCount, NumberSlot.SleepCount, NumberSlot.HrCount])
        {
            row.Numbers[slot] = 0;
        }

        int start = batch.TextLength;
        if (profile is { } known)
        {
            ProfileSentence.Write(batch, new ProfileView(batch, known), day);
        }
        else
        {
            ProfileSentence.Write(batch, new ProfileView(Encoding.UTF8.GetBytes(id)), day);
        }

        row.Parts[0] = batch.TextLength - start;
        foreach ((Category category, string sentence) in parts.OrderBy(p => p.Category))
        {
            int before = batch.TextLength;
            batch.AddText(Encoding.UTF8.GetBytes(" " + sentence));
            row.Parts[(int)category] += batch.TextLength - before;
            row.Present |= (byte)(1 << (int)category);
            switch (category)
            {
                case Category.Activities:
                    row.Numbers[NumberSlot.ActivityCount] = count;
                    row.Numbers[NumberSlot.ActivityKm] = 5.25;
                    break;
                case Category.Workouts:
                    row.Numbers[NumberSlot.WorkoutCount] = count;
                    break;
                case Category.Nutrition:
                    row.Numbers[NumberSlot.MealCount] = count;
                    row.Numbers[NumberSlot.MealKcal] = count * 500.1;
                    break;
                case Category.Sleep:
                    row.Numbers[NumberSlot.SleepCount] = count;
                    row.Texts[TextSlot.SleepQuality] = quality;
                    break;
                case Category.HeartRate:
                    row.Numbers[NumberSlot.HrCount] = count;
                    row.Numbers[NumberSlot.HrMean] = 256.0 / 3;
                    break;
                case Category.Measurements:
                    row.Texts[TextSlot.Measurements] = measurements;
                    break;
            }
        }

        row.Texts[TextSlot.Summary] = batch.TextSince(start);
        return batch;
    }

    /// <summary>Opens the sink, writes the batches and completes it.</summary>
    public static async Task<SinkResult> IngestAsync(this ISummarySink sink, params SummaryBatch[] batches)
    {
        await using (sink)
        {
            await sink.OpenAsync(Run(), CancellationToken.None);
            foreach (SummaryBatch batch in batches)
            {
                await sink.WriteAsync(batch, CancellationToken.None);
            }

            return await sink.CompleteAsync(Figures, CancellationToken.None);
        }
    }

    private static TextRef Text(SummaryBatch batch, string? text) =>
        text is null ? TextRef.Null : batch.AddText(Encoding.UTF8.GetBytes(text));
}
