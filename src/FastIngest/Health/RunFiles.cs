using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>Finds the input file that each run of a partition comes from, by its place in the partition.</summary>
internal sealed class RunFiles
{
    private readonly List<(int Start, int File)> _segments = [];
    private int[] _files = [];

    /// <summary>Reads the places of the segments of a partition.</summary>
    public void Read(ReadOnlySpan<SegmentRef> segments)
    {
        _segments.Clear();
        foreach (SegmentRef segment in segments)
        {
            _segments.Add((segment.Start, RepeatRule.FileOf(segment.Id)));
        }

        _segments.Sort();
    }

    /// <summary>Returns the index of the input file of each run. The result is valid until the next call.</summary>
    public ReadOnlySpan<int> Of(ReadOnlySpan<Run> runs)
    {
        if (_files.Length < runs.Length)
        {
            _files = new int[runs.Length * 2];
        }

        for (int i = 0; i < runs.Length; i++)
        {
            int found = _segments.BinarySearch((runs[i].Start, int.MaxValue));
            _files[i] = _segments[~found - 1].File;
        }

        return _files.AsSpan(0, runs.Length);
    }
}
