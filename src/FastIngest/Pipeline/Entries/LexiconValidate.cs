using System.Diagnostics;
using System.Text;
using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;

namespace FastIngest.Pipeline.Entries;

/// <summary>
/// Checks the stored entries without changing anything. It cleans every record once more and compares the result with the
/// stored entry.
/// </summary>
public static class LexiconValidate
{
    /// <summary>The stored entry differs from the entry that the current rules derive; <c>reprocess</c> rewrites it.</summary>
    public const string Outdated = "outdated";

    /// <summary>An entry is stored for a record without a valid entry; <c>reprocess</c> removes it.</summary>
    public const string Unfounded = "unfounded";

    /// <summary>Checks the entries of one source, or of all sources.</summary>
    /// <param name="database">The database; the caller disposes it.</param>
    /// <param name="source">The id of one source; null for all sources.</param>
    /// <param name="limit">The maximum number of examples for each finding.</param>
    /// <param name="workers">The number of cleaning threads.</param>
    /// <param name="gauges">Receives the progress of each stage.</param>
    /// <param name="progress">Receives the progress of each source; null for none.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="IngestException">The database cannot be read, or the source is not registered.</exception>
    public static async Task<ValidationReport> RunAsync(
        IEntryStore database, string? source, int limit, int workers, LexiconGauges gauges, IIngestProgress? progress, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        BatchCleaner.RequireLibraries();
        await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        long records = 0, entries = 0;
        SortedDictionary<string, Finding> findings = new(StringComparer.Ordinal);
        IReadOnlyList<string> sources = await LexiconReprocess.ChooseAsync(database, source, cancellationToken).ConfigureAwait(false);
        progress?.Started(await LexiconReprocess.ExtentsAsync(database, sources, cancellationToken).ConfigureAwait(false));
        for (int i = 0; i < sources.Count; i++)
        {
            string each = sources[i];
            using StoredFeed feed = new(await database.ReadAsync(each, 0, cancellationToken).ConfigureAwait(false), i, cleanBatch: 5_000);
            gauges.Clear();
            await LexiconReprocess.CleanAsync(database, each, feed, workers, gauges, (batch, _) => Look(each, batch), cancellationToken).ConfigureAwait(false);
        }

        return new ValidationReport(database.DisplayName, records, entries, [.. findings.Values], Stopwatch.GetElapsedTime(started));

        void Look(string id, EntryBatch batch)
        {
            progress?.Read(batch.FileIndex, batch.FileBytes, batch.RowCount);
            records += batch.RowCount;
            foreach (ref readonly EntryRow row in batch.Rows)
            {
                if (row.Stored.IsNull)
                {
                    continue;
                }

                entries++;
                if (row.Status != CleaningStatus.Valid)
                {
                    Note(Unfounded, id, batch, row);
                    continue;
                }

                if (!row.IsStoredSame)
                {
                    Note(Outdated, id, batch, row);
                }

                for (int error = 0; error < EntryErrorNames.All.Count; error++)
                {
                    if (((int)row.Errors & (1 << error)) != 0)
                    {
                        Note(EntryErrorNames.All[error], id, batch, row);
                    }
                }
            }
        }

        void Note(string what, string id, EntryBatch batch, in EntryRow row)
        {
            if (!findings.TryGetValue(what, out Finding? finding))
            {
                findings.Add(what, finding = new Finding(what));
            }

            finding.Count++;
            if (finding.Examples.Count < limit)
            {
                finding.Examples.Add(new FindingExample(id, row.RawId, Text(batch, row, EntryColumn.Headword), Text(batch, row, EntryColumn.Language)));
            }
        }
    }

    private static string Text(EntryBatch batch, in EntryRow row, EntryColumn column) => Encoding.UTF8.GetString(batch.Text(row, column));
}

/// <summary>The problems found in the stored entries.</summary>
/// <param name="Target">The database as shown to the user.</param>
/// <param name="Records">The number of stored records.</param>
/// <param name="Entries">The number of records that have an entry.</param>
/// <param name="Findings">The findings, by name.</param>
/// <param name="Elapsed">The duration of the run.</param>
public sealed record ValidationReport(string Target, long Records, long Entries, IReadOnlyList<Finding> Findings, TimeSpan Elapsed);

/// <summary>One problem that some entries have in common.</summary>
public sealed class Finding(string name)
{
    /// <summary>The name of a validation error, <see cref="LexiconValidate.Outdated"/> or <see cref="LexiconValidate.Unfounded"/>.</summary>
    public string Name => name;

    public long Count { get; internal set; }

    /// <summary>The first entries with the problem.</summary>
    public IList<FindingExample> Examples { get; } = [];
}

/// <param name="Source">The source of the entry.</param>
/// <param name="RawId">The id of its record.</param>
/// <param name="Headword">The headword; empty when the record has no valid entry.</param>
/// <param name="Language">The language; empty when the record has no valid entry.</param>
public sealed record FindingExample(string Source, long RawId, string Headword, string Language);
