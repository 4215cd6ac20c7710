using System.Buffers;
using FastIngest.Samples;
using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// Reduces partitions one after another: merges the runs of all categories in key order and creates one row per
/// (user, day). One reducer serves one worker. The kind of a segment is its category.
/// </summary>
/// <param name="maxRuns">Number of runs that memory is reserved for. A partition with more segments than this gets more.</param>
/// <param name="batchRows">A batch is delivered when it holds this many rows or users.</param>
/// <param name="batchTextBytes">A batch is also delivered when it holds this many bytes of text.</param>
/// <param name="repeats">The categories in which repeats are looked for.</param>
/// <param name="sources">Which source counts for a cumulative metric.</param>
/// <param name="hasSentences">Whether a summary has sentences about the records; if not, it has only its first, about the user and the day.</param>
public sealed class PartitionReducer(int maxRuns, int batchRows, int batchTextBytes, RepeatRule repeats, SourcePolicy sources, bool hasSentences = true)
{
    private readonly PartitionRuns _runs = new(maxRuns);
    private readonly RepeatFilter _repeats = new();
    private readonly RunFiles _files = new();
    private readonly long[] _repeated = new long[Categories.Count];
    private readonly DayReducer _days = new(sources, hasSentences);
    private readonly int[] _next = new int[Categories.Count];

    // The key of each category's next run; ulong.MaxValue after the last run.
    private readonly ulong[] _nextKey = new ulong[Categories.Count];
    private readonly long[] _aggregated = new long[Categories.Count];

    // The text before the day in the profile sentences of the current user's rows.
    private readonly ArrayBufferWriter<byte> _profileSentence = new(256);

    /// <summary>Number of records aggregated into rows and profiles so far, by category.</summary>
    public IReadOnlyList<long> Aggregated => _aggregated;

    /// <summary>Number of records so far that repeat a record of another file, by category.</summary>
    public IReadOnlyList<long> Repeated => _repeated;

    /// <summary>The number of samples so far that do not count, because another source counts for their metric and day.</summary>
    public long LeftOut => _days.LeftOut;

    public long RowCount { get; private set; }

    /// <summary>Reads the keys of a partition; false when there are too many runs to hold at once.</summary>
    public bool TryRead(ReadOnlySpan<byte> data, ReadOnlySpan<SegmentRef> segments)
    {
        if (repeats.Categories != 0)
        {
            _files.Read(segments);
        }

        return _runs.TryRead(data, segments);
    }

    /// <summary>Creates the rows of the partition that <see cref="TryRead"/> read last.</summary>
    /// <param name="range">The key range of the partition.</param>
    /// <param name="data">The bytes of the partition.</param>
    /// <param name="receiver">Receives the rows, and the profiles of those users whose profile key lies in <paramref name="range"/>.</param>
    /// <param name="cancellationToken">Stops the work between two users.</param>
    public void Reduce(KeyRange range, ReadOnlySpan<byte> data, IRowReceiver receiver, CancellationToken cancellationToken)
    {
        for (int category = 0; category < Categories.Count; category++)
        {
            _next[category] = 0;
            ReadOnlySpan<Run> runs = _runs.Of((Category)category);
            _nextKey[category] = runs.IsEmpty ? ulong.MaxValue : runs[0].Key;
        }

        SummaryBatch batch = receiver.Rent();
        for (int user = 0; user < _runs.UserCount; user++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            MakeRoom(ref batch, receiver);
            ReadOnlySpan<byte> userId = _runs.User(user);
            ReadUser(data, user, userId, range.Contains(userId, int.MinValue), batch);
            TextRef userText = TextRef.Null;
            while (TryNextKey(user, out ulong key))
            {
                if (MakeRoom(ref batch, receiver) || userText.IsNull)
                {
                    userText = batch.AddText(userId);
                }

                ReduceDay(data, key, userText, batch);
            }
        }

        receiver.Deliver(batch);
    }

    /// <summary>Exchanges a full batch for an empty one; returns whether it did.</summary>
    private bool MakeRoom(ref SummaryBatch batch, IRowReceiver receiver)
    {
        if (batch.RowCount < batchRows && batch.UserCount < batchRows && batch.TextLength < batchTextBytes)
        {
            return false;
        }

        receiver.Deliver(batch);
        batch = receiver.Rent();
        return true;
    }

    private void ReduceDay(ReadOnlySpan<byte> data, ulong key, TextRef userId, SummaryBatch batch)
    {
        ref DailySummary row = ref batch.AddRow();
        row.Day = Run.DayOf(key);
        row.Texts[TextSlot.UserId] = userId;
        int start = batch.TextLength;
        int profileBytes = _profileSentence.WrittenCount + ProfileSentence.DayBytes;
        Span<byte> profile = batch.GetSpan(profileBytes);
        _profileSentence.WrittenSpan.CopyTo(profile);
        ProfileSentence.WriteDay(profile[_profileSentence.WrittenCount..], row.Day);
        batch.Advance(profileBytes);
        row.Parts[(int)Category.Users] = profileBytes;
        SleepChoice sleep = default;
        bool hasSamples = _nextKey[(int)Category.Samples] == key;
        if (hasSamples)
        {
            ReduceEvents(Category.Samples, data, hasSamples, ref row, ref sleep, batch);
        }

        foreach (Category category in Categories.InTextOrder)
        {
            if (_nextKey[(int)category] == key)
            {
                ReduceEvents(category, data, hasSamples, ref row, ref sleep, batch);
            }

            if (hasSamples)
            {
                _days.FillFromSamples(category, ref row, batch);
            }
        }

        if (hasSamples)
        {
            _days.WriteReadings(ref row, batch);
        }

        row.Texts[TextSlot.Summary] = batch.TextSince(start);
        _days.WriteColumns(ref row, sleep, batch);
        RowCount++;
    }

