using FastIngest.Sources;

namespace FastIngest.Pipeline.Map;

/// <summary>
/// Puts the chunks of one file in order and verifies them. A chunk is valid if it started at the position, and in the
/// state, in which the previous chunk ended. The worker that detects an invalid chunk rereads it from that position.
/// </summary>
/// <param name="head">The position of the first record; null if it is not known, because another task reads the chunks before. The first guess then counts.</param>
/// <param name="firstChunk">The index of the first chunk.</param>
internal sealed class FileChain(FramePosition? head, int firstChunk = 0)
{
    private readonly Lock _gate = new();
    private FramePosition? _expected = head;
    private int _next = firstChunk;
    private bool _busy;

    // Null while no chunk has waited: of many small files each has one chunk.
    private Dictionary<int, ChunkResult>? _waiting;

    /// <summary>The index of the chunk after the last committed one.</summary>
    public int CommittedTo => Volatile.Read(ref _next);

    /// <summary>The position of the first record; null while it is not known.</summary>
    public FramePosition? Start { get; private set; } = head;

    /// <summary>The position after the last committed chunk; null while no start is known.</summary>
    public FramePosition? End => _expected;

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
            if (_busy || result.ChunkIndex != _next)
            {
                (_waiting ??= []).Add(result.ChunkIndex, result);
                return;
            }

            _busy = true;
        }

        while (true)
        {
            if (_expected is { } expected && result.Output.Start != expected)
            {
                RedoneCount++;
                redo(result, expected);
            }

            // A chunk whose start could not be guessed is empty. The chunks after it are read all the same: whoever knows the end of
            // the chunks before it finds out whether that was right.
            if (result.Output.Start is not null)
            {
                Start ??= result.Output.Start;
                _expected = result.Output.End;
            }

            commit(result);
            lock (_gate)
            {
                _next++;
                if (_waiting is null || !_waiting.Remove(_next, out ChunkResult? next))
                {
                    _busy = false;
                    return;
                }

                result = next;
            }
        }
    }
}
