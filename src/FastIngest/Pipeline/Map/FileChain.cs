using FastIngest.Sources;

namespace FastIngest.Pipeline.Map;

/// <summary>
/// Puts the chunks of one file in order and verifies them: a chunk is right when it started where the one before it
/// ended, in the same state. A wrong one is read again from there, by the worker that finds out.
/// </summary>
internal sealed class FileChain(FramePosition head)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, ChunkResult> _waiting = [];
    private FramePosition _expected = head;
    private int _next;
    private bool _busy;

    /// <summary>How many chunks were committed.</summary>
    public int CommittedCount => _next;

    /// <summary>Chunks that had to be read again.</summary>
    public int RedoneCount { get; private set; }

    /// <summary>
    /// Takes a chunk over, and commits it and those that waited for it, in order. One thread commits at a time.
    /// </summary>
    /// <param name="result">The chunk.</param>
    /// <param name="redo">Reads a chunk again from a position.</param>
    /// <param name="commit">Takes a verified chunk.</param>
    public void Submit(ChunkResult result, Action<ChunkResult, FramePosition> redo, Action<ChunkResult> commit)
    {
        lock (_gate)
        {
            _waiting.Add(result.ChunkIndex, result);
            if (_busy)
            {
                return;
            }

            _busy = true;
        }

        while (true)
        {
            lock (_gate)
            {
                if (!_waiting.Remove(_next, out ChunkResult? next))
                {
                    _busy = false;
                    return;
                }

                result = next;
            }

            if (result.Output.Start != _expected)
            {
                RedoneCount++;
                redo(result, _expected);
            }

            _expected = result.Output.End;
            commit(result);
            lock (_gate)
            {
                _next++;
            }
        }
    }
}