    /// <summary>Reduces the category's next events, which have the key of the row, into the row.</summary>
    private void ReduceEvents(Category category, ReadOnlySpan<byte> data, bool hasSamples, ref DailySummary row, ref SleepChoice sleep, SummaryBatch batch)
    {
        row.Present |= (byte)(1 << (int)category);
        int partStart = batch.TextLength;
        ReadOnlySpan<Run> runs = Take(category);
        bool hasTimes = repeats.Applies(category);
        ReadOnlySpan<bool> isRepeated = hasTimes ? FindRepeats(category, data, runs, isCounted: true) : [];
        DayEvents events = new(data, runs, hasTimes, isRepeated);
        _aggregated[(int)category] += _days.Reduce(category, ref events, hasSamples, ref row, ref sleep, batch);
        row.Parts[(int)category] = batch.TextLength - partStart;
    }

    /// <summary>Returns one element per event of some runs, true for a repeat of a record of another file; empty if there are no repeats.</summary>
    private ReadOnlySpan<bool> FindRepeats(Category category, ReadOnlySpan<byte> data, ReadOnlySpan<Run> runs, bool isCounted)
    {
        ReadOnlySpan<int> files = _files.Of(runs);
        bool mayRepeatInFile = repeats.IsIdentified(category) || repeats.IsCollected(category);
        if (files[0] == files[^1] && !mayRepeatInFile)
        {
            // The runs are in file order, so that all of them come from one file.
            return [];
        }

        ReadOnlySpan<bool> isRepeated = _repeats.Examine(category, data, runs, files, looksAtAll: mayRepeatInFile);
        _repeated[(int)category] += isCounted ? _repeats.RepeatCount : 0;
        return isRepeated;
    }

    /// <summary>Finds the key of the next day on which the user has a record; false when there is none.</summary>
    private bool TryNextKey(int user, out ulong key)
    {
        key = _nextKey[(int)Category.Samples];
        foreach (Category category in Categories.InTextOrder)
        {
            key = Math.Min(key, _nextKey[(int)category]);
        }

        return Run.UserOf(key) == user;
    }

    /// <summary>Returns the category's next run and all runs after it with the same key, and moves past them.</summary>
    private ReadOnlySpan<Run> Take(Category category)
    {
        ReadOnlySpan<Run> runs = _runs.Of(category);
        int start = _next[(int)category];
        int end = start;
        ulong key = _nextKey[(int)category];
        ulong next;
        do
        {
            end++;
            next = end < runs.Length ? runs[end].Key : ulong.MaxValue;
        }
        while (next == key);

        _next[(int)category] = end;
        _nextKey[(int)category] = next;
        return runs[start..end];
    }

    /// <summary>Reads the user's profile record, if there is one. Adds the profile to the batch if <paramref name="isHome"/>.</summary>
    private void ReadUser(ReadOnlySpan<byte> data, int user, ReadOnlySpan<byte> userId, bool isHome, SummaryBatch batch)
    {
        _profileSentence.ResetWrittenCount();
        if (_nextKey[(int)Category.Users] != Run.KeyOf(user, RecordView.ProfileDay))
        {
            ProfileSentence.WriteUser(_profileSentence, new ProfileView(userId));
            return;
        }

        PayloadReader payload = default;
        ReadOnlySpan<Run> runs = Take(Category.Users);
        bool hasTimes = repeats.Applies(Category.Users);
        ReadOnlySpan<bool> isRepeated = hasTimes ? FindRepeats(Category.Users, data, runs, isHome) : [];
        DayEvents records = new(data, runs, hasTimes, isRepeated);
        while (records.Next(out PayloadReader record))
        {
            payload = record;
        }

        ReadOnlySpan<byte> name = payload.ReadText();
        ReadOnlySpan<byte> gender = payload.ReadText();
        ReadOnlySpan<byte> fitnessLevel = payload.ReadText();
        Span<long> numbers = stackalloc long[3];
        uint present = payload.ReadNumbers(numbers);
        long age = (present & 1 << 0) != 0 ? numbers[0] : UserProfile.Missing;
        long height = (present & 1 << 1) != 0 ? numbers[1] : UserProfile.Missing;
        long weight = (present & 1 << 2) != 0 ? numbers[2] : UserProfile.Missing;
        ProfileSentence.WriteUser(_profileSentence, new ProfileView(userId) { Name = name, Gender = gender, FitnessLevel = fitnessLevel, Age = age, Height = height, Weight = weight });
        if (!isHome)
        {
            return;
        }

        batch.AddUser(new UserProfile
        {
            UserId = batch.AddText(userId),
            Name = AddText(name, batch),
            Gender = AddText(gender, batch),
            FitnessLevel = AddText(fitnessLevel, batch),
            Age = age,
            Height = height,
            Weight = weight,
        });
        _aggregated[(int)Category.Users] += records.Count;

        static TextRef AddText(ReadOnlySpan<byte> text, SummaryBatch batch) => text.IsEmpty ? TextRef.Null : batch.AddText(text);
    }
}
