using System.Diagnostics;
using System.Text;
using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;

namespace FastIngest.Pipeline.Entries;

/// <summary>
/// Checks what is stored, and changes nothing: every record is cleaned once more, and its entry compared with what today's
/// rules make of it.
/// </summary>
public static class LexiconValidate
{
    /// <summary>The entry is not what today's rules make of its record; <c>reprocess</c> writes it anew.</summary>
    public const string Outdated = "outdated";

    /// <summary>There is an entry of a record that makes none; <c>reprocess</c> removes it.</summary>
    public const string Unfounded = "unfounded";

    /// <summary>Checks the entries of one source, or of all.</summary>
    /// <param name="database">The database; the caller disposes it.</param>
    /// <param name="source">A source's id, or null for all.</param>
    /// <param name="limit">Examples of each finding, at most.</param>
    /// <param name="workers">Threads that clean.</param>
    /// <param name="gauges">Shows how far each stage is.</param>
    /// <param name="progress">Hears how far the sources are; or null.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="IngestException">The database cannot be read, or there is no such source.</exception>
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

/// <summary>What is wrong with stored entries.</summary>
/// <param name="Target">The database as shown to the user.</param>
/// <param name="Records">Stored records.</param>
/// <param name="Entries">Those that have an entry.</param>
/// <param name="Findings">What was found, by name.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record ValidationReport(string Target, long Records, long Entries, IReadOnlyList<Finding> Findings, TimeSpan Elapsed);

/// <summary>One thing that is wrong with some entries.</summary>
public sealed class Finding(string name)
{
    /// <summary>An error of validation, <see cref="LexiconValidate.Outdated"/> or <see cref="LexiconValidate.Unfounded"/>.</summary>
    public string Name => name;

    public long Count { get; internal set; }

    /// <summary>The first of them.</summary>
    public IList<FindingExample> Examples { get; } = [];
}

/// <param name="Source">The entry's source.</param>
/// <param name="RawId">Its record.</param>
/// <param name="Headword">Empty where the record makes no entry.</param>
/// <param name="Language">Likewise.</param>
public sealed record FindingExample(string Source, long RawId, string Headword, string Language);
