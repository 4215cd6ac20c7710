using System.Buffers;
using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// Reduces one partition after another: walks the runs of all categories in key order, like a merge, and makes one
/// row of each (user, day). One reducer serves one worker. The segments' kinds are categories.
/// </summary>
/// <param name="maxRuns">How many runs of equal key are kept, as a rule.</param>
/// <param name="batchRows">A batch is handed on when it holds this many rows or users,</param>
/// <param name="batchTextBytes">or this much text.</param>
public sealed class PartitionReducer(int maxRuns, int batchRows, int batchTextBytes)
{
    private readonly PartitionRuns _runs = new(maxRuns);
    private readonly DayReducer _days = new();
    private readonly int[] _next = new int[Categories.Count];

    // The key of each category's next run; behind the last the largest number.
    private readonly ulong[] _nextKey = new ulong[Categories.Count];
    private readonly long[] _aggregated = new long[Categories.Count];

    // What the openings of the current user's rows have in common.
    private readonly ArrayBufferWriter<byte> _profileSentence = new(256);

    /// <summary>Records that ended in rows and profiles so far, by category.</summary>
    public IReadOnlyList<long> Aggregated => _aggregated;

    public long RowCount { get; private set; }

    /// <summary>Finds the keys of a partition; false when there are too many to be kept at once.</summary>
    public bool TryRead(ReadOnlySpan<byte> data, ReadOnlySpan<SegmentRef> segments) => _runs.TryRead(data, segments);

    /// <summary>Makes the rows of the partition that was read last.</summary>
    /// <param name="range">Its keys.</param>
    /// <param name="data">Its bytes.</param>
    /// <param name="receiver">Gets the rows and the profiles of the users whose own record is at home here.</param>
    /// <param name="cancellationToken">Ends the work between two users.</param>
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

    /// <summary>Hands a full batch on for an empty one; says whether it did.</summary>
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
        int openingBytes = _profileSentence.WrittenCount + ProfileSentence.DayBytes;
        Span<byte> opening = batch.GetSpan(openingBytes);
        _profileSentence.WrittenSpan.CopyTo(opening);
        ProfileSentence.WriteDay(opening[_profileSentence.WrittenCount..], row.Day);
        batch.Advance(openingBytes);
        row.Parts[(int)Category.Users] = openingBytes;
        SleepChoice sleep = default;
        foreach (Category category in Categories.InTextOrder)
        {
            if (_nextKey[(int)category] != key)
            {
                continue;
            }

            row.Present |= (byte)(1 << (int)category);
            int partStart = batch.TextLength;
            DayEvents events = new(data, Take(category));
            _aggregated[(int)category] += _days.Reduce(category, ref events, ref row, ref sleep, batch);
            row.Parts[(int)category] = batch.TextLength - partStart;
        }

        row.Texts[TextSlot.Summary] = batch.TextSince(start);
        _days.WriteColumns(ref row, sleep, batch);
        RowCount++;
    }

    /// <summary>The key of the next day on which the user has any record.</summary>
    private bool TryNextKey(int user, out ulong key)
    {
        key = ulong.MaxValue;
        foreach (Category category in Categories.InTextOrder)
        {
            key = Math.Min(key, _nextKey[(int)category]);
        }

        return Run.UserOf(key) == user;
    }

    /// <summary>A category's next run, and those of the same key behind it, which are passed over by that.</summary>
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

    /// <summary>Reads the user's own record, if there is one, and adds it to the batch of the partition that is its home.</summary>
    private void ReadUser(ReadOnlySpan<byte> data, int user, ReadOnlySpan<byte> userId, bool isHome, SummaryBatch batch)
    {
        _profileSentence.ResetWrittenCount();
        if (_nextKey[(int)Category.Users] != Run.KeyOf(user, RecordView.ProfileDay))
        {
            ProfileSentence.WriteUser(_profileSentence, new ProfileView(userId));
            return;
        }

        PayloadReader payload = default;
        DayEvents records = new(data, Take(Category.Users));
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
