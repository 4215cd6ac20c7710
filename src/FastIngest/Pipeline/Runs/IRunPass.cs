using FastIngest.Sinks;

namespace FastIngest.Pipeline.Runs;

/// <summary>One pass over the input of a run, which hands all of it to the sinks that take part.</summary>
/// <typeparam name="TFigures">What a sink may record about a run at its end.</typeparam>
internal interface IRunPass<TFigures> : IDisposable
{
    /// <summary>What must add up once everything is read.</summary>
    IEnumerable<RunBalance> Balances { get; }

    /// <summary>Reads to the end, on a thread of its own.</summary>
    void Read(CancellationToken cancellationToken);

    /// <summary>Keeps the rejects, and returns the figures for the sinks.</summary>
    TFigures Complete();
}
