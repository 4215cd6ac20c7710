using FastIngest.Sinks;

namespace FastIngest.Pipeline.Runs;

/// <summary>One pass over the input of a run. It passes all data to the sinks that take part.</summary>
/// <typeparam name="TFigures">The data that a sink may record about a run at its end.</typeparam>
internal interface IRunPass<TFigures> : IDisposable
{
    /// <summary>The balances that must hold after everything is read.</summary>
    IEnumerable<RunBalance> Balances { get; }

    /// <summary>Reads the whole input; called on a dedicated thread.</summary>
    void Read(CancellationToken cancellationToken);

    /// <summary>Publishes the rejects and returns the figures for the sinks.</summary>
    TFigures Complete();
}
