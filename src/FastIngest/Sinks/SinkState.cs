namespace FastIngest.Sinks;

/// <summary>
/// Enforces the call order of a sink: open, write any number of times, complete, dispose. A violation is a fault in the
/// program, not in the input. After a failed call only disposing is allowed.
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

    /// <summary>Completion begins; no further write is allowed.</summary>
    public void Complete() => Move(Stage.Open, Stage.Completing);

    /// <summary>Everything is visible.</summary>
    public void Completed() => Move(Stage.Completing, Stage.Completed);

    /// <summary>Marks the sink as disposed; false when it already was.</summary>
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
