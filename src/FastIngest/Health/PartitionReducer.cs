using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// Reduces one partition after another: walks the runs of all categories in key order, like a merge, and makes one
/// row of each (user, day). One reducer serves one worker.
/// </summary>
public sealed class PartitionReducer(KeyBorders borders, IReadOnlyList<Category> fileCategories, int batchTextBytes)
{
    /// <summary>A batch is handed on when it holds this many rows or users, or as much text as the owner said.</summary>
    private const int BatchRows = 1024;

    private readonly PartitionRuns _runs = new();
    private readonly DayReducer _days = new();
    private readonly int[] _next = new int[Categories.Count];
    private readonly long[] _aggregated = new long[Categories.Count];

    /// <summary>Records that ended in rows and profiles so far, by category.</summary>
    public IReadOnlyList<long> Aggregated => _aggregated;

    public long RowCount { get; private set; }

    /// <summary>Makes the rows of a partition.</summary>
    /// <param name="partition">Which partition.</param>
    /// <param name="data">Its bytes.</param>
    /// <param name="segments">Its segments in input order.</param>
    /// <param name="receiver">Gets the rows and the profiles of the users whose own record is at home here.</param>
    /// <param name="cancellationToken">Ends the work between two users.</param>
    public void Reduce(
        int partition, ReadOnlySpan<byte> data, ReadOnlySpan<SegmentRef> segments, IRowReceiver receiver, CancellationToken cancellationToken)
    {
        _runs.Read(data, segments, fileCategories);
        Array.Clear(_next);
        SummaryBatch batch = receiver.Rent();
        for (int user = 0; user < _runs.UserCount; user++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (batch.UserCount >= BatchRows || batch.TextLength >= batchTextBytes)
            {
                receiver.Deliver(batch);
                batch = receiver.Rent();
            }

            ReadOnlySpan<byte> userId = _runs.User(user);
            ReadOnlySpan<byte> profile = default;
            int profileStart = 0;
            ReadOnlySpan<Run> profileRuns = RunsOf(Category.Users, user, RecordMapper.ProfileDay);
            bool hasProfile = !profileRuns.IsEmpty;
            if (hasProfile)
            {
                profile = data;
                profileStart = LastPayload(data, profileRuns, out int records);
                if (borders.Find(userId, int.MinValue, partition) == partition)
                {
                    batch.AddUser(ReadProfile(batch, userId, profile, profileStart));
                    _aggregated[(int)Category.Users] += records;
                }
            }

            UserProfile current = default;
            bool profileInBatch = false;
            while (TryNextDay(user, out int day))
            {
                if (batch.RowCount >= BatchRows || batch.TextLength >= batchTextBytes)
                {
                    receiver.Deliver(batch);
                    batch = receiver.Rent();
                    profileInBatch = false;
                }

                if (!profileInBatch)
                {
                    current = hasProfile
                        ? ReadProfile(batch, userId, profile, profileStart)
                        : new UserProfile { UserId = batch.AddText(userId) };
                    profileInBatch = true;
                }

                ReduceDay(data, user, day, hasProfile, current, batch);
            }
        }

        receiver.Deliver(batch);
    }

    private void ReduceDay(ReadOnlySpan<byte> data, int user, int day, bool hasProfile, in UserProfile profile, SummaryBatch batch)
    {
        ref DailySummary row = ref batch.AddRow();
        row.Day = day;
        row.Texts[TextSlot.UserId] = profile.UserId;
        int start = batch.TextLength;
        if (hasProfile)
        {
            Opening.Write(batch, batch, profile, day);
        }
        else
        {
            Opening.Write(batch, batch.Text(profile.UserId), day);
        }

        row.Parts[(int)Category.Users] = batch.TextLength - start;
        SleepChoice sleep = default;
        foreach (Category category in Categories.InTextOrder)
        {
            ReadOnlySpan<Run> runs = RunsOf(category, user, day);
            if (runs.IsEmpty)
            {
                continue;
            }

            row.Present |= (byte)(1 << (int)category);
            int partStart = batch.TextLength;
            DayEvents events = new(data, runs);
            _aggregated[(int)category] += _days.Reduce(category, ref events, ref row, ref sleep, batch);
            row.Parts[(int)category] = batch.TextLength - partStart;
        }

        row.Texts[TextSlot.Summary] = batch.TextSince(start);
        _days.WriteColumns(ref row, sleep, batch);
        RowCount++;
    }

    /// <summary>The next day on which the user has any record.</summary>
    private bool TryNextDay(int user, out int day)
    {
        day = int.MaxValue;
        foreach (Category category in Categories.InTextOrder)
        {
            ReadOnlySpan<Run> runs = _runs.Of(category);
            int next = _next[(int)category];
            if (next < runs.Length && runs[next].User == user)
            {
                day = Math.Min(day, runs[next].Day);
            }
        }

        return day != int.MaxValue;
    }

    /// <summary>The runs of a key, which are passed over by that.</summary>
    private ReadOnlySpan<Run> RunsOf(Category category, int user, int day)
    {
        ReadOnlySpan<Run> runs = _runs.Of(category);
        int start = _next[(int)category];
        int end = start;
        while (end < runs.Length && runs[end].User == user && runs[end].Day == day)
        {
            end++;
        }

        _next[(int)category] = end;
        return runs[start..end];
    }

    private static int LastPayload(ReadOnlySpan<byte> data, ReadOnlySpan<Run> runs, out int records)
    {
        records = 0;
        int start = 0;
        foreach (Run run in runs)
        {
            SegmentReader reader = new(data, run.Start, run.Length);
            while (reader.Next())
            {
                start = reader.PayloadStart;
                records++;
            }
        }

        return start;
    }

    private static UserProfile ReadProfile(SummaryBatch batch, ReadOnlySpan<byte> userId, ReadOnlySpan<byte> data, int payloadStart)
    {
        PayloadReader payload = new(data, payloadStart);
        UserProfile profile = new() { UserId = batch.AddText(userId) };
        profile.Name = Text(ref payload);
        profile.Gender = Text(ref payload);
        profile.FitnessLevel = Text(ref payload);
        profile.Age = Number(ref payload);
        profile.Height = Number(ref payload);
        profile.Weight = Number(ref payload);
        return profile;

        TextRef Text(ref PayloadReader reader) => reader.ReadText(out ReadOnlySpan<byte> text) ? batch.AddText(text) : TextRef.Null;

        static long Number(ref PayloadReader reader) => reader.ReadNumber(out long number) ? number : UserProfile.Missing;
    }
}
