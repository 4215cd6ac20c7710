using FastIngest.Sources;

namespace FastIngest.Pipeline.Map;

/// <summary>
/// Puts the chunks of one file in order and verifies them. A chunk is valid if it started at the position, and in the
/// state, in which the previous chunk ended. The worker that detects an invalid chunk rereads it from that position.
/// </summary>
internal sealed class FileChain(FramePosition head)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, ChunkResult> _waiting = [];
    private FramePosition _expected = head;
    private int _next;
    private bool _busy;

    /// <summary>The number of committed chunks.</summary>
    public int CommittedCount => Volatile.Read(ref _next);

    /// <summary>The position after the last committed chunk.</summary>
    public FramePosition End => _expected;

    /// <summary>The number of chunks that were reread.</summary>
    public int RedoneCount { get; private set; }

    /// <summary>
    /// Takes ownership of a chunk. Commits it and the chunks that waited for it, in order; one thread commits at a time.
    /// </summary>
    /// <param name="result">The result of the chunk.</param>
    /// <param name="redo">Rereads a chunk from a position.</param>
    /// <param name="commit">Receives a verified chunk.</param>
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
