using FastIngest.Dialects.Contract;
using FastIngest.Health;

namespace FastIngest.Pipeline.Map;

/// <summary>
/// Collects what is unusual about fields, by category, and the outcome of each file. Chunks of several files arrive concurrently
/// and in any order; the result does not depend on it.
/// </summary>
/// <param name="files">The number of input files.</param>
internal sealed class FieldLog(int files)
{
    private readonly Lock _gate = new();
    private readonly FieldFindings[] _findings = [.. Enumerable.Range(0, Categories.Count).Select(_ => new FieldFindings())];
    private readonly FileOutcome?[] _outcomes = new FileOutcome?[files];

    /// <summary>Returns the findings of a category.</summary>
    public FieldFindings Of(Category category) => _findings[(int)category];

    /// <summary>Returns the outcome of a file.</summary>
    public FileOutcome OutcomeOf(int file) => _outcomes[file] ?? new FileOutcome();

    /// <summary>The files with records and their outcomes, in file order.</summary>
    public IEnumerable<(int File, FileOutcome Outcome)> Outcomes => _outcomes.Select((o, i) => (i, o)).Where(o => o.o is not null).Select(o => (o.i, o.o!));

    /// <summary>Adds a part of the outcome of a file.</summary>
    /// <param name="file">The index of the file.</param>
    /// <param name="records">The number of records in the part, including rejects.</param>
    /// <param name="rejected">The number of rejects for each reason.</param>
    public void AddOutcome(int file, long records, IReadOnlyList<long> rejected)
    {
        FileOutcome outcome = _outcomes[file] ??= new FileOutcome();
        outcome.Records += records;
        for (int reason = 0; reason < rejected.Count; reason++)
        {
            outcome.RejectedByReason[reason] += rejected[reason];
        }
    }

    /// <summary>Adds the findings of a category in a part of a file whose outcome is added apart.</summary>
    public void Add(int file, Category category, FieldFindings findings)
    {
        if (!findings.IsEmpty)
        {
            lock (_gate)
            {
                _findings[(int)category].Add(findings, file);
            }
        }
    }

    /// <summary>Adds the findings of a part of a file.</summary>
    /// <param name="file">The index of the file.</param>
    /// <param name="category">The category of the records.</param>
    /// <param name="findings">The findings.</param>
    /// <param name="records">The number of records in the part, including rejects.</param>
    /// <param name="rejects">The rejects of the part.</param>
    public void Add(int file, Category category, FieldFindings findings, long records, RejectList rejects)
    {
        if (records == 0)
        {
            return;
        }

        lock (_gate)
        {
            FileOutcome outcome = _outcomes[file] ??= new FileOutcome();
            outcome.Records += records;
            foreach (Reject reject in rejects)
            {
                outcome.RejectedByReason[(int)reject.Reason]++;
            }

            if (!findings.IsEmpty)
            {
                _findings[(int)category].Add(findings, file);
            }
        }
    }
}

/// <summary>The number of records of a file, and how many of them were rejected for each reason.</summary>
internal sealed class FileOutcome
{
    public long Records { get; set; }

    /// <summary>One number per <see cref="RejectReason"/>.</summary>
    public long[] RejectedByReason { get; } = new long[RejectReasons.Count];
}
