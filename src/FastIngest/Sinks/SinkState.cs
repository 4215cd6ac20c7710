namespace FastIngest.Sinks;

/// <summary>
/// Holds a sink to its order of calls: open, write any number of times, complete, dispose. Whoever breaks it has a
/// fault in the program, not in the input. A call that failed leaves nothing but disposing.
/// </summary>
internal sealed class SinkState(string name)
{
    private Stage _stage = Stage.New;

    private enum Stage
    {
        New,
        Open,
        Completing,
        Completed,
        Disposed,
    }

    public void Open() => Move(Stage.New, Stage.Open);

    public void Write() => Move(Stage.Open, Stage.Open);

    /// <summary>Completion begins; nothing can be written any more.</summary>
    public void Complete() => Move(Stage.Open, Stage.Completing);

    /// <summary>Everything is visible.</summary>
    public void Completed() => Move(Stage.Completing, Stage.Completed);

    /// <summary>False when the sink is disposed already.</summary>
    public bool Dispose()
    {
        bool first = _stage != Stage.Disposed;
        _stage = Stage.Disposed;
        return first;
    }

    private void Move(Stage from, Stage to)
    {
        if (_stage != from)
        {
            ObjectDisposedException.ThrowIf(_stage == Stage.Disposed, name);
            throw new InvalidOperationException($"The sink {name} is {_stage}, not {from}.");
        }

        _stage = to;
    }
}
