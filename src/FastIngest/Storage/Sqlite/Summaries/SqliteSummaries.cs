using System.Text;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Schema;
using FastIngest.Stored;
using SQLitePCL;

namespace FastIngest.Storage.Sqlite.Summaries;

/// <summary>Reads and writes single rows of <c>daily_summaries</c> in an existing database.</summary>
internal sealed class SqliteSummaries(SqliteDatabase database, string displayPath)
{
    private static readonly SummaryColumn[] Columns = SelectedColumns.Of(SummaryContent.AllColumns);

    private readonly SqliteStatement _select = database.Prepare(SummarySchema.SelectSummary);
    private readonly SqliteStatement _upsert = database.Prepare(SummarySchema.UpsertSummary);

    private readonly SqliteStatement _ofUser = database.Prepare(
        "SELECT date, summary, summary_parts FROM daily_summaries WHERE user_id = ?");

    private readonly SqliteStatement _setSummary = database.Prepare(
        "UPDATE daily_summaries SET summary = ?, summary_parts = ? WHERE user_id = ? AND date = ?");

    /// <summary>Adds the stored row to <paramref name="batch"/>; false if no row is stored.</summary>
    /// <exception cref="IngestException">Another program changed the summary but not its parts.</exception>
    public bool TryLoad(ReadOnlySpan<byte> userId, int day, SummaryBatch batch)
    {
        Span<byte> date = stackalloc byte[DayText.Bytes];
        DayText.Write(date, day);
        if (!_select.Bind(1, userId).Bind(2, date).Step())
        {
            return false;
        }

        ref DailySummary row = ref SqliteSummaryRow.Read(_select, Columns, batch, displayPath);
        row.Parts = ReadParts(_select.Text(Columns.Length), row.Texts[TextSlot.Summary].Length, userId, date);
        _select.Reset();
        return true;
    }

    /// <summary>Inserts the row or updates the stored one.</summary>
    public void Store(SummaryBatch batch, in DailySummary row)
    {
        int result = SqliteNative.StoreSummary(_upsert.Pointer, batch.Text(new TextRef(0, batch.TextLength)), row);
        if (result != raw.SQLITE_DONE)
        {
            database.Fail(result);
        }
    }

    /// <summary>
    /// Updates the profile sentence in every stored row of a user; returns the number of changed rows.
    /// </summary>
    /// <param name="texts">The batch that holds the texts of <paramref name="user"/>.</param>
    /// <param name="user">The profile.</param>
    /// <param name="scratch">A work buffer, which is overwritten.</param>
    /// <param name="cancellationToken">Checked for every row.</param>
    public long Refresh(SummaryBatch texts, in UserProfile user, SummaryBatch scratch, CancellationToken cancellationToken)
    {
        Span<byte> newParts = stackalloc byte[SummaryParts.MaxBytes];
        ReadOnlySpan<byte> userId = texts.Text(user.UserId);
        long changed = 0;
        _ofUser.Bind(1, userId);
        while (_ofUser.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> date = _ofUser.Text(0);
            ReadOnlySpan<byte> summary = _ofUser.Text(1);
            DailySummary.PartArray parts = ReadParts(_ofUser.Text(2), summary.Length, userId, date);
            if (!DayText.TryRead(date, out int day))
            {
                throw Inconsistent(userId, date);
            }

            scratch.Reset();
            ProfileSentence.Write(scratch, new ProfileView(texts, user), day);
            ref int sentenceBytes = ref parts[(int)Category.Users];
            if (scratch.Text(scratch.TextSince(0)).SequenceEqual(summary[..sentenceBytes]))
            {
                continue;
            }

            int newProfileBytes = scratch.TextLength;
            scratch.AddText(summary[sentenceBytes..]);
            sentenceBytes = newProfileBytes;
            _setSummary.Bind(1, scratch.Text(scratch.TextSince(0)))
                .Bind(2, newParts[..SummaryParts.Write(newParts, parts)])
                .Bind(3, userId)
                .Bind(4, date)
                .Run();
            changed++;
        }

        return changed;
    }

    private DailySummary.PartArray ReadParts(ReadOnlySpan<byte> text, int summaryBytes, ReadOnlySpan<byte> userId, ReadOnlySpan<byte> date) =>
        SummaryParts.TryRead(text, summaryBytes, out DailySummary.PartArray parts) ? parts : throw Inconsistent(userId, date);

    private IngestException Inconsistent(ReadOnlySpan<byte> userId, ReadOnlySpan<byte> date) => new(
        $"{displayPath} was changed by another program: summary and summary_parts of user {Encoding.UTF8.GetString(userId)} on {Encoding.UTF8.GetString(date)} do not match.",
        "Delete that row, or move the database away and run again to build a new one.");
}
