using FastIngest.Pipeline.Map;
using FastIngest.Shuffle;
using FastIngest.Sources;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Pipeline;

public sealed class FileChainTests
{
    private static readonly PartitionBoundaries Boundaries = PartitionBoundaries.FromSample([], 1);

    /// <summary>Chunk i really starts at 10 * i, whatever start was guessed.</summary>
    [Fact]
    public void Chunks_are_committed_in_order_and_wrong_guesses_are_reread() => Fuzz.Run(1_500_000, 300, random =>
    {
        int count = random.Next(1, 12);
        ChunkResult[] chunks = [.. Enumerable.Range(0, count).Select(i => Chunk(i, random.Next(4)))];
        int wrong = chunks.Count(c => c.Output.Start != Start(c.ChunkIndex));
        random.Shuffle(chunks);
        FileChain chain = new(Start(0));
        List<int> committed = [];
        List<int> redone = [];
        foreach (ChunkResult chunk in chunks)
        {
            chain.Submit(chunk, (c, start) => Redo(c, start, redone), c => committed.Add(c.ChunkIndex));
        }

        Assert.Equal(Enumerable.Range(0, count), committed);
        Assert.Equal(wrong, chain.RedoneCount);
        Assert.Equal(wrong, redone.Count);
        Assert.Equal(count, chain.CommittedTo);
    });

    [Fact]
    public async Task Chunks_from_many_threads_are_committed_one_at_a_time()
    {
        const int Count = 400;
        FileChain chain = new(Start(0));
        List<int> committed = [];
        List<int> redone = [];
        int inside = 0;
        Task[] threads = [.. Enumerable.Range(0, 8).Select(t => Task.Run(() =>
        {
            for (int i = t; i < Count; i += 8)
            {
                chain.Submit(Chunk(i, i % 4), (c, start) => Redo(c, start, redone), c =>
                {
                    Assert.Equal(1, Interlocked.Increment(ref inside));
                    committed.Add(c.ChunkIndex);
                    Interlocked.Decrement(ref inside);
                });
            }
        }))];
        await Task.WhenAll(threads).WaitAsync(Poll.Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, Count), committed);
        Assert.Equal(Count, chain.CommittedTo);
    }

    [Fact]
    public void A_chunk_in_the_right_place_but_the_wrong_state_is_reread()
    {
        FileChain chain = new(Start(0));
        ChunkResult second = Chunk(1, 2);
        second.Output.Start = new FramePosition(10, FrameState.Top);
        List<int> redone = [];
        chain.Submit(second, (c, start) => Redo(c, start, redone), _ => { });
        Assert.Equal(0, chain.CommittedTo);
        chain.Submit(Chunk(0, 2), (c, start) => Redo(c, start, redone), _ => { });
        Assert.Equal([1], redone);
    }

    [Fact]
    public void Without_a_known_start_the_first_guess_counts_and_chunks_without_one_are_empty()
    {
        FileChain chain = new(null, firstChunk: 3);
        List<int> redone = [];
        List<int> committed = [];
        foreach (int index in (int[])[4, 6, 3, 5])
        {
            chain.Submit(Chunk(index, index switch { 3 => 0, 6 => 1, _ => 2 }), (c, start) => Redo(c, start, redone), c => committed.Add(c.ChunkIndex));
        }

        Assert.Equal([3, 4, 5, 6], committed);
        Assert.Equal([6], redone);
        Assert.Equal(Start(4), chain.Start);
        Assert.Equal(Start(7), chain.End);
        Assert.Equal(7, chain.CommittedTo);
    }

    private static FramePosition Start(int chunkIndex) => new(10 * chunkIndex, FrameState.Array);

    private static ChunkResult Chunk(int index, int kind)
    {
        ChunkResult chunk = new(Boundaries) { ChunkIndex = index };
        chunk.Output.Start = kind switch { 0 => null, 1 => new FramePosition((10 * index) + 1, FrameState.Array), _ => Start(index) };
        chunk.Output.End = kind switch { 0 or 1 => new FramePosition(12345, FrameState.Done), _ => Start(index + 1) };
        return chunk;
    }

    private static void Redo(ChunkResult chunk, FramePosition start, List<int> redone)
    {
        Assert.Equal(Start(chunk.ChunkIndex), start);
        chunk.Output.Start = start;
        chunk.Output.End = Start(chunk.ChunkIndex + 1);
        redone.Add(chunk.ChunkIndex);
    }
}
