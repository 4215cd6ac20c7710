using FastIngest.Health;

namespace FastIngest.Storage.Postgres.Copy;

/// <summary>
/// Removes and counts the character U+0000, which PostgreSQL cannot store. A batch without this character, as almost all
/// batches are, is returned unchanged.
/// </summary>
internal sealed class NulRemover
{
    private readonly SummaryBatch _clean = new();
    private readonly List<int> _changedIds = [];

    /// <summary>The number of characters removed so far.</summary>
    public long Removed { get; private set; }

    /// <summary>
    /// The 0-based rows of the last batch whose user_id lost a character. The id may now equal that of another user, so that the
    /// keys of the batch may be neither unique nor in order.
    /// </summary>
    public IReadOnlyList<int> ChangedIds => _changedIds;

    /// <summary>Returns the rows and profiles without U+0000; valid until the next call.</summary>
    public SummaryBatch Clean(SummaryBatch batch)
    {
        _changedIds.Clear();
        if (!batch.Text(new TextRef(0, batch.TextLength)).Contains((byte)0))
        {
            return batch;
        }

        _clean.Reset();
        foreach (ref readonly UserProfile user in batch.Users)
        {
            UserProfile clean = user;
            clean.UserId = Copy(batch, user.UserId);
            clean.Name = Copy(batch, user.Name);
            clean.Gender = Copy(batch, user.Gender);
            clean.FitnessLevel = Copy(batch, user.FitnessLevel);
            _clean.AddUser(clean);
        }

        foreach (ref readonly DailySummary row in batch.Rows)
        {
            CopyRow(batch, row);
        }

        return _clean;
    }

    private void CopyRow(SummaryBatch batch, in DailySummary row)
    {
        ref DailySummary clean = ref _clean.AddRow();
        clean = row;
        long before = Removed;
        clean.Texts[TextSlot.UserId] = Copy(batch, row.Texts[TextSlot.UserId]);
        if (Removed > before)
        {
            _changedIds.Add(_clean.RowCount - 1);
        }

        clean.Texts[TextSlot.SleepQuality] = Copy(batch, row.Texts[TextSlot.SleepQuality]);
        clean.Texts[TextSlot.Measurements] = CopyJson(batch, row.Texts[TextSlot.Measurements]);
        clean.Texts[TextSlot.Metrics] = CopyJson(batch, row.Texts[TextSlot.Metrics]);
        int start = _clean.TextLength;
        TextRef summary = row.Texts[TextSlot.Summary];
        int partAt = summary.Start;
        for (int i = 0; i < Categories.Count; i++)
        {
            clean.Parts[i] = Copy(batch, new TextRef(partAt, row.Parts[i])).Length;
            partAt += row.Parts[i];
        }

        clean.Texts[TextSlot.Summary] = _clean.TextSince(start);
    }

    private TextRef Copy(SummaryBatch batch, TextRef text)
    {
        if (text.IsNull)
        {
            return text;
        }

        int start = _clean.TextLength;
        ReadOnlySpan<byte> rest = batch.Text(text);
        for (int nul = rest.IndexOf((byte)0); nul >= 0; nul = rest.IndexOf((byte)0))
        {
            _clean.AddText(rest[..nul]);
            rest = rest[(nul + 1)..];
            Removed++;
        }

        _clean.AddText(rest);
        return _clean.TextSince(start);
    }

    /// <summary>Copies JSON, where U+0000 is the escape sequence <c>\u0000</c>.</summary>
    private TextRef CopyJson(SummaryBatch batch, TextRef text)
    {
        if (text.IsNull)
        {
            return text;
        }

        int start = _clean.TextLength;
        ReadOnlySpan<byte> rest = batch.Text(text);
        for (int escape = rest.IndexOf((byte)'\\'); escape >= 0; escape = rest.IndexOf((byte)'\\'))
        {
            bool isNul = rest[escape..].StartsWith("\\u0000"u8);
            _clean.AddText(rest[..(isNul ? escape : escape + 2)]);
            rest = rest[(escape + (isNul ? 6 : 2))..];
            Removed += isNul ? 1 : 0;
        }

        _clean.AddText(rest);
        return _clean.TextSince(start);
    }
}
