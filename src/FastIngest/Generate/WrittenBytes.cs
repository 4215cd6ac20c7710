namespace FastIngest.Generate;

/// <summary>The bytes written so far by several threads, which are reported one at a time.</summary>
internal sealed class WrittenBytes(IProgress<long>? progress)
{
    private readonly Lock _lock = new();
    private long _total;

    public void Add(long bytes)
    {
        lock (_lock)
        {
            _total += bytes;
            progress?.Report(_total);
        }
    }
}
